import type { NextFunction, Request, RequestHandler, Response } from "express";

export const wrap =
  (work: (req: Request, res: Response) => Promise<unknown>): RequestHandler =>
  (req: Request, res: Response, next: NextFunction) => {
    work(req, res).catch(next);
  };
