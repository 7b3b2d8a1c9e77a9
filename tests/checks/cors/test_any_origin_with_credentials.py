"""Every site may act as the visitor."""

from __future__ import annotations

from tests.support import audit_files

NAME = "cors/any_origin_with_credentials"

COOKIES = """
    import express from "express";
    import cors from "cors";
    import session from "express-session";
    const app = express();
    app.use(session({ secret: process.env.SESSION_SECRET }));
    app.use(cors(OPTIONS));
"""


def found(options: str) -> list[str]:
    return [f.severity for f in audit_files({"server/index.ts": COOKIES.replace("OPTIONS", options)}, only=NAME)]


def test_the_origin_is_echoed() -> None:
    assert found("{ origin: true, credentials: true }") == ["high"]


def test_a_function_says_yes_to_all() -> None:
    assert found("{ origin: (origin, done) => done(null, true), credentials: true }") == ["high"]


def test_a_function_that_compares() -> None:
    options = "{ origin: (origin, done) => { if (SITES.includes(origin)) done(null, true); }, credentials: true }"
    assert found(options) == []


def test_a_list_is_fine() -> None:
    assert found('{ origin: ["https://boats.example"], credentials: true }') == []


def test_without_credentials_it_is_public() -> None:
    assert found('{ origin: "*" }') == []


def test_without_cookies_little_comes_of_it() -> None:
    code = """
        from fastapi import FastAPI
        from fastapi.middleware.cors import CORSMiddleware
        app = FastAPI()
        app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
    """
    assert [f.severity for f in audit_files({"main.py": code}, only=NAME)] == ["low"]


def test_a_header_written_by_hand_for_those_of_a_list() -> None:
    refusal = """
        import session from "express-session";
        export function refuse(req, res) {
          const origin = req.headers.origin;
          TEST
            res.setHeader("Access-Control-Allow-Origin", origin);
            res.setHeader("Access-Control-Allow-Credentials", "true");
          }
          res.status(403).end();
        }
    """

    def asked(test: str) -> list[str]:
        files = {"server/index.ts": COOKIES.replace("app.use(cors(OPTIONS));", "") + refusal.replace("TEST", test)}
        return [one.severity for one in audit_files(files, only=NAME)]

    assert asked("if (origin) {") == ["high"]
    assert asked("if (SITES.includes(origin)) {") == []
