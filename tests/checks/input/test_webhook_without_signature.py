"""Messages of providers that are believed."""

from __future__ import annotations

import pytest

from tests.samples import edge, express, fastapi
from tests.support import audit_files

NAME = "input/webhook_without_signature"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def webhook(check: str) -> dict[str, str]:
    return edge(
        f"""
        {check}
        const event = JSON.parse(await req.text());
        await db.from("orders").update({{ status: "paid" }}).eq("id", event.order);
        return new Response("ok");
        """,
        "pay-webhook",
    )


@pytest.mark.parametrize(
    "check",
    ["", 'if (!req.headers.get("x-pay-signature")) return new Response("no", { status: 400 });'],
)
def test_every_message_is_believed(check: str) -> None:
    assert found(webhook(check)) == ["critical"]


@pytest.mark.parametrize(("switch", "severities"), [("WEBHOOK_TEST_BYPASS", []), ("SHOP_IS_OPEN", ["critical"])])
def test_a_switch_for_tests_lets_in_what_nobody_signed(switch: str, severities: list[str]) -> None:
    text = """
        import Stripe from "stripe";
        const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
        app.post("/api/webhook/pay", async (req, res) => {
          if (process.env.SWITCH) {
            await db.order.update({ where: { id: req.body.order }, data: { status: "paid" } });
            return res.end();
          }
          const event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], process.env.WEBHOOK);
          await db.order.update({ where: { id: event.data.order }, data: { status: "paid" } });
          res.end();
        });
    """
    assert found(express(text.replace("SWITCH", switch))) == severities


def test_a_message_that_is_not_about_money() -> None:
    text = """
        @app.post("/webhooks/kyc")
        async def kyc(request: Request):
            event = await request.json()
            await db.profiles.update_one({"id": event["profile"]}, {"$set": {"checked": True}})
    """
    assert found(fastapi(text)) == ["high"]


def test_the_providers_own_call() -> None:
    text = """
        import Stripe from "stripe";
        const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
        app.post("/api/webhooks/stripe", async (req, res) => {
          const event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"],
            process.env.STRIPE_HOOK!);
          await db.order.update({ where: { id: event.data.object.id }, data: { status: "paid" } });
          res.end();
        });
    """
    assert not found(express(text))


def test_a_signature_of_our_own() -> None:
    text = """
        app.post("/api/webhooks/pay", async (req, res) => {
          const mine = crypto.createHmac("sha256", process.env.PAY_SECRET!).update(req.body).digest("hex");
          if (!crypto.timingSafeEqual(Buffer.from(mine), Buffer.from(req.headers["x-signature"])))
            return res.status(400).end();
          await db.order.update({ where: { id: req.body.order }, data: { status: "paid" } });
          res.end();
        });
    """
    assert not found(express(text))


MADE_HERE = """
        const letters = new TextEncoder();
        const isOurs = async (text: string, sent: string | null) => {
          const key = await crypto.subtle.importKey("raw", letters.encode(Deno.env.get("PAY_SECRET")!),
            { name: "HMAC", hash: "SHA-512" }, false, ["sign"]);
          const made = await crypto.subtle.sign("HMAC", key, letters.encode(text));
          const hex = Array.from(new Uint8Array(made)).map((one) => one.toString(16).padStart(2, "0")).join("");
          return hex === sent;
        };
        const text = await req.text();
"""


def test_a_signature_of_the_web_s_own_cryptography() -> None:
    asks = 'if (!(await isOurs(text, req.headers.get("x-pay-signature")))) return new Response("no", { status: 401 });'
    assert not found(webhook(MADE_HERE + asks))
    assert found(webhook(MADE_HERE + 'await isOurs(text, req.headers.get("x-pay-signature"));')) == ["critical"]


def test_the_provider_is_asked_for_the_truth() -> None:
    text = """
        import Stripe from "stripe";
        const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
        app.post("/api/webhooks/pay", async (req, res) => {
          const session = await stripe.checkout.sessions.retrieve(req.body.id);
          await db.order.update({ where: { session: session.id }, data: { status: session.status } });
          res.end();
        });
    """
    assert not found(express(text))


def test_a_message_that_is_only_written_down() -> None:
    assert not found(edge('console.log(await req.text());\nreturn new Response("ok");', "pay-webhook"))


def test_people_list_their_webhooks() -> None:
    text = """
        app.get("/api/webhooks", signedIn, async (req, res) =>
          res.json(await db.webhook.findMany({ where: { ownerId: req.user.id } })));
    """
    assert not found(express(text))
