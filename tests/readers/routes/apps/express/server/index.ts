import express from "express";
import cors from "cors";
import helmet from "helmet";
import { requireAuth } from "./middleware/auth.js";
import { stripeWebhook } from "./controllers/webhooks.js";
import { registerRoutes } from "./routes/index.js";
import publicRouter from "./routes/public.js";
import { adminRouter } from "./routes/admin.js";

const app = express();
app.use(helmet());
app.use(cors({ origin: process.env.WEB_ORIGIN }));

app.post("/webhooks/stripe", express.raw({ type: "application/json" }), stripeWebhook);

app.use(express.json({ limit: "200kb" }));
app.get("/health", (_req, res) => res.json({ status: "ok" }));
app.use("/public", publicRouter);

app.use("/api", requireAuth);
registerRoutes(app);
app.use("/api/admin", adminRouter);

app.listen(Number(process.env.PORT ?? 8080));
