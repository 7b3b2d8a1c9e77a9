import type { Handler } from "@netlify/functions";
import { createClient } from "@supabase/supabase-js";

const db = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);

export const handler: Handler = async (event) => {
  if (event.httpMethod !== "GET") return { statusCode: 405, body: "Method not allowed" };
  const town = event.queryStringParameters?.town;
  const { data } = await db.from("concerts").select("id, title, starts_at").eq("town", town).limit(30);
  return { statusCode: 200, body: JSON.stringify(data) };
};
