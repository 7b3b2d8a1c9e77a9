"""Locks that pass some doors by."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/middleware_that_misses_routes"

GUARD = """
    import jwt from "jsonwebtoken";
    export function signedIn(req, res, next) {
      try {
        req.user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET);
      } catch {
        return res.status(401).json({ error: "Please sign in" });
      }
      next();
    }
"""
ROUTES = """
    import express from "express";
    import { PrismaClient } from "@prisma/client";
    import { signedIn } from "./guard";
    const prisma = new PrismaClient();
    const app = express();
    app.get("/api/boats", signedIn, async (req, res) => res.json(await prisma.boat.findMany()));
    app.get("/api/boats/:id", signedIn, async (req, res) => res.json(await prisma.boat.findUnique({ where: {} })));
    app.put("/api/boats/:id", signedIn, async (req, res) => res.json(await prisma.boat.update({ data: req.body })));
    app.post("/api/boats", signedIn, async (req, res) => res.json(await prisma.boat.create({ data: req.body })));
    MORE
"""


def found(more: str) -> int:
    files = {"server/guard.ts": GUARD, "server/index.ts": ROUTES.replace("MORE", more)}
    return len(audit_files(files, only=NAME))


def test_one_door_is_passed_by() -> None:
    more = 'app.delete("/api/boats/:id", async (req, res) => res.json(await prisma.boat.delete({ where: {} })));'
    assert found(more) == 1


def test_all_doors_are_locked() -> None:
    assert found("") == 0


def test_looking_is_open_by_purpose() -> None:
    more = 'app.get("/api/boats/featured", async (req, res) => res.json(await prisma.boat.findMany()));'
    assert found(more) == 0


def test_another_family_has_other_rules() -> None:
    more = 'app.post("/api/leads", async (req, res) => res.json(await prisma.lead.create({ data: req.body })));'
    assert found(more) == 0


def test_each_address_asks_for_itself() -> None:
    guard = """
        from fastapi import Header, HTTPException
        import jwt

        def who(authorization: str = Header()):
            try:
                return jwt.decode(authorization, KEY, algorithms=["HS256"])["sub"]
            except jwt.PyJWTError:
                raise HTTPException(401)
    """
    routes = (
        """
        from fastapi import FastAPI, Depends
        from .guard import who
        from .tables import session, Boat
        app = FastAPI()
    """
        + "".join(
            f"""
        @app.put("/boats/{{key}}/{part}")
        def change_{part}(key: int, user=Depends(who)):
            session.query(Boat).filter(Boat.id == key).update({{"{part}": 1}})
        """
            for part in ("bow", "mast", "keel", "sail")
        )
        + """
        @app.put("/boats/{key}/wreck")
        def wreck(key: int):
            session.query(Boat).filter(Boat.id == key).delete()
    """
    )
    assert audit_files({"app/guard.py": guard, "app/main.py": routes}, only=NAME) == []
