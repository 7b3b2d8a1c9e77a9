"""Private addresses that every site may call."""

from __future__ import annotations

from tests.support import audit_files

NAME = "cors/private_api_for_any_origin"

SERVER = """
    import express from "express";
    import cors from "cors";
    import jwt from "jsonwebtoken";
    const app = express();
    app.use(CORS);
    app.get("/mine", (req, res) => {
      const user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET);
      res.json({ user });
    });
"""


def found(cors: str) -> int:
    return len(audit_files({"server/index.ts": SERVER.replace("CORS", cors)}, only=NAME))


def test_open_by_default() -> None:
    assert found("cors()") == 1


def test_a_list_of_origins() -> None:
    assert found('cors({ origin: ["https://boats.example"] })') == 0


def test_nothing_private_stands_behind_it() -> None:
    code = """
        import express from "express";
        import cors from "cors";
        const app = express();
        app.use(cors());
        app.get("/weather", (req, res) => res.json({ sun: true }));
    """
    assert audit_files({"server/index.ts": code}, only=NAME) == []
