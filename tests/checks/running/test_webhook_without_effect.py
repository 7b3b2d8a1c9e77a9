"""Messages that change nothing."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/webhook_without_effect"

WEBHOOK = """
    import Stripe from "npm:stripe";
    import { createClient } from "npm:@supabase/supabase-js";
    const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY"));
    const db = createClient(Deno.env.get("SUPABASE_URL"), Deno.env.get("SUPABASE_SERVICE_ROLE_KEY"));
    Deno.serve(async (req) => {
      const event = stripe.webhooks.constructEvent(await req.text(), req.headers.get("stripe-signature"), SECRET);
      WORK
      return new Response("ok");
    });
"""


def found(work: str, name: str = "stripe-webhook") -> int:
    return len(audit_files({f"supabase/functions/{name}/index.ts": WEBHOOK.replace("WORK", work)}, only=NAME))


def test_it_only_logs() -> None:
    assert found('console.log("paid", event.id);') == 1


def test_it_stores() -> None:
    assert found('await db.from("bookings").insert({ payment: event.data.object.id });') == 0


def test_it_calls_another_service() -> None:
    assert found('await fetch("https://ledger.example", { method: "POST" });') == 0
