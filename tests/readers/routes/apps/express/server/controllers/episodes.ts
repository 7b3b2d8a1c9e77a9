import type { Response } from "express";
import type { Signed } from "../middleware/auth.js";
import { pool } from "../lib/db.js";

export async function list(req: Signed, res: Response) {
  const { rows } = await pool.query(
    "select id, title, published_at from episodes where show_id = $1 order by published_at desc limit 50",
    [req.params.showId],
  );
  res.json(rows);
}

export async function create(req: Signed, res: Response) {
  const { title, notes } = req.body;
  const { rows } = await pool.query(
    "insert into episodes (show_id, author_id, title, notes) values ($1, $2, $3, $4) returning id",
    [req.params.showId, req.user!.id, title, notes],
  );
  res.status(201).json(rows[0]);
}

export async function update(req: Signed, res: Response) {
  const { rows } = await pool.query("select author_id from episodes where id = $1", [req.params.episodeId]);
  if (rows[0]?.author_id !== req.user!.id) return res.status(403).json({ error: "Not your episode" });
  await pool.query("update episodes set title = $1 where id = $2", [req.body.title, req.params.episodeId]);
  res.json({ ok: true });
}

export const remove = async (req: Signed, res: Response) => {
  await pool.query("delete from episodes where id = $1", [req.params.episodeId]);
  res.status(204).end();
};

export async function attachAudio(req: Signed, res: Response) {
  await pool.query("update episodes set audio_path = $1 where id = $2 and author_id = $3", [
    req.file!.filename,
    req.params.episodeId,
    req.user!.id,
  ]);
  res.json({ ok: true });
}
