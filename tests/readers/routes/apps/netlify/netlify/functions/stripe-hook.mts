import Stripe from "stripe";

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);

export default async (req: Request) => {
  const signature = req.headers.get("stripe-signature");
  if (!signature) return new Response("Not signed", { status: 400 });
  try {
    const event = await stripe.webhooks.constructEventAsync(await req.text(), signature, Netlify.env.get("STRIPE_WEBHOOK_SECRET")!);
    return Response.json({ received: event.type });
  } catch {
    return new Response("Bad signature", { status: 400 });
  }
};
