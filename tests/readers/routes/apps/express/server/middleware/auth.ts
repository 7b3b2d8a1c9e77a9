import type { NextFunction, Request, Response } from "express";
import jwt from "jsonwebtoken";

export interface Signed extends Request {
  user?: { id: string; role: string };
}

export function requireAuth(req: Signed, res: Response, next: NextFunction) {
  const token = req.headers.authorization?.split(" ")[1];
  if (!token) return res.status(401).json({ error: "Please sign in" });
  try {
    req.user = jwt.verify(token, process.env.JWT_SECRET!) as { id: string; role: string };
    next();
  } catch {
    res.status(401).json({ error: "Please sign in again" });
  }
}

export const requireRole = (...roles: string[]) => (req: Signed, res: Response, next: NextFunction) => {
  if (!req.user || !roles.includes(req.user.role)) {
    return res.status(403).json({ error: "Not allowed" });
  }
  next();
};
