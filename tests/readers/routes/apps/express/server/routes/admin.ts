import express from "express";
import { requireRole, type Signed } from "../middleware/auth.js";
import { pool } from "../lib/db.js";

export const adminRouter = express.Router();

adminRouter.get("/stats", async (_req, res) => {
  const { rows } = await pool.query("select count(*) as shows from shows");
  res.json(rows[0]);
});

adminRouter.use(requireRole("admin"));

adminRouter.get("/hosts", async (req, res) => {
  const { rows } = await pool.query("select id, email from hosts where email ilike $1 limit 50", [`%${req.query.email ?? ""}%`]);
  res.json(rows);
});

adminRouter.patch("/hosts/:id/role", async (req: Signed, res) => {
  await pool.query("update hosts set role = $1 where id = $2", [req.body.role, req.params.id]);
  res.json({ ok: true });
});
