"""Page sizes without an upper bound."""

from __future__ import annotations

import pytest

from apprescue.model.finding import Finding, Severity
from tests.support import audit_files

NAME = "speed/endless_page_size"
HEAD = """
import express from 'express';
import { PrismaClient } from '@prisma/client';
const prisma = new PrismaClient();
const app = express();
"""


def found(code: str) -> list[Finding]:
    return audit_files({"server.ts": HEAD + f"app.get('/posts', async (req, res) => {{ {code} }});"}, only=NAME)


def test_the_callers_number_goes_to_the_database() -> None:
    (finding,) = found(
        "const limit = parseInt(req.query.limit) || 20; res.json(await prisma.post.findMany({ take: limit, skip: 0 }));"
    )
    assert finding.severity is Severity.LOW
    assert "limit" in finding.detail


@pytest.mark.parametrize(
    "code",
    [
        "const take = Math.min(parseInt(req.query.limit) || 20, 100); res.json(await prisma.post.findMany({ take }));",
        """const take = Number(req.query.limit); if (take > 100) return res.status(400).end();
        res.json(await prisma.post.findMany({ take }));""",
        "const { limit } = schema.parse(req.query); res.json(await prisma.post.findMany({ take: limit }));",
        "res.json(await prisma.post.findMany({ take: 20 }));",
        "const limit = parseInt(req.query.limit); res.json(await prisma.category.findMany({ take: limit }));",
    ],
)
def test_look_alikes(code: str) -> None:
    assert not found(code)


@pytest.mark.parametrize(("parameter", "times"), [("limit: int = 20", 1), ("limit: int = Query(20, le=100)", 0)])
def test_fastapi(parameter: str, times: int) -> None:
    code = f"""
        from fastapi import APIRouter, FastAPI, Query
        from motor.motor_asyncio import AsyncIOMotorClient
        db = AsyncIOMotorClient(URL)[NAME]
        app = FastAPI()
        @app.get("/posts")
        async def posts({parameter}):
            return await db.posts.find({{}}).limit(limit).to_list(None)
    """
    assert len(audit_files({"main.py": code}, only=NAME)) == times
