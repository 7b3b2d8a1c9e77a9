"""Stand-ins that sign everybody in."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/mock_login"

LOGIN = """
    import express from "express";
    const app = express();
    app.get("/api/login", (req, res) => {
      BODY
      res.redirect("/");
    });
"""


def found(body: str) -> int:
    return len(audit_files({"server/index.ts": LOGIN.replace("BODY", body)}, only=NAME))


def test_everybody_becomes_one_user() -> None:
    assert found('req.session.user = { id: "u-1", email: "demo@studio.test" };') == 1


def test_a_guard_that_invents_the_user() -> None:
    code = """
        export function auth(req, res, next) {
          req.user = { id: 7, email: "demo@studio.test" };
          next();
        }
    """
    assert len(audit_files({"server/auth.ts": code}, only=NAME)) == 1


def test_the_user_is_read() -> None:
    assert found("const user = findUser(req.body.email); req.session.user = { id: user.id };") == 0


def test_in_development_alone() -> None:
    assert found('if (process.env.NODE_ENV === "development") req.session.user = { id: "u-1" };') == 0


def test_signing_out_writes_nobody() -> None:
    assert found("req.session.user = null;") == 0


def test_a_python_function_that_knows_one_user_only() -> None:
    code = """
        def get_current_user():
            return {"id": "u-1", "email": "demo@studio.test"}
    """
    assert len(audit_files({"app/auth.py": code}, only=NAME)) == 1


def test_tests_may_invent_users() -> None:
    code = "def get_current_user():\n    return {'id': 'u-1'}\n"
    assert audit_files({"tests/fakes.py": code}, only=NAME) == []
