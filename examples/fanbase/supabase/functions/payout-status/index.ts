import { callerClient, refused, requireUser } from "../_shared/auth.ts";

const headers = {
  "Access-Control-Allow-Origin": "http://localhost:8080",
  "Access-Control-Allow-Headers": "authorization, apikey, content-type",
  "Content-Type": "application/json",
};

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers });

  try {
    const user = await requireUser(req);
    const { data } = await callerClient(req)
      .from("payouts")
      .select("id, amount_cents, status, created_at")
      .eq("creator_id", user.id)
      .order("created_at", { ascending: false })
      .limit(20);
    return new Response(JSON.stringify({ payouts: data }), { headers });
  } catch (error) {
    return refused(error);
  }
});
