"""Repairs of what providers send to an app."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

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


def test_a_route_in_a_file_that_imports_the_router_alone() -> None:
    routes = EXPRESS.replace("import express from", "import { Router } from").replace("app.use(express.json());\n", "")
    files = {
        "src/pay.js": routes.replace("const app = express", "export const app = Router").replace("/api/", "/"),
        "src/index.js": """
            import express from 'express';
            import { app as pay } from './pay';
            const app = express();
            app.use(express.json());
            app.use('/api', pay);
        """,
    }
    after = repaired("running/keep_webhook_body", files)
    assert not after.left
    assert "import { Router, raw } from 'express';" in after.files["src/pay.js"]
    assert "app.post('/webhook', raw({ type: 'application/json' }), async" in after.files["src/pay.js"]


def test_a_raw_parser_that_stands_there_stays_alone() -> None:
    code = EXPRESS.replace("webhook', async", "webhook', express.raw({ type: '*/*' }), async")
    after = repaired("running/keep_webhook_body", {"server.js": code})
    assert not after.left
    assert after.files["server.js"].count("raw(") == 1


def verified(path: str, code: str, **more: str) -> tuple[str, bool]:
    after = repaired(
        "input/verify_signature", {path: code, "package.json": '{"dependencies": {"stripe": "17"}}', **more}
    )
    return after.files[path], bool(after.left)


DENO = """
import { createClient } from "npm:@supabase/supabase-js@2";
Deno.serve(async (req) => {
  const body = await req.text();
  const event = JSON.parse(body);
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  if (event.type === "checkout.session.completed") {
    await db.from("orders").update({ paid: true }).eq("id", event.data.object.id);
  }
  return new Response("ok");
});
"""


def test_a_function_verifies_the_text_that_it_read() -> None:
    text, left = verified(WEBHOOK, DENO)
    assert not left
    assert 'import Stripe from "npm:stripe@17.7.0";' in text
    assert 'event = await stripe.webhooks.constructEventAsync(body, req.headers.get("stripe-signature")' in text
    assert 'if (!secret) throw new Error("STRIPE_WEBHOOK_SECRET is not set");' in text
    assert 'return new Response("Invalid signature", { status: 400 });' in text


def test_a_body_parsed_at_once_is_read_as_text() -> None:
    code = DENO.replace("const body = await req.text();", "").replace("JSON.parse(body)", "await req.json()")
    text, left = verified(WEBHOOK, code)
    assert not left
    assert "constructEventAsync(await req.text(), " in text
    assert "req.json()" not in text


BOOKS = """
import express from 'express'
import Stripe from 'stripe'
import { db } from './db'
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY)
const app = express()
app.use(express.json())
app.post('/stripe/webhook', async (req, res) => {
  const { type, data } = req.body
  if (type === 'invoice.paid') await db.query('update orders set paid = true where id = $1', [data.object.id])
  res.json({})
})
"""


def test_express_verifies_the_raw_body() -> None:
    after = repaired("input/verify_signature", {"server.js": BOOKS, "package.json": "{}", ".env.example": "A=\n"})
    text = after.files["server.js"]
    assert not after.left
    assert "    event = stripe.webhooks.constructEvent(req.body, req.headers['stripe-signature'], secret)\n" in text
    assert "return res.status(400).json({ error: 'Invalid signature' })" in text
    assert "const { type, data } = event\n" in text
    assert "express.raw({ type: 'application/json' })" in text
    assert "next() : parseBody(req, res, next)" in text
    assert after.files[".env.example"] == "A=\nSTRIPE_WEBHOOK_SECRET=\n"


def test_fastapi_verifies_the_raw_body() -> None:
    code = """
    from fastapi import FastAPI, Request
    from db import session

    app = FastAPI()

    @app.post("/webhooks/stripe")
    async def stripe_webhook(request: Request):
        event = await request.json()
        session.execute("update orders set paid = true where id = :id", {"id": event["data"]["object"]["id"]})
        session.commit()
        return {"ok": True}
    """
    text, left = verified("main.py", code)
    assert not left
    assert 'event = stripe.Webhook.construct_event(await request.body(), request.headers.get("stripe-signature"' in text
    assert 'raise HTTPException(status_code=400, detail="Invalid signature") from invalid' in text
    assert "import stripe\n" in text


def test_another_providers_webhook_is_left() -> None:
    path = "supabase/functions/mail-webhook/index.ts"
    assert verified(path, DENO.replace("checkout.session.completed", "bounced"))[0] == DENO.replace(
        "checkout.session.completed", "bounced"
    ).lstrip("\n")


def test_a_verified_webhook_is_left() -> None:
    assert verified(WEBHOOK, SIGNED)[0] == SIGNED.lstrip("\n")


EVENTS = """
import Stripe from "npm:stripe@17";
import { createClient } from "npm:@supabase/supabase-js@2";
const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!);
const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
Deno.serve(async (req) => {
  try {
    const event = await stripe.webhooks.constructEventAsync(
      await req.text(), req.headers.get("stripe-signature")!, Deno.env.get("STRIPE_WEBHOOK_SECRET")!);
    console.log("An event", event.type);
    if (event.type === "checkout.session.completed") {
      const { user_id, cents } = event.data.object.metadata;
      const { error } = await db.from("payments").insert({ user_id, cents });
      if (error) {
        return new Response("Not booked", { status: 500 });
      }
    }
    return new Response("ok");
  } catch (error) {
    console.error("It failed", error);
    return new Response("It failed", { status: 400 });
  }
});
"""
PAYMENTS = """
create table public.payments (id uuid primary key, user_id uuid, cents int);
alter table public.payments enable row level security;
"""
BOOKING = "supabase/functions/stripe-webhook/index.ts"


def remembered(code: str = EVENTS, **more: str) -> Repaired:
    return repaired(
        "input/remember_events", {BOOKING: code, "supabase/migrations/20250101000000_a.sql": PAYMENTS, **more}
    )


def test_an_event_is_stored_before_its_work_and_forgotten_where_that_fails() -> None:
    after = remembered()
    assert not after.left
    text = after.files[BOOKING]
    assert "  let forgetEvent = async () => {};\n  try {" in text
    stored = 'await db.from("webhook_events").insert({ provider: "stripe", event_id: eventId });'
    assert text.index('console.log("An event"') < text.index(stored) < text.index("if (event.type ===")
    assert 'if (unstored?.code === "23505") {\n      return new Response(JSON.stringify({ received: true })' in text
    assert '        await forgetEvent();\n        return new Response("Not booked"' in text
    assert '  } catch (error) {\n    await forgetEvent();\n    console.error("It failed"' in text
    made = after.files["supabase/migrations/20250101000001_webhook_events.sql"]
    assert "primary key (provider, event_id)" in made
    assert '.delete().match({ provider: "stripe", event_id: eventId });' in text
    assert "drop table public.webhook_events;" in after.files["rescue/undo/20250101000001_webhook_events.undo.sql"]


def test_work_without_a_catch_gets_one_that_forgets_and_throws() -> None:
    head, work, tail = (
        EVENTS.partition("  try {\n")[0],
        EVENTS.partition("  try {\n")[2].partition("  } catch")[0],
        "});\n",
    )
    after = remembered(head + work + tail)
    assert not after.left
    text = after.files[BOOKING]
    assert "    const forgetEvent = async () => {" in text
    assert '    try {\n      if (event.type === "checkout.session.completed") {\n        const { user_id' in text
    assert (
        '      return new Response("ok");\n    } catch (error) {\n      await forgetEvent();\n      throw error;'
        in text
    )


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("{\n        return new Response(\"Not booked\", { status: 500 });\n      }",
         'return new Response("Not booked", { status: 500 });'),
        ("await stripe.webhooks.constructEventAsync(\n      await req.text(), ", "await parsed(await req.text(), "),
    ],
)  # fmt: skip
def test_a_door_that_is_not_sure_is_left(was: str, now: str) -> None:
    assert was in EVENTS
    assert not remembered(EVENTS.replace(was, now)).patches


def test_a_table_that_the_app_has_for_events_is_used() -> None:
    columns = (
        "id uuid primary key default gen_random_uuid(), stripe_event_id text unique not null, event_type text not null"
    )
    table = f"create table public.webhook_events ({columns}, payload jsonb not null, done boolean default false);"
    after = remembered(**{"supabase/migrations/20250102000000_b.sql": table})
    assert not after.left
    assert len([path for path in after.files if path.endswith(".sql")]) == 2
    text = after.files[BOOKING]
    assert "insert({ stripe_event_id: eventId, event_type: event.type, payload: event });" in text
    assert "delete().match({ stripe_event_id: eventId });" in text


@pytest.mark.parametrize(
    "columns", ["id uuid primary key", "event_id text unique, tenant uuid not null", "event_id text"]
)
def test_a_table_that_cannot_be_filled_is_left(columns: str) -> None:
    table = f"create table public.webhook_events ({columns});"
    assert not remembered(**{"supabase/migrations/20250102000000_b.sql": table}).patches


PRISMA = """
import Stripe from "stripe";
import { NextResponse } from "next/server";
import { prisma } from "@/lib/prisma";
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);
export async function POST(request: Request) {
  let event: Stripe.Event;
  try {
    const signature = request.headers.get("stripe-signature")!;
    event = stripe.webhooks.constructEvent(await request.text(), signature, process.env.STRIPE_WEBHOOK_SECRET!);
  } catch {
    return NextResponse.json({ error: "It is not signed" }, { status: 400 });
  }
  try {
    if (event.type === "checkout.session.completed") {
      const { fan, cents } = event.data.object.metadata;
      await prisma.payment.create({ data: { fan, cents: Number(cents) } });
    }
    return NextResponse.json({ received: true });
  } catch (error) {
    console.error("It was not booked", error);
    return NextResponse.json({ error: "It was not booked" }, { status: 500 });
  }
}
"""
MODELS = """
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model Payment {
  id    String @id @default(cuid())
  fan   String
  cents Int
}
"""


def test_prisma_stores_an_event_before_its_work() -> None:
    path = "src/app/api/webhooks/stripe/route.ts"
    client = 'import { PrismaClient } from "@prisma/client";\nexport const prisma = new PrismaClient();\n'
    files = {path: PRISMA, "src/lib/prisma.ts": client, "prisma/schema.prisma": MODELS}
    after = repaired("input/remember_events", files)
    assert not after.left
    text = after.files[path]
    assert "  let forgetEvent = async () => {};\n  try {\n    const eventId = event.id;\n    try {\n" in text
    assert 'await prisma.webhookEvent.create({ data: { id: eventId, provider: "stripe" } });' in text
    assert 'if ((unstored as { code?: string }).code === "P2002") {\n        return NextResponse.json({ rec' in text
    assert "  } catch (error) {\n    await forgetEvent();\n" in text
    assert "model WebhookEvent {" in after.files["prisma/schema.prisma"]
    assert not repaired("input/remember_events", {**files, "prisma/schema.prisma": "// elsewhere\n"}).patches
