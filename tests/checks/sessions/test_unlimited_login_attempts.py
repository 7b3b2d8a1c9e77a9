"""Passwords that can be tried without end."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/unlimited_login_attempts"

LOGIN = """
    import express from "express";
    import bcrypt from "bcrypt";
    import rateLimit from "express-rate-limit";
    const app = express();
    app.post("PATH", GUARD async (req, res) => {
      const user = await find(req.body.email);
      if (!(await bcrypt.compare(req.body.password, user.hash))) return res.status(401).end();
      res.json({ ok: true });
    });
"""


def found(path: str, guard: str) -> int:
    code = LOGIN.replace("PATH", path).replace("GUARD", guard)
    return len(audit_files({"server/index.ts": code}, only=NAME))


def test_nobody_counts() -> None:
    assert found("/auth/login", "") == 1


def test_a_limiter_stands_before_it() -> None:
    assert found("/auth/login", "rateLimit({ windowMs: 60000, max: 5 }),") == 0


def test_an_address_that_signs_nobody_in() -> None:
    assert found("/account/close", "") == 0
