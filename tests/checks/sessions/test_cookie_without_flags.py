"""Login cookies that scripts can read or that travel in the open."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/cookie_without_flags"

LOGIN = """
    import express from "express";
    const app = express();
    app.post("/login", (req, res) => {
      res.cookie(NAME, makeToken(req.body), OPTIONS);
      res.json({ ok: true });
    });
"""


def found(name: str, options: str) -> list[str]:
    code = LOGIN.replace("NAME", f'"{name}"').replace("OPTIONS", options)
    return [f.severity for f in audit_files({"server/index.ts": code}, only=NAME)]


def test_a_login_cookie_that_scripts_can_read() -> None:
    assert found("session_token", "{ maxAge: 1000 }") == ["medium"]


def test_a_login_cookie_that_travels_in_the_open() -> None:
    assert found("session_token", "{ httpOnly: true }") == ["low"]


def test_both_flags_are_set() -> None:
    assert found("session_token", "{ httpOnly: true, secure: true }") == []


def test_secure_by_environment_is_fine() -> None:
    assert found("session_token", '{ httpOnly: true, secure: process.env.NODE_ENV === "production" }') == []


def test_a_choice_is_no_login() -> None:
    assert found("theme", "{ maxAge: 1000 }") == []


def test_options_from_elsewhere_say_nothing() -> None:
    assert found("session_token", "cookieOptions") == []


def test_a_cookie_that_is_taken_away() -> None:
    assert found("session_token", "{ maxAge: 0 }") == []


def test_pythons_way_to_set_it() -> None:
    code = """
        from fastapi import FastAPI, Response
        app = FastAPI()

        @app.post("/login")
        def login(response: Response):
            response.set_cookie("session", make_token(), httponly=True, secure=True)
            response.set_cookie("remember_me", make_token())
    """
    (finding,) = audit_files({"main.py": code}, only=NAME)
    assert "remember_me" in finding.detail


def test_express_session_needs_secure_alone() -> None:
    code = """
        import session from "express-session";
        import express from "express";
        const app = express();
        app.use(session({ secret: process.env.SESSION_SECRET, cookie: { maxAge: 1000 } }));
    """
    (finding,) = audit_files({"server/index.ts": code}, only=NAME)
    assert finding.severity == "low"
