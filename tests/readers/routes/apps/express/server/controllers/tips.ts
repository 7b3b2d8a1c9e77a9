import type { Response } from "express";
import type { Signed } from "../middleware/auth.js";
import { pool } from "../lib/db.js";

export async function listTips(req: Signed, res: Response) {
  const page = Number(req.query.page ?? 0);
  const { rows } = await pool.query("select * from tips where host_id = $1 limit 50 offset $2", [req.user!.id, page * 50]);
  res.json(rows);
}

export async function sendTip(req: Signed, res: Response) {
  const { hostId, cents, message } = req.body;
  await pool.query("insert into tips (host_id, fan_id, cents, message) values ($1, $2, $3, $4)", [
    hostId,
    req.user!.id,
    cents,
    message,
  ]);
  res.status(201).json({ ok: true });
}
