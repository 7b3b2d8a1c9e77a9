"""Roles that are read from the token and nowhere else."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/rights_from_token_only"

APP = """
    import express from "express";
    import jwt from "jsonwebtoken";
    import { PrismaClient } from "@prisma/client";
    const prisma = new PrismaClient();
    const app = express();
    app.post("/login", async (req, res) => {
      const user = await prisma.user.findUnique({ where: { email: req.body.email } });
      res.json({ token: jwt.sign(CLAIMS, process.env.JWT_SECRET, { expiresIn: "7d" }) });
    });
    app.delete("/admin/boats/:id", async (req, res) => {
      const caller = jwt.verify(req.headers.authorization, process.env.JWT_SECRET);
      AGAIN
      if (who.role !== "admin") return res.status(403).json({ error: "no" });
      await prisma.boat.delete({ where: { id: req.params.id } });
      res.json({ ok: true });
    });
"""


def found(claims: str, again: str) -> int:
    code = APP.replace("CLAIMS", claims).replace("AGAIN", again)
    return len(audit_files({"server/index.ts": code}, only=NAME))


def test_the_token_alone_says_who_may() -> None:
    assert found("{ sub: user.id, role: user.role }", "const who = caller;") == 1


def test_the_database_is_asked_again() -> None:
    again = "const who = await prisma.user.findUnique({ where: { id: caller.sub } });"
    assert found("{ sub: user.id, role: user.role }", again) == 0


def test_a_token_without_rights() -> None:
    again = "const who = await prisma.user.findUnique({ where: { id: caller.sub } });"
    assert found("{ sub: user.id }", again) == 0
