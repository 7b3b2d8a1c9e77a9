import { serviceClient } from "../_shared/auth.ts";
import { stripe, type Stripe } from "../_shared/stripe.ts";

Deno.serve(async (req) => {
  const signature = req.headers.get("stripe-signature");
  const secret = Deno.env.get("STRIPE_WEBHOOK_SECRET");
  if (!signature || !secret) return new Response("Not signed", { status: 400 });

  let event: Stripe.Event;
  try {
    event = await stripe.webhooks.constructEventAsync(await req.text(), signature, secret);
  } catch {
    return new Response("Bad signature", { status: 400 });
  }

  const db = serviceClient();
  const { error: seen } = await db.from("webhook_events").insert({ id: event.id, provider: "stripe", kind: event.type });
  if (seen?.code === "23505") return new Response("Already handled", { status: 200 });
  if (seen) return new Response("Try again", { status: 500 });

  if (event.type === "checkout.session.completed") {
    const session = event.data.object as Stripe.Checkout.Session;
    const meta = session.metadata ?? {};

    if (meta.kind === "purchase") {
      await db.from("purchases").upsert(
        {
          buyer_id: meta.buyer_id,
          post_id: meta.post_id,
          amount_cents: session.amount_total,
          stripe_session_id: session.id,
        },
        { onConflict: "stripe_session_id", ignoreDuplicates: true },
      );
    }

    if (meta.kind === "subscription") {
      await db.from("subscriptions").upsert(
        {
          fan_id: meta.fan_id,
          creator_id: meta.creator_id,
          tier_id: meta.tier_id,
          status: "active",
          stripe_subscription_id: session.subscription as string,
        },
        { onConflict: "stripe_subscription_id" },
      );
      await db.rpc("book_income", {
        _creator_id: meta.creator_id,
        _kind: "subscription",
        _cents: session.amount_total,
        _source_id: session.id,
      });
    }
  }

  return new Response("ok");
});
