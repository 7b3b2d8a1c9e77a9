"""Repairs of what providers send to an app."""

from __future__ import annotations

from tests.fixes.support import repaired

SIGNED = """
import Stripe from "npm:stripe@17";
import { createClient } from "npm:@supabase/supabase-js@2";
const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!);
Deno.serve(async (req) => {
  const event = await stripe.webhooks.constructEventAsync(
    await req.text(), req.headers.get("stripe-signature")!, Deno.env.get("STRIPE_WEBHOOK_SECRET")!);
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  await db.from("orders").update({ paid: true }).eq("id", event.data.object.id);
  return new Response("ok");
});
"""
OPEN = """
import { createClient } from "npm:@supabase/supabase-js@2";
Deno.serve(async (req) => {
  const event = await req.json();
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  await db.from("orders").update({ paid: true }).eq("id", event.id);
  return new Response("ok");
});
"""
WEBHOOK = "supabase/functions/stripe-webhook/index.ts"
CONFIG = "supabase/config.toml"


def let_in(config: str, code: str = SIGNED) -> str:
    return repaired("running/let_provider_in", {CONFIG: config, WEBHOOK: code}).files[CONFIG]


def test_the_gateway_lets_a_provider_in() -> None:
    asked = 'project_id = "abc"\n'
    assert let_in(asked) == asked + "\n[functions.stripe-webhook]\nverify_jwt = false\n"


def test_what_stands_in_the_settings_is_changed_where_it_stands() -> None:
    asked = "[functions.stripe-webhook]\nverify_jwt = true\n[functions.other]\nverify_jwt = true\n"
    assert let_in(asked) == asked.replace("verify_jwt = true", "verify_jwt = false", 1)


def test_a_webhook_without_a_signature_is_not_opened() -> None:
    asked = 'project_id = "abc"\n'
    assert let_in(asked, OPEN) == asked


def test_a_body_read_twice_is_read_from_a_clone_first() -> None:
    code = """
    export async function POST(req: Request) {
      const { action } = await req.json();
      if (action === 'b') {
        const { amount } = await req.json();
        await pay(amount);
      }
      return Response.json({});
    }
    """
    after = repaired("running/read_clone_first", {"app/api/pay/route.ts": code})
    assert not after.left
    assert "const { action } = await req.clone().json();" in after.files["app/api/pay/route.ts"]
    assert "const { amount } = await req.json();" in after.files["app/api/pay/route.ts"]


EXPRESS = """
import express from 'express';
import Stripe from 'stripe';
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
const app = express();
app.use(express.json());
app.post('/api/webhook', async (req, res) => {
  const event = stripe.webhooks.constructEvent(req.body, req.headers['stripe-signature'], process.env.WEBHOOK_SECRET);
  await book(event);
  res.json({});
});
"""


def test_a_webhook_gets_its_body_as_it_came() -> None:
    after = repaired("running/keep_webhook_body", {"server.js": EXPRESS})
    assert not after.left
    text = after.files["server.js"]
    assert "const parseBody = express.json();\n" in text
    assert "req.originalUrl.split('?')[0] === '/api/webhook' ? next() : parseBody(req, res, next)" in text
    assert "app.post('/api/webhook', express.raw({ type: 'application/json' }), async" in text


def test_a_raw_parser_that_stands_there_stays_alone() -> None:
    code = EXPRESS.replace("webhook', async", "webhook', express.raw({ type: '*/*' }), async")
    after = repaired("running/keep_webhook_body", {"server.js": code})
    assert not after.left
    assert after.files["server.js"].count("raw(") == 1
