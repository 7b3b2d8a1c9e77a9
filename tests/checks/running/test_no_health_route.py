"""Servers that nobody can ask."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/no_health_route"

SERVER = """
    import express from "express";
    const app = express();
    app.get("/boats", (req, res) => res.json([]));
    app.get("PATH", (req, res) => res.json({ ok: true }));
"""


def found(path: str) -> int:
    return len(audit_files({"server/index.ts": SERVER.replace("PATH", path)}, only=NAME))


def test_no_address_tells() -> None:
    assert found("/harbours") == 1


def test_health_tells() -> None:
    assert found("/api/health") == 0


def test_functions_need_none() -> None:
    code = "export async function GET() { return Response.json([]); }"
    files = {"package.json": '{"dependencies": {"next": "15.0.0"}}', "app/api/boats/route.ts": code}
    assert audit_files({**files, "app/api/crews/route.ts": code}, only=NAME) == []
