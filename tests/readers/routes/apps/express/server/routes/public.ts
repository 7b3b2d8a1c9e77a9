import { Router } from "express";
import { pool } from "../lib/db.js";

const router = Router();

router.get("/shows/:slug", async (req, res) => {
  const { rows } = await pool.query("select id, title, summary from shows where slug = $1", [req.params.slug]);
  if (!rows[0]) return res.status(404).json({ error: "No such show" });
  res.json(rows[0]);
});

router.get("/search", async (req, res) => {
  const { q } = req.query;
  const { rows } = await pool.query("select id, title from shows where title ilike $1 limit 20", [`%${q}%`]);
  res.json(rows);
});

export default router;
