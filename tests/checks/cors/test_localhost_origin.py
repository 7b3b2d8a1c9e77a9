"""Development pages that production lets in."""

from __future__ import annotations

from tests.support import audit_files

NAME = "cors/localhost_origin"

SERVER = """
    import express from "express";
    import cors from "cors";
    const app = express();
    app.use(cors({ origin: ORIGIN, credentials: true }));
"""


def found(origin: str) -> int:
    return len(audit_files({"server/index.ts": SERVER.replace("ORIGIN", origin)}, only=NAME))


def test_both_stand_in_one_list() -> None:
    assert found('["https://boats.example", "http://localhost:5173"]') == 1


def test_the_environment_chooses() -> None:
    chosen = 'process.env.NODE_ENV === "production" ? ["https://boats.example"] : ["http://localhost:5173"]'
    assert found(chosen) == 0


def test_only_real_addresses() -> None:
    assert found('["https://boats.example", "https://www.boats.example"]') == 0
