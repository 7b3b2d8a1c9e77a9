import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, serviceClient } from "../_shared/auth.ts";
import { appUrl } from "../_shared/links.ts";
import { stripe } from "../_shared/stripe.ts";

// A tip is the giver's free choice and needs no account, so the amount comes from the form.
Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const { handle, cents } = await req.json();
    if (!Number.isInteger(cents) || cents < 100 || cents > 50_000) throw new Refusal(400, "A tip is 1 to 500 dollars");

    const { data: creator } = await serviceClient()
      .from("creator_profiles")
      .select("user_id, handle")
      .eq("handle", handle)
      .eq("published", true)
      .maybeSingle();
    if (!creator) throw new Refusal(404, "No such creator");

    const session = await stripe.checkout.sessions.create({
      mode: "payment",
      line_items: [
        {
          quantity: 1,
          price_data: { currency: "usd", unit_amount: cents, product_data: { name: `Tip for ${creator.handle}` } },
        },
      ],
      success_url: appUrl(`/c/${creator.handle}?thanks=1`),
      cancel_url: appUrl(`/c/${creator.handle}`),
      metadata: { kind: "tip", creator_id: creator.user_id },
    });
    return json({ url: session.url });
  } catch (error) {
    return refused(error);
  }
});
