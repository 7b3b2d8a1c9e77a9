import type { Request, Response } from "express";
import Stripe from "stripe";
import { pool } from "../lib/db.js";

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);

export async function stripeWebhook(req: Request, res: Response) {
  let event: Stripe.Event;
  try {
    event = stripe.webhooks.constructEvent(
      req.body,
      req.headers["stripe-signature"] as string,
      process.env.STRIPE_WEBHOOK_SECRET!,
    );
  } catch {
    return res.status(400).send("Bad signature");
  }
  if (event.type === "checkout.session.completed") {
    await pool.query("update tips set paid = true where session_id = $1", [event.data.object.id]);
  }
  res.json({ received: true });
}
