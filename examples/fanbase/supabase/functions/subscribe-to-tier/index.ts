import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, requireUser, serviceClient } from "../_shared/auth.ts";
import { appUrl } from "../_shared/links.ts";
import { stripe } from "../_shared/stripe.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const { tierId } = await req.json();

    const { data: tier } = await serviceClient()
      .from("tiers")
      .select("id, creator_id, stripe_price_id")
      .eq("id", tierId)
      .eq("is_active", true)
      .maybeSingle();
    if (!tier?.stripe_price_id) throw new Refusal(404, "This tier is not for sale");

    const session = await stripe.checkout.sessions.create({
      mode: "subscription",
      customer_email: user.email,
      line_items: [{ price: tier.stripe_price_id, quantity: 1 }],
      success_url: appUrl("/subscriptions?welcome=1"),
      cancel_url: appUrl("/discover"),
      metadata: { kind: "subscription", tier_id: tier.id, creator_id: tier.creator_id, fan_id: user.id },
    });

    return json({ url: session.url });
  } catch (error) {
    return refused(error);
  }
});
