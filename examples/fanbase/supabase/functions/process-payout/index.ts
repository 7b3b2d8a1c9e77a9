import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.49.1";
import Stripe from "https://esm.sh/stripe@17.7.0?target=deno";
import { corsHeaders } from "../_shared/cors.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") {
    return new Response(null, { headers: corsHeaders });
  }

  const { payoutId, destination } = await req.json();

  const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!, { apiVersion: "2024-12-18.acacia" });
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

  const { data: payout } = await supabase.from("payouts").select("*").eq("id", payoutId).single();

  const transfer = await stripe.transfers.create({
    amount: payout.amount_cents,
    currency: "usd",
    destination,
  });

  await supabase
    .from("payouts")
    .update({ status: "paid", stripe_transfer_id: transfer.id, paid_at: new Date().toISOString() })
    .eq("id", payoutId);

  return new Response(JSON.stringify({ transfer: transfer.id }), {
    headers: { ...corsHeaders, "Content-Type": "application/json" },
  });
});
