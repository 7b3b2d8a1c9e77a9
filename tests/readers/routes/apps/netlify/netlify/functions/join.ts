import type { Handler } from "@netlify/functions";
import { createClient } from "@supabase/supabase-js";
import { singerOf } from "./lib/session";

const db = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);

const handler: Handler = async (event) => {
  if (event.httpMethod !== "POST") return { statusCode: 405, body: "Method not allowed" };
  const singerId = await singerOf(event.headers.authorization);
  if (!singerId) return { statusCode: 401, body: "Please sign in" };
  const { concertId, voice } = JSON.parse(event.body ?? "{}");
  await db.from("line_up").insert({ concert_id: concertId, singer_id: singerId, voice });
  return { statusCode: 201, body: JSON.stringify({ ok: true }) };
};

export { handler };
