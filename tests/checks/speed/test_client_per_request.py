"""Connections that are opened for every request."""

from __future__ import annotations

import pytest

from apprescue.model.finding import Finding, Severity
from tests.support import audit_files

NAME = "speed/client_per_request"


def found(top: str, inside: str) -> list[Finding]:
    code = f"""
import express from 'express';
import {{ PrismaClient }} from '@prisma/client';
import {{ createClient }} from '@supabase/supabase-js';
import {{ Pool }} from 'pg';
const app = express();
{top}
app.get('/posts', async (req, res) => {{ {inside} }});
"""
    return audit_files({"server.ts": code}, only=NAME)


@pytest.mark.parametrize(
    "inside",
    [
        "const prisma = new PrismaClient(); res.json(await prisma.post.findMany());",
        "const pool = new Pool(); res.json(await pool.query('select * from posts limit 5'));",
    ],
)
def test_made_while_a_request_is_answered(inside: str) -> None:
    (finding,) = found("", inside)
    assert finding.severity is Severity.MEDIUM


def test_made_in_a_function_that_every_request_calls() -> None:
    assert found("function db() { return new Pool(); }", "res.json(await db().query('select 1 from posts'));")


@pytest.mark.parametrize(
    ("top", "inside"),
    [
        ("const prisma = new PrismaClient();", "res.json(await prisma.post.findMany());"),
        ("const prisma = globalThis.prisma ?? new PrismaClient();", "res.json(await prisma.post.findMany());"),
        (
            "let pool; function db() { if (!pool) pool = new Pool(); return pool; }",
            "res.json(await db().query('select 1 from posts'));",
        ),
        ("", "const s = createClient(url, key); res.json(await s.from('posts').select('id').limit(5));"),
    ],
)
def test_look_alikes(top: str, inside: str) -> None:
    assert not found(top, inside)
