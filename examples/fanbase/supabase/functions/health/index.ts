import { corsHeaders, json } from "../_shared/cors.ts";
import { serviceClient } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  const { error } = await serviceClient().from("feature_flags").select("name").limit(1);
  return json({ ok: !error, ai: Boolean(Deno.env.get("LOVABLE_API_KEY")) }, error ? 503 : 200);
});
