"""Sessions that stay the same at sign-in."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/session_not_regenerated"

PACKAGE = {"package.json": '{"dependencies": {"express": "5.0.0", "express-session": "1.18.0"}}'}
LOGIN = """
    import express from "express";
    const app = express();
    app.post("/login", async (req, res) => {
      const user = await checked(req.body);
      BODY
    });
"""


def found(body: str) -> int:
    return len(audit_files({**PACKAGE, "server/index.ts": LOGIN.replace("BODY", body)}, only=NAME))


def test_the_old_session_gets_the_user() -> None:
    assert found("req.session.userId = user.id; res.json({ ok: true });") == 1


def test_a_new_session_gets_the_user() -> None:
    assert found("req.session.regenerate(() => { req.session.userId = user.id; res.json({ ok: true }); });") == 0


def test_signing_out_is_no_sign_in() -> None:
    assert found("req.session.userId = null; res.json({ ok: true });") == 0


def test_other_things_in_the_session() -> None:
    assert found("req.session.basket = [req.body.item]; res.json({ ok: true });") == 0
