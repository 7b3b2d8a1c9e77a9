import { verifyToken } from "@clerk/backend";
import type { VercelRequest, VercelResponse } from "@vercel/node";

export async function signedIn(req: VercelRequest, res: VercelResponse): Promise<string | null> {
  const token = req.headers.authorization?.replace("Bearer ", "");
  if (token) {
    try {
      const claims = await verifyToken(token, { secretKey: process.env.CLERK_SECRET_KEY });
      return claims.sub;
    } catch {
      // falls through to the refusal below
    }
  }
  res.status(401).json({ error: "Please sign in" });
  return null;
}
