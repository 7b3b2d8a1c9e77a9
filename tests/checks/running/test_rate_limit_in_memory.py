"""Counts that each copy keeps for itself."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/rate_limit_in_memory"

PACKAGE = {"package.json": '{"dependencies": {"next": "15.0.0"}}'}
ROUTE = {"app/api/book/route.ts": "export async function POST() { return Response.json({ ok: true }); }"}
LIMIT = """
    const counts = new Map();
    export function rateLimit(address) {
      const seen = counts.get(address) ?? 0;
      counts.set(address, seen + 1);
      return seen < 10;
    }
"""


def found(files: dict[str, str]) -> int:
    return len(audit_files({**PACKAGE, **ROUTE, **files}, only=NAME))


def test_counts_in_a_variable() -> None:
    assert found({"lib/rate-limit.ts": LIMIT}) == 1


def test_counts_in_a_shared_store() -> None:
    assert found({"lib/rate-limit.ts": 'import { Redis } from "@upstash/redis";' + LIMIT}) == 0


def test_another_map() -> None:
    assert found({"lib/prices.ts": "const prices = new Map(); export const price = (id) => prices.get(id);"}) == 0


def test_one_long_running_server() -> None:
    server = """
        import express from "express";
        const app = express();
        app.get("/boats", (req, res) => res.json([]));
    """
    assert audit_files({"server/index.ts": server, "server/rate-limit.ts": LIMIT}, only=NAME) == []
