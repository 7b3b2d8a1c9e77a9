import type { VercelRequest, VercelResponse } from "@vercel/node";
import { sql } from "@vercel/postgres";
import { Webhook } from "svix";

export const config = { api: { bodyParser: false } };

export default async function handler(req: VercelRequest, res: VercelResponse) {
  if (req.method !== "POST") return res.status(405).end();
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  let event: { type: string; data: { id: string } };
  try {
    event = new Webhook(process.env.CLERK_WEBHOOK_SECRET!).verify(
      Buffer.concat(chunks).toString(),
      req.headers as Record<string, string>,
    ) as typeof event;
  } catch {
    return res.status(400).json({ error: "Bad signature" });
  }
  if (event.type === "user.created") {
    await sql`insert into readers (id) values (${event.data.id}) on conflict do nothing`;
  }
  return res.status(200).end();
}
