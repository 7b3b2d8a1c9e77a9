import { serviceClient } from "../_shared/auth.ts";

const cronSecret = Deno.env.get("CRON_SECRET");

Deno.serve(async (req) => {
  if (cronSecret && req.headers.get("Authorization") !== `Bearer ${cronSecret}`) {
    return new Response("Unauthorized", { status: 401 });
  }
  const before = new Date(Date.now() - 90 * 24 * 3600 * 1000).toISOString();
  const { count } = await serviceClient()
    .from("issues")
    .delete({ count: "exact" })
    .eq("status", "draft")
    .lt("updated_at", before);
  return new Response(JSON.stringify({ removed: count }), { headers: { "Content-Type": "application/json" } });
});
