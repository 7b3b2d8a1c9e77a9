"""Visitors who wait while the app writes to everybody."""

from __future__ import annotations

import pytest

from apprescue.model.finding import Finding, Severity
from tests.support import audit_files

NAME = "speed/slow_work_on_request"
HEAD = """
import express from 'express';
import { Resend } from 'resend';
import { PrismaClient } from '@prisma/client';
const prisma = new PrismaClient();
const resend = new Resend(process.env.RESEND_API_KEY);
const app = express();
"""


def found(inside: str, path: str = "/newsletter") -> list[Finding]:
    return audit_files(
        {"server.ts": f"{HEAD}app.post('{path}', async (req, res) => {{ {inside} res.end(); }});"}, only=NAME
    )


def test_a_mail_for_each_member() -> None:
    (finding,) = found(
        "const all = await prisma.member.findMany(); for (const m of all) await resend.emails.send({ to: m.mail });"
    )
    assert finding.severity is Severity.MEDIUM
    assert "sends a message" in finding.detail


def test_a_call_for_each_order() -> None:
    (finding,) = found(
        "const all = await prisma.order.findMany(); for (const o of all) await fetch('https://a.example/' + o.code);"
    )
    assert "calls another service" in finding.detail


@pytest.mark.parametrize(
    "inside",
    [
        "await resend.emails.send({ to: req.body.email });",
        "const all = await prisma.member.findMany({ take: 5 }); for (const m of all) await resend.emails.send(m);",
        "const all = await prisma.user.findMany({ where: { role: 'ADMIN' } }); for (const m of all) await sendMail(m);",
        "const all = await prisma.member.findMany(); await resend.batch.send(all.map((m) => ({ to: m.email })));",
        "for (const url of ['https://a.example', 'https://b.example']) { await fetch(url); }",
    ],
)
def test_look_alikes(inside: str) -> None:
    assert not found(inside)


def test_a_clock_starts_it() -> None:
    code = "const all = await prisma.member.findMany(); for (const m of all) await resend.emails.send({ to: m.mail });"
    assert not found(code, "/api/cron/newsletter")


@pytest.mark.parametrize(
    ("path", "model", "where"),
    [
        ("/admin/newsletter", "member", ""),
        ("/newsletter", "member", "{ where: { status: 'queued' } }"),
        ("/pay", "payoutShare", "{ where: { payoutId: req.params.id } }"),
    ],
)
def test_a_short_or_rare_list_weighs_less(path: str, model: str, where: str) -> None:
    (finding,) = found(
        f"const all = await prisma.{model}.findMany({where}); for (const m of all) await resend.emails.send(m);", path
    )
    assert finding.severity is Severity.LOW
