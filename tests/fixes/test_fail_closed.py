"""Repairs of locks that open by themselves."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

NEXT = """
import { NextRequest, NextResponse } from 'next/server';
import crypto from 'crypto';
import { prisma } from '@/lib/prisma';

HELPERS
export async function POST(request: NextRequest) {
  const secret = process.env.CRON_SECRET;
  const sent = request.headers.get('authorization');
  LOCK
  await prisma.booking.updateMany({ data: { status: 'done' } });
  return NextResponse.json({ ok: true });
}
"""
PATH = "app/api/cron/route.ts"
PACKAGE = '{"dependencies": {"next": "15.0.0"}}'
NO = "return NextResponse.json({ error: 'Unauthorized' }, { status: 401 });"


def lock(text: str, helpers: str = "") -> str:
    found = locked(NEXT.replace("LOCK", text).replace("HELPERS", helpers))
    return found.files[PATH]


def locked(text: str, path: str = PATH) -> Repaired:
    found = repaired("access/fail_closed", {path: text, "package.json": PACKAGE})
    assert found.left == []
    assert len(found.patches) == 1
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("secret && sent !== `Bearer ${secret}`", "!secret || sent !== `Bearer ${secret}`"),
        ("sent !== `Bearer ${secret}` && secret", "!secret || sent !== `Bearer ${secret}`"),
        ("sent !== `Bearer ${secret}`", "!secret || sent !== `Bearer ${secret}`"),
        (
            "sent !== `Bearer ${process.env.JOB_SECRET}`",
            "!process.env.JOB_SECRET || sent !== `Bearer ${process.env.JOB_SECRET}`",
        ),
    ],
)
def test_a_test_asks_for_the_secret_first(before: str, after: str) -> None:
    assert f"  if ({after}) {{\n    {NO}\n" in lock(f"if ({before}) {{\n    {NO}\n  }}")


def test_a_check_that_was_left_out_refuses() -> None:
    text = f"if (secret) {{\n    // ours\n    if (sent !== secret) {{\n      {NO}\n    }}\n  }}"
    expected = (
        f"  if (!secret) {{\n    console.error('CRON_SECRET is not set');\n    {NO}\n  }} else {{\n    // ours\n"
        "    if (sent !== secret) {\n"
    )
    assert expected in lock(text)


def test_a_placeholder_is_no_secret() -> None:
    text = f"if (secret && secret !== 'your_secret_here') {{\n    if (sent !== secret) {{\n      {NO}\n    }}\n  }}"
    assert "if (!secret || secret === 'your_secret_here') {\n    console.error(" in lock(text)


def test_a_text_that_stood_in_goes() -> None:
    text = f"const key = process.env.JOB_SECRET || 'dev-secret';\n  if (sent !== key) {{\n    {NO}\n  }}"
    after = lock(text)
    assert "const key = process.env.JOB_SECRET;\n  if (!key || sent !== key) {\n" in after


def test_a_function_that_said_yes_says_no() -> None:
    helper = """
    function verify(body: string, sent: string | null): boolean {
      const key = process.env.HOOK_SECRET;
      if (!key) {
        console.warn('no key, not verified');
        return true;
      }
      const own = crypto.createHmac('sha256', key).update(body).digest('hex');
      return crypto.timingSafeEqual(Buffer.from(own), Buffer.from(sent ?? ''));
    }
    """.replace("\n    ", "\n")
    text = f"if (!verify(await request.text(), sent)) {{\n    {NO}\n  }}"
    assert "console.warn('no key, not verified');\n    return false;\n" in lock(text, helper)


def test_the_clocks_own_header_is_no_proof() -> None:
    text = f"const clock = request.headers.get('x-vercel-cron') === '1';\n  if (!clock) {{\n    {NO}\n  }}"
    found = locked(NEXT.replace("LOCK", text).replace("HELPERS", "").replace("CRON_SECRET", "NODE_ENV"))
    expected = (
        "!!process.env.CRON_SECRET && request.headers.get('authorization') === `Bearer ${process.env.CRON_SECRET}`;"
    )
    assert f"const clock = {expected}" in found.files[PATH]
    assert "CRON_SECRET" in found.files[".env.example"]


EDGE = """
import { createClient } from "https://esm.sh/@supabase/supabase-js@2"
import { createHmac } from "node:crypto"
import Stripe from "https://esm.sh/stripe@14"

const headers = { "Access-Control-Allow-Origin": "*" }
const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!)

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const body = await req.text()
  const signature = req.headers.get("x-signature")
  if (!signature) {
    return new Response("Unauthorized", { status: 401, headers })
  }
  LOCK
  await supabase.from("orders").update({ status: "paid" }).eq("id", JSON.parse(body).id)
  return new Response("ok", { headers })
})
"""
EDGE_PATH = "supabase/functions/hook/index.ts"


def test_an_empty_key_signs_nothing() -> None:
    text = """const key = Deno.env.get("HOOK_SECRET") || ""
  const own = createHmac("sha256", key).update(body).digest("hex")
  if (own !== signature) {
    return new Response("Unauthorized", { status: 401, headers })
  }"""
    after = locked(EDGE.replace("LOCK", text), EDGE_PATH).files[EDGE_PATH]
    refusal = (
        'console.error("HOOK_SECRET is not set")\n    return new Response("Unauthorized", { status: 401, headers })'
    )
    assert f'|| ""\n  if (!key) {{\n    {refusal}\n  }}\n  const own =' in after


def test_an_event_that_nobody_verified_is_not_taken() -> None:
    text = """let event
  const key = Deno.env.get("STRIPE_WEBHOOK_SECRET")
  if (key) {
    try {
      event = await stripe.webhooks.constructEventAsync(body, signature, key)
    } catch (err) {
      return new Response(`Bad: ${err.message}`, { status: 400 })
    }
  } else {
    // only while we develop
    event = JSON.parse(body)
  }"""
    after = locked(EDGE.replace("LOCK", text).replace("JSON.parse(body).id", "event.data.object.id"), EDGE_PATH)
    refusal = 'console.error("STRIPE_WEBHOOK_SECRET is not set")\n    return new Response("Unauthorized", { status: 401'
    assert f"  }} else {{\n    {refusal}, headers }})\n  }}\n" in after.files[EDGE_PATH]
    assert "STRIPE_WEBHOOK_SECRET" in after.patches[0].todo[0]


FLASK = """
import hashlib
import hmac
import os

from fastapi import APIRouter, HTTPException, Request, Header
from app.db import database

router = APIRouter()


@router.post("/hook")
async def hook(request: Request, x_signature: str = Header(None)):
    body = await request.body()
    secret = os.environ.get("HOOK_SECRET", "")
    LOCK
    await database.orders.update_one({"id": 1}, {"$set": {"status": "paid"}})
    return {"ok": True}
"""


def test_python_refuses_too() -> None:
    text = """if secret and x_signature:
        own = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if own != x_signature:
            raise HTTPException(status_code=400, detail="Invalid signature")"""
    after = locked(FLASK.replace("LOCK", text), "app/hooks.py").files["app/hooks.py"]
    assert (
        "    if not secret or not x_signature:\n"
        '        raise HTTPException(status_code=400, detail="Invalid signature")\n'
        "    else:\n        own = hmac.new("
    ) in after


UNVERIFIED = """
import os

import stripe
from fastapi import FastAPI, HTTPException, Request

from app.db import database

app = FastAPI()


@app.post("/billing/webhooks/stripe")
async def paid(request: Request):
    payload = await request.body()
    signature = request.headers.get("stripe-signature")
    secret = os.getenv("STRIPE_WEBHOOK_SECRET", "")
    if secret and signature:
        event = stripe.Webhook.construct_event(payload, signature, secret)
    else:
        import json
        event = json.loads(payload)
    await database.orders.update_one({"id": event["order"]}, {"$set": {"status": "paid"}})
"""


def test_what_was_imported_to_believe_it_goes() -> None:
    after = locked(UNVERIFIED, "app/hooks.py").files["app/hooks.py"]
    assert "    else:\n        raise HTTPException(" in after
    assert "import json" not in after


@pytest.mark.parametrize(
    "text",
    [
        f"if (!secret || sent !== `Bearer ${{secret}}`) {{\n    {NO}\n  }}",
        f"if (!secret) {{\n    {NO}\n  }}\n  if (sent !== `Bearer ${{secret}}`) {{\n    {NO}\n  }}",
        f"if (process.env.NODE_ENV === 'production' && (!secret || sent !== secret)) {{\n    {NO}\n  }}",
        "if (secret) {\n    console.log('there is a secret');\n  }",
    ],
)
def test_a_lock_that_is_closed_stays(text: str) -> None:
    files = {PATH: NEXT.replace("LOCK", text).replace("HELPERS", ""), "package.json": PACKAGE}
    assert repaired("access/fail_closed", files).patches == []


SIGNED = """
import os
import stripe
from flask import Flask, jsonify, request
from models import Order
app = Flask(__name__)
@app.route("/stripe-webhook", methods=["POST"])
def stripe_webhook():
    try:
        secret = os.environ.get("STRIPE_WEBHOOK_SECRET")
        signature = request.headers.get("Stripe-Signature", "")
        if TEST:
            event = stripe.Webhook.construct_event(request.get_data(), signature, secret)
        else:
            event = request.get_json(force=True)
    except ERROR as e:
        CAUGHT
    Order.query.filter_by(id=event["data"]["object"]["id"]).update({"status": "paid"})
    return jsonify({"ok": True})
"""
TURNED = 'return jsonify({"error": "invalid"}), 400'


@pytest.mark.parametrize(
    ("test", "told"),
    [("secret", "STRIPE_WEBHOOK_SECRET is not set"), ("secret and signature", "The signature cannot be checked")],
)
def test_an_error_that_is_turned_into_a_refusal(test: str, told: str) -> None:
    text = SIGNED.replace("TEST", test).replace("ERROR", "Exception").replace("CAUGHT", TURNED)
    after = repaired("access/fail_closed", {"app.py": text})
    assert not after.left
    assert f'        else:\n            raise ValueError("{told}")\n    except' in after.files["app.py"]


@pytest.mark.parametrize(("error", "caught"), [("KeyError", TURNED), ("Exception", "event = request.get_json()")])
def test_an_error_that_nothing_turns_into_a_refusal(error: str, caught: str) -> None:
    text = SIGNED.replace("TEST", "secret").replace("ERROR", error).replace("CAUGHT", caught)
    assert not repaired("access/fail_closed", {"app.py": text}).patches
