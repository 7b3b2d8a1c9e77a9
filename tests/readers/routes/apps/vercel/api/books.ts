import type { VercelRequest, VercelResponse } from "@vercel/node";
import { sql } from "@vercel/postgres";

export default async function handler(req: VercelRequest, res: VercelResponse) {
  if (req.method !== "GET") return res.status(405).end();
  const { genre } = req.query;
  const { rows } = await sql`select id, title, author from books where genre = ${String(genre)} limit 40`;
  res.setHeader("Cache-Control", "s-maxage=600");
  res.status(200).json(rows);
}
