import Stripe from "https://esm.sh/stripe@17.7.0?target=deno";
import { serviceClient } from "../_shared/auth.ts";

const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!, { apiVersion: "2024-12-18.acacia" });
const secret = Deno.env.get("STRIPE_WEBHOOK_SECRET");

Deno.serve(async (req) => {
  const signature = req.headers.get("stripe-signature");
  if (!signature || !secret) return new Response("Not signed", { status: 400 });

  let event: Stripe.Event;
  try {
    event = await stripe.webhooks.constructEventAsync(await req.text(), signature, secret);
  } catch {
    return new Response("Bad signature", { status: 400 });
  }

  if (event.type === "checkout.session.completed") {
    const session = event.data.object as Stripe.Checkout.Session;
    await serviceClient().from("subscriptions").upsert(
      { reader_id: session.metadata?.reader_id, tier_id: session.metadata?.tier_id, stripe_session: session.id },
      { onConflict: "stripe_session" },
    );
  }
  return new Response("ok");
});
