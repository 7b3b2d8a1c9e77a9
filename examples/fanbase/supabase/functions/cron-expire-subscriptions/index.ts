import { serviceClient } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  const secret = Deno.env.get("CRON_SECRET");
  if (!secret || req.headers.get("x-cron-secret") !== secret) {
    return new Response("Forbidden", { status: 403 });
  }

  const { count, error } = await serviceClient()
    .from("subscriptions")
    .update({ status: "expired" }, { count: "exact" })
    .eq("status", "active")
    .lt("current_period_end", new Date().toISOString());
  if (error) {
    console.error("expiring failed", error.code);
    return new Response("Failed", { status: 500 });
  }
  return new Response(JSON.stringify({ expired: count }), { headers: { "Content-Type": "application/json" } });
});
