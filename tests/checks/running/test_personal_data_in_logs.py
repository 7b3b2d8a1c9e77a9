"""People in the log."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/personal_data_in_logs"

SERVER = """
    import express from "express";
    const app = express();
    app.post("/register", async (req, res) => {
      LOG
      res.json({ ok: true });
    });
"""


def found(log: str) -> list[str]:
    return [f.severity for f in audit_files({"server/index.ts": SERVER.replace("LOG", log)}, only=NAME)]


def test_the_whole_body() -> None:
    assert found('console.log("register", req.body);') == ["medium"]


def test_the_whole_body_as_text() -> None:
    assert found("console.log(JSON.stringify(req.body));") == ["medium"]


def test_an_address() -> None:
    assert found("console.log(`new user ${req.body.email}`);") == ["low"]


def test_an_id_is_fine() -> None:
    assert found("console.log(`booked ${req.body.boatId}`);") == []


def test_in_development_alone() -> None:
    assert found('if (process.env.NODE_ENV === "development") console.log(req.body);') == []


def test_the_pages_console_is_the_visitors_own() -> None:
    assert audit_files({"src/Form.tsx": "export const show = (user) => console.log(user.email);"}, only=NAME) == []


def test_python() -> None:
    code = """
        from fastapi import FastAPI, Request
        app = FastAPI()

        @app.post("/register")
        async def register(request: Request):
            data = await request.json()
            print("new", data)
    """
    assert len(audit_files({"main.py": code}, only=NAME)) == 1
