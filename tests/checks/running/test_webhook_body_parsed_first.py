"""Bodies that are parsed too early."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/webhook_body_parsed_first"

SERVER = """
    import express from "express";
    import Stripe from "stripe";
    const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
    const app = express();
    BEFORE
    app.post("/webhooks/stripe", express.raw({ type: "application/json" }), (req, res) => {
      const event = stripe.webhooks.constructEvent(BODY, req.headers["stripe-signature"], SECRET);
      res.json({ received: event.id });
    });
    AFTER
"""


def found(before: str = "", after: str = "", body: str = "req.body") -> int:
    code = SERVER.replace("BEFORE", before).replace("AFTER", after).replace("BODY", body)
    return len(audit_files({"server/index.ts": code}, only=NAME))


def test_all_bodies_are_parsed_before() -> None:
    assert found(before="app.use(express.json());") == 1


def test_all_others_are_parsed_after() -> None:
    assert found(after="app.use(express.json());") == 0


def test_the_raw_text_is_kept() -> None:
    before = "app.use(express.json({ verify: (req, res, buf) => { req.rawBody = buf; } }));"
    assert found(before=before, body="req.rawBody") == 0


def test_the_webhook_is_left_out() -> None:
    before = 'app.use((req, res, next) => req.path === "/webhooks/stripe" ? next() : express.json()(req, res, next));'
    assert found(before=before) == 0
