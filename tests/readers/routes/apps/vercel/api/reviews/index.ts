import type { VercelRequest, VercelResponse } from "@vercel/node";
import { sql } from "@vercel/postgres";
import { signedIn } from "../_lib/auth.js";

export default async (req: VercelRequest, res: VercelResponse) => {
  const userId = await signedIn(req, res);
  if (!userId) return;
  const { bookId, text, stars } = req.body;
  await sql`insert into reviews (book_id, author_id, text, stars) values (${bookId}, ${userId}, ${text}, ${stars})`;
  res.status(201).json({ ok: true });
};
