"""Members who call without end."""

from __future__ import annotations

from tests.support import audit_files

NAME = "ai/model_call_without_limit"

SERVER = """
    import express from "express";
    import jwt from "jsonwebtoken";
    import rateLimit from "express-rate-limit";
    import OpenAI from "openai";
    const openai = new OpenAI();
    const app = express();
    function signedIn(req, res, next) {
      try {
        req.user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET);
      } catch {
        return res.status(401).end();
      }
      next();
    }
    app.post("/caption", GUARDS async (req, res) => {
      const answer = await openai.chat.completions.create({ model: "small", messages: [] });
      res.json(answer);
    });
"""


def found(guards: str) -> list[str]:
    return [f.severity for f in audit_files({"server/index.ts": SERVER.replace("GUARDS", guards)}, only=NAME)]


LIMIT = "rateLimit({ windowMs: 60000, max: 5 }),"


def test_nobody_counts() -> None:
    assert found("signedIn,") == ["low"]


def test_a_limiter_counts() -> None:
    assert found("signedIn, " + LIMIT) == []


def test_strangers_are_another_matter() -> None:
    assert found("") == []
