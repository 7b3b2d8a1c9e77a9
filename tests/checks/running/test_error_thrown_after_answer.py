"""Errors that are answered and thrown again."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/error_thrown_after_answer"


def found(body: str, parameters: str = "err, req, res, next") -> int:
    code = f"""
        import express from "express";
        const app = express();
        app.use(({parameters}) => {{
          {body}
        }});
    """
    return len(audit_files({"server/index.ts": code}, only=NAME))


def test_answered_and_thrown() -> None:
    assert found('res.status(500).json({ message: "Sorry" }); throw err;') == 1


def test_answered_and_logged() -> None:
    assert found('console.error(err); res.status(500).json({ message: "Sorry" });') == 0


def test_thrown_before_anything_was_answered() -> None:
    assert found("if (res.headersSent) next(err); throw err;") == 0


def test_a_middleware_may_throw() -> None:
    assert found('res.set("x", "y"); throw err;', "req, res, next") == 0
