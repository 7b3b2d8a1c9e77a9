import { serviceClient } from "../_shared/auth.ts";

const headers = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, OPTIONS",
  "Access-Control-Allow-Headers": "apikey, content-type",
};

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers });
  const url = new URL(req.url);
  const { count } = await serviceClient()
    .from("subscriptions")
    .select("id", { count: "exact", head: true })
    .eq("letter_slug", url.searchParams.get("letter"));
  return new Response(JSON.stringify({ readers: count }), {
    headers: { ...headers, "Content-Type": "application/json", "Cache-Control": "public, max-age=300" },
  });
});
