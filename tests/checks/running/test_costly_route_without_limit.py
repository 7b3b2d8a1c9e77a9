"""Mails without end."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/costly_route_without_limit"

SERVER = """
    import express from "express";
    import rateLimit from "express-rate-limit";
    import { Resend } from "resend";
    const app = express();
    const resend = new Resend(process.env.RESEND_API_KEY);
    app.post("/invite", GUARD async (req, res) => {
      await resend.emails.send({ to: req.body.email, subject: "Come aboard" });
      res.json({ ok: true });
    });
"""


def found(guard: str) -> int:
    return len(audit_files({"server/index.ts": SERVER.replace("GUARD", guard)}, only=NAME))


def test_nobody_counts() -> None:
    assert found("") == 1


def test_a_limiter_stands_before_it() -> None:
    assert found("rateLimit({ windowMs: 60000, max: 5 }),") == 0


def test_an_address_that_costs_nothing() -> None:
    code = """
        import express from "express";
        const app = express();
        app.post("/like", (req, res) => res.json({ ok: true }));
    """
    assert audit_files({"server/index.ts": code}, only=NAME) == []
