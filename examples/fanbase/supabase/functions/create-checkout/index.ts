import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { corsHeaders, json } from "../_shared/cors.ts";
import { refused, requireUser } from "../_shared/auth.ts";
import { stripe } from "../_shared/stripe.ts";

const APP_URL = Deno.env.get("APP_URL") ?? "http://localhost:8080";

serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const { postId, title, amount, currency } = await req.json();

    const session = await stripe.checkout.sessions.create({
      mode: "payment",
      customer_email: user.email,
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: currency ?? "usd",
            unit_amount: amount * 100,
            product_data: { name: title },
          },
        },
      ],
      success_url: `${APP_URL}/posts/${postId}?paid=1`,
      cancel_url: `${APP_URL}/posts/${postId}`,
      metadata: { kind: "purchase", post_id: postId, buyer_id: user.id },
    });

    return json({ url: session.url });
  } catch (error) {
    return refused(error);
  }
});
