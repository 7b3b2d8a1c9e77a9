"""Errors after which all goes on."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/success_despite_error"

WEBHOOK = """
    import Stripe from "npm:stripe";
    import { createClient } from "npm:@supabase/supabase-js";
    const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY"));
    const db = createClient(Deno.env.get("SUPABASE_URL"), Deno.env.get("SUPABASE_SERVICE_ROLE_KEY"));
    Deno.serve(async (req) => {
      const event = stripe.webhooks.constructEvent(await req.text(), req.headers.get("stripe-signature"), SECRET);
      const { error } = await db.from("bookings").insert({ payment: event.data.object.id });
      AFTER
      return new Response("ok");
    });
"""


def found(after: str) -> list[str]:
    files = {"supabase/functions/stripe-webhook/index.ts": WEBHOOK.replace("AFTER", after)}
    return [f.severity for f in audit_files(files, only=NAME)]


def test_a_webhook_only_logs() -> None:
    assert found('if (error) console.error("not stored", error);') == ["medium"]


def test_a_webhook_logs_and_is_glad_otherwise() -> None:
    assert found('if (error) { console.error(error); } else { console.log("stored"); }') == ["medium"]


def test_a_webhook_asks_to_be_called_again() -> None:
    assert found('if (error) { console.error(error); return new Response("no", { status: 500 }); }') == []


def test_a_webhook_throws() -> None:
    assert found("if (error) throw error;") == []


def test_after_money_has_moved_it_is_worse() -> None:
    code = """
        import Stripe from "npm:stripe";
        import { createClient } from "npm:@supabase/supabase-js";
        const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY"));
        const db = createClient(Deno.env.get("SUPABASE_URL"), Deno.env.get("SUPABASE_SERVICE_ROLE_KEY"));
        Deno.serve(async () => {
          const transfer = await stripe.transfers.create({ amount: 100, destination: "acct" });
          const { error } = await db.from("payouts").insert({ transfer: transfer.id });
          if (error) console.error(error);
          return new Response("paid");
        });
    """
    (finding,) = audit_files({"supabase/functions/pay-out/index.ts": code}, only=NAME)
    assert finding.severity == "high"


def test_nothing_depends_on_it() -> None:
    code = """
        import { createClient } from "npm:@supabase/supabase-js";
        const db = createClient(Deno.env.get("SUPABASE_URL"), Deno.env.get("SUPABASE_SERVICE_ROLE_KEY"));
        Deno.serve(async () => {
          const { error } = await db.from("visits").insert({ page: "home" });
          if (error) console.error(error);
          return new Response("ok");
        });
    """
    assert audit_files({"supabase/functions/visit/index.ts": code}, only=NAME) == []
