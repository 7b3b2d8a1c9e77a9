"""Cookies that open doors and that anyone can write."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/forgeable_cookie"

GALLERY = """
    import express from "express";
    import cookieParser from "cookie-parser";
    const app = express();
    app.use(cookieParser());
    app.post("/gallery/:id/open", (req, res) => {
      if (!checkWord(req.body.word)) return res.status(403).json({ error: "wrong" });
      res.cookie("gallery_" + req.params.id, "yes", { httpOnly: true });
      res.json({ ok: true });
    });
    app.get("/gallery/:id", async (req, res) => {
      const name = "gallery_" + req.params.id;
      if (TEST) return res.status(401).json({ error: "Locked" });
      res.json(await pictures(req.params.id));
    });
"""


def found(test: str) -> int:
    return len(audit_files({"server/index.ts": GALLERY.replace("TEST", test)}, only=NAME))


def test_a_fixed_word_opens_the_door() -> None:
    assert found('req.cookies[name] !== "yes"') == 1


def test_a_signed_cookie_cannot_be_written() -> None:
    assert found('req.signedCookies[name] !== "yes"') == 0


def test_a_word_from_the_database_is_no_fixed_word() -> None:
    assert found("req.cookies[name] !== words.get(req.params.id)") == 0


def test_a_choice_that_is_remembered_opens_nothing() -> None:
    code = """
        import express from "express";
        const app = express();
        app.get("/", (req, res) => {
          if (req.cookies.theme !== "dark") return res.redirect("/light");
          res.send("dark");
        });
    """
    assert audit_files({"server/index.ts": code}, only=NAME) == []


def test_a_bare_id_says_who_calls() -> None:
    code = """
        from fastapi import FastAPI, Request, Response
        from sqlalchemy.orm import Session
        from models import User
        app = FastAPI()

        @app.post("/login")
        def login(data: dict, response: Response, db: Session):
            user = db.query(User).filter(User.email == data["email"]).first()
            response.set_cookie("who", str(user.id), httponly=True, secure=True)

        @app.get("/me")
        def me(request: Request, db: Session):
            return db.query(User).filter(User.id == request.cookies.get("who")).first()
    """
    (finding,) = audit_files({"main.py": code}, only=NAME)
    assert "who" in finding.detail


def test_a_signed_id_is_fine() -> None:
    code = """
        from fastapi import FastAPI, Request, Response
        from sqlalchemy.orm import Session
        from models import User
        from itsdangerous import URLSafeSerializer
        app = FastAPI()
        seal = URLSafeSerializer(SECRET)

        @app.post("/login")
        def login(data: dict, response: Response, db: Session):
            user = db.query(User).filter(User.email == data["email"]).first()
            response.set_cookie("who", seal.dumps(user.id), httponly=True, secure=True)

        @app.get("/me")
        def me(request: Request, db: Session):
            return db.query(User).filter(User.id == seal.loads(request.cookies.get("who"))).first()
    """
    assert audit_files({"main.py": code}, only=NAME) == []
