import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.49.1";
import Stripe from "https://esm.sh/stripe@17.7.0?target=deno";

const stripeKey = Deno.env.get("STRIPE_SECRET_KEY")!;
console.log("Stripe key in use:", stripeKey);
const stripe = new Stripe(stripeKey, { apiVersion: "2024-12-18.acacia" });

serve(async (req) => {
  const body = await req.text();
  const signature = req.headers.get("stripe-signature");
  const connectSecret = Deno.env.get("STRIPE_CONNECT_WEBHOOK_SECRET");

  let event: Stripe.Event;
  if (connectSecret && signature) {
    event = await stripe.webhooks.constructEventAsync(body, signature, connectSecret);
  } else {
    event = JSON.parse(body);
  }

  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

  if (event.type === "account.updated") {
    const account = event.data.object as Stripe.Account;
    await supabase
      .from("payout_accounts")
      .update({ charges_enabled: account.charges_enabled, payouts_enabled: account.payouts_enabled })
      .eq("stripe_account_id", account.id);
  }

  if (event.type === "payment_intent.succeeded") {
    const intent = event.data.object as Stripe.PaymentIntent;
    await supabase.from("tips").insert({
      creator_id: intent.metadata.creator_id,
      amount: intent.amount / 100,
      message: intent.metadata.message,
    });
    await supabase.rpc("credit_creator_balance", {
      _creator_id: intent.metadata.creator_id,
      _cents: intent.amount_received,
    });
  }

  return new Response(JSON.stringify({ received: true }), { headers: { "Content-Type": "application/json" } });
});
