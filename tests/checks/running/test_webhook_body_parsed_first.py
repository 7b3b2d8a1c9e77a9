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


def test_the_parser_of_another_server() -> None:
    code = SERVER.replace("BEFORE", "").replace("AFTER", "app.use(express.json());").replace("BODY", "req.body")
    other = 'import express from "express";\nconst app = express();\napp.use(express.json());\napp.listen(3000);\n'
    assert audit_files({"server/index.ts": code, "api/server.js": other}, only=NAME) == []


def test_a_parser_that_is_registered_by_a_file_of_its_own() -> None:
    code = SERVER.replace("BEFORE", 'import { parse } from "./parse";\nparse(app);')
    code = code.replace("AFTER", "").replace("BODY", "req.body")
    parse = 'import express from "express";\nexport function parse(app) {\n  app.use(express.json());\n}\n'
    assert len(audit_files({"server/index.ts": code, "server/parse.ts": parse}, only=NAME)) == 1
