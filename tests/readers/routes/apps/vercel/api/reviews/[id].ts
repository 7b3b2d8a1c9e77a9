import type { VercelRequest, VercelResponse } from "@vercel/node";
import { sql } from "@vercel/postgres";
import { signedIn } from "../_lib/auth.js";

export default async function handler(req: VercelRequest, res: VercelResponse) {
  const userId = await signedIn(req, res);
  if (!userId) return;
  const id = String(req.query.id);

  if (req.method === "PUT") {
    const { rows } = await sql`select author_id from reviews where id = ${id}`;
    if (rows[0]?.author_id !== userId) return res.status(403).json({ error: "Not your review" });
    await sql`update reviews set text = ${req.body.text}, stars = ${req.body.stars} where id = ${id}`;
    return res.json({ ok: true });
  }
  if (req.method === "DELETE") {
    await sql`delete from reviews where id = ${id}`;
    return res.status(204).end();
  }
  return res.status(405).end();
}
