import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.49.1";
import { corsHeaders } from "../_shared/cors.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") {
    return new Response(null, { headers: corsHeaders });
  }

  try {
    const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
    const token = req.headers.get("Authorization")!.replace("Bearer ", "");
    const { data: { user } } = await supabase.auth.getUser(token);
    if (!user) {
      return new Response(JSON.stringify({ error: "Unauthorized" }), {
        status: 401,
        headers: { ...corsHeaders, "Content-Type": "application/json" },
      });
    }

    const { creatorId, amountCents } = await req.json();
    console.log("Payout requested by", user.email, "for", creatorId);

    const { data: open } = await supabase
      .from("payouts")
      .select("id")
      .eq("creator_id", creatorId)
      .eq("status", "pending");
    if (open && open.length > 0) {
      throw new Error("There is already a pending payout");
    }

    const { data: payout, error } = await supabase
      .from("payouts")
      .insert({ creator_id: creatorId, amount_cents: amountCents, status: "pending" })
      .select()
      .single();
    if (error) throw error;

    return new Response(JSON.stringify({ payout }), {
      headers: { ...corsHeaders, "Content-Type": "application/json" },
    });
  } catch (error) {
    return new Response(JSON.stringify({ error: error.message, stack: error.stack }), {
      status: 500,
      headers: { ...corsHeaders, "Content-Type": "application/json" },
    });
  }
});
