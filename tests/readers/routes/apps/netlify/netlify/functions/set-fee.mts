import type { Config, Context } from "@netlify/functions";
import { createClient } from "@supabase/supabase-js";

const db = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);

export default async (req: Request, context: Context) => {
  const { feeCents } = await req.json();
  await db.from("concerts").update({ fee_cents: feeCents }).eq("id", context.params.concertId);
  return Response.json({ ok: true });
};

export const config: Config = { path: "/api/concerts/:concertId/fee", method: "PUT" };
