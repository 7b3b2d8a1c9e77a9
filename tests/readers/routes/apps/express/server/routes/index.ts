import type { Express } from "express";
import rateLimit from "express-rate-limit";
import episodesRouter from "./episodes.js";
import { listTips, sendTip } from "../controllers/tips.js";

const tipLimit = rateLimit({ windowMs: 60_000, limit: 10 });

export function registerRoutes(app: Express) {
  app.use("/api/shows/:showId/episodes", episodesRouter);
  app.get("/api/tips", listTips);
  app.post("/api/tips", tipLimit, sendTip);
}
