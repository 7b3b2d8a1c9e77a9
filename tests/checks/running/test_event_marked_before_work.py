"""Events that are marked before their work is done."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/event_marked_before_work"

WEBHOOK = """
    import Stripe from "npm:stripe";
    import { createClient } from "npm:@supabase/supabase-js";
    const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY"));
    const db = createClient(Deno.env.get("SUPABASE_URL"), Deno.env.get("SUPABASE_SERVICE_ROLE_KEY"));
    Deno.serve(async (req) => {
      const event = stripe.webhooks.constructEvent(await req.text(), req.headers.get("stripe-signature"), SECRET);
      const { data: seen } = await db.from("stripe_events").select("*").eq("event_id", event.id).maybeSingle();
      if (SEEN) return new Response("seen");
      FIRST
      THEN
      return new Response("ok");
    });
"""
MARK = 'await db.from("stripe_events").insert({ event_id: event.id });'
WORK = 'await db.from("bookings").insert({ payment: event.data.object.id });'


def found(first: str, then: str, seen: str = "seen") -> int:
    code = WEBHOOK.replace("SEEN", seen).replace("FIRST", first).replace("THEN", then)
    return len(audit_files({"supabase/functions/stripe-webhook/index.ts": code}, only=NAME))


def test_marked_and_then_worked() -> None:
    assert found(MARK, WORK) == 1


def test_worked_and_then_marked() -> None:
    assert found(WORK, MARK) == 0


def test_only_those_that_are_done_are_skipped() -> None:
    assert found(MARK, WORK, seen="seen?.processed") == 0


def test_the_mark_is_taken_away_again() -> None:
    undo = 'await db.from("stripe_events").delete().eq("event_id", event.id);'
    assert found(MARK, WORK + undo) == 0
