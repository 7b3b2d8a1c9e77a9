import Stripe from "https://esm.sh/stripe@17.7.0?target=deno";

export const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!, {
  apiVersion: "2024-12-18.acacia",
  timeout: 15_000,
  httpClient: Stripe.createFetchHttpClient(),
});

export type { Stripe };
