import { BadRequestException, Body, Controller, Get, Headers, Post, RawBodyRequest, Req, UseGuards } from "@nestjs/common";
import type { Request } from "express";
import Stripe from "stripe";
import { JwtAuthGuard } from "../auth/jwt-auth.guard";

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);

@Controller({ path: "sponsors" })
export class SponsorsController {
  @Get("plans")
  plans() {
    return [{ name: "One wall", cents: 20_000 }];
  }

  @Post("checkout")
  @UseGuards(JwtAuthGuard)
  checkout(@Body("plan") plan: string) {
    return stripe.checkout.sessions.create({ mode: "payment", line_items: [{ price: plan, quantity: 1 }] });
  }

  @Post("webhook")
  webhook(@Req() request: RawBodyRequest<Request>, @Headers("stripe-signature") signature: string) {
    try {
      const event = stripe.webhooks.constructEvent(request.rawBody!, signature, process.env.STRIPE_WEBHOOK_SECRET!);
      return { received: event.type };
    } catch {
      throw new BadRequestException("Bad signature");
    }
  }

  @Post("contact")
  contact(@Body() body: { name: string; email: string; message: string }) {
    return { received: Boolean(body.name && body.email && body.message) };
  }
}
