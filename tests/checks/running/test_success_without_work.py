"""Answers that are not true."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/success_without_work"

SERVER = """
    import express from "express";
    import { PrismaClient } from "@prisma/client";
    const prisma = new PrismaClient();
    const app = express();
    app.METHOD("PATH", async (req, res) => {
      BODY
    });
"""


def found(body: str, method: str = "post", path: str = "/payouts") -> int:
    code = SERVER.replace("METHOD", method).replace("PATH", path).replace("BODY", body)
    return len(audit_files({"server/index.ts": code}, only=NAME))


def test_nothing_is_queued() -> None:
    assert found('res.json({ status: "queued", amount: req.body.amount });') == 1


def test_success_of_nothing() -> None:
    assert found("res.json({ success: true });") == 1


def test_something_is_stored() -> None:
    assert found('await prisma.payout.create({ data: { amount: 1 } }); res.json({ status: "queued" });') == 0


def test_it_says_that_it_is_not_there_yet() -> None:
    assert found('res.status(501).json({ error: "Not there yet" });') == 0


def test_reading_promises_nothing() -> None:
    assert found("res.json({ success: true });", method="get") == 0


def test_signing_out_needs_nothing() -> None:
    assert found("res.json({ success: true });", path="/logout") == 0
