"""Logins that are renewed for ever."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/refresh_without_rotation"

REFRESH = """
    import express from "express";
    import jwt from "jsonwebtoken";
    import { PrismaClient } from "@prisma/client";
    const prisma = new PrismaClient();
    const app = express();
    app.post("/auth/refresh", async (req, res) => {
      const claims = jwt.verify(req.body.refreshToken, process.env.JWT_SECRET);
      STORE
      res.json({ token: jwt.sign({ sub: claims.sub }, process.env.JWT_SECRET, { expiresIn: "1h" }) });
    });
"""


def found(store: str) -> int:
    return len(audit_files({"server/index.ts": REFRESH.replace("STORE", store)}, only=NAME))


def test_nobody_notes_the_old_one() -> None:
    assert found("") == 1


def test_the_user_alone_is_looked_up() -> None:
    assert found("await prisma.user.findUnique({ where: { id: claims.sub } });") == 1


def test_the_old_one_is_taken_from_a_store() -> None:
    assert found("await prisma.refreshToken.delete({ where: { token: req.body.refreshToken } });") == 0


def test_only_looking_it_up_does_not_mark_it() -> None:
    assert found("await prisma.revokedToken.findFirst({ where: { token: req.body.refreshToken } });") == 1
