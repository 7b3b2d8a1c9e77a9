"""Sites without the usual headers."""

from __future__ import annotations

from tests.support import audit_files

NAME = "release/no_security_headers"

SERVER = """
    import express from "express";
    const app = express();
    MORE
    app.get("/", (req, res) => res.send("Boats"));
"""


def found(more: str) -> int:
    return len(audit_files({"server/index.ts": SERVER.replace("MORE", more)}, only=NAME))


def test_nothing_sets_them() -> None:
    assert found("") == 1


def test_helmet_sets_them() -> None:
    assert found("app.use(helmet());") == 0


def test_pages_that_a_host_serves() -> None:
    assert audit_files({"src/App.tsx": "export default () => <p>Boats</p>;"}, only=NAME) == []
