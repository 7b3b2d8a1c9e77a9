"""Repairs of addresses that let their caller choose what he may do."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired
from tests.samples import fastapi

HEAD = """
import express from 'express';
import jwt from 'jsonwebtoken';
import { prisma } from './db';
const app = express();

const signedIn = (req, res, next) => {
  try {
    req.user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET);
    next();
  } catch {
    res.status(401).json({ error: 'Sign in first' });
  }
};
"""
PROFILE = (
    HEAD
    + """
app.patch('/profile', signedIn, async (req, res) => {
  const { role, name, bio } = req.body;
  const user = await prisma.user.update({
    where: { id: req.user.id },
    data: {
      ...(role && { role }),
      ...(name && { name }),
      bio,
    },
  });
  res.json(user);
});
app.listen(3000);
"""
)
JOIN = (
    HEAD
    + """
app.post('/join', async (req, res) => {
  const body = req.body;
  const user = await prisma.user.create({
    data: { email: body.email, role: body.role || 'BUYER' },
  });
  res.json({ id: user.id });
});
app.listen(3000);
"""
)
ROLES = "export const isRole = (role: string) => ['ADMIN', 'SELLER', 'BUYER'].includes(role);\n"
FIX = "access/take_role_from_server"


def test_ones_own_row_is_written_without_the_role() -> None:
    done = repaired(FIX, {"server.ts": PROFILE})
    assert done.left == []
    assert "role" not in done.files["server.ts"]
    assert "const { name, bio } = req.body;" in done.files["server.ts"]
    assert "    data: {\n      ...(name && { name }),\n      bio,\n    },\n" in done.files["server.ts"]


def test_a_name_that_is_used_elsewhere_stays() -> None:
    text = PROFILE.replace("  res.json(user);", "  res.json({ user, asked: role });")
    assert "const { role, name, bio } = req.body;" in repaired(FIX, {"server.ts": text}).files["server.ts"]


@pytest.mark.parametrize(
    ("more", "written"),
    [
        ({"roles.ts": ROLES}, "body.role === 'SELLER' ? 'SELLER' : 'BUYER'"),
        ({}, "'BUYER'"),
    ],
)
def test_who_signs_up_takes_a_role_without_power(more: dict[str, str], written: str) -> None:
    done = repaired(FIX, {"server.ts": JOIN, **more})
    assert done.left == []
    assert f"data: {{ email: body.email, role: {written} }}," in done.files["server.ts"]


@pytest.mark.parametrize(
    "text",
    [
        PROFILE.replace("id: req.user.id", "id: req.body.id"),
        PROFILE.replace("      ...(name && { name }),\n      bio,\n", ""),
        JOIN.replace(" || 'BUYER'", ""),
        JOIN.replace("BUYER", "ADMIN"),
    ],
)
def test_what_is_another_ones_row_or_has_no_default_is_left(text: str) -> None:
    done = repaired(FIX, {"server.ts": text})
    assert done.left
    assert done.edits == 0


GUARDS = """
import jwt from 'jsonwebtoken';

export const signedIn = (req, res, next) => {
  try {
    req.user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET);
    next();
  } catch {
    res.status(401).json({ error: 'Sign in first' });
  }
};
export const anyOf = (roles) => (req, res, next) => {
  if (!roles.includes(req.user.role)) {
    return res.status(403).json({ error: 'Not yours' });
  }
  next();
};
"""
SERVER = """
import express from 'express';
import { prisma } from './db.js';
import { anyOf, signedIn } from './guards/guards.js';
import { people } from './routes/people.js';
const app = express();
app.get('/api/sales', signedIn, anyOf(['ADMIN', 'STAFF']), async (req, res) => {
  res.json(await prisma.sale.findMany());
});
app.use('/api/people', people);
app.listen(3000);
"""
PEOPLE = """
import { Router } from 'express';
import { prisma } from '../db.js';
import { signedIn } from '../guards/guards.js';
export const people = Router();
people.post('/role', signedIn, async (req, res) => {
  const { id, role } = req.body;
  res.json(await prisma.user.update({ where: { id }, data: { role } }));
});
"""
TEAM = {"guards/guards.ts": GUARDS, "server.ts": SERVER, "routes/people.ts": PEOPLE}


def test_who_gives_others_their_role_is_an_admin() -> None:
    done = repaired("access/require_role", TEAM)
    assert done.left == []
    assert "people.post('/role', signedIn, anyOf(['ADMIN']), async (req, res) => {" in done.files["routes/people.ts"]
    assert "import { signedIn, anyOf } from '../guards/guards.js';" in done.files["routes/people.ts"]


BAN = """
app.post('/api/admin/ban/:id', signedIn, async (req, res) => {
  res.json(await prisma.user.update({ where: { id: req.params.id }, data: { banned: true } }));
});
"""


def test_an_admins_address_asks_for_the_role() -> None:
    text = SERVER.replace("\napp.use(", f"{BAN}app.use(")
    done = repaired("access/require_role", {**TEAM, "server.ts": text})
    assert done.left == []
    assert "app.post('/api/admin/ban/:id', signedIn, anyOf(['ADMIN']), async" in done.files["server.ts"]


@pytest.mark.parametrize(
    "more",
    [
        {"server.ts": SERVER.replace(" anyOf(['ADMIN', 'STAFF']),", "")},
        {"server.ts": SERVER.replace("'ADMIN', ", "")},
        {"routes/people.ts": PEOPLE.replace("where: { id }", "where: { id: req.user.id }")},
        {"routes/people.ts": PEOPLE.replace("signedIn, async", "async")},
    ],
)
def test_without_a_guard_or_a_login_or_others_rows_it_is_left(more: dict[str, str]) -> None:
    done = repaired("access/require_role", {**TEAM, **more})
    assert done.left
    assert done.edits == 0


ENROL = """
    class Person(BaseModel):
        email: str
        role: str = "fan"

    @app.post("/register")
    async def register(person: Person):
        await db.users.insert_one({"email": person.email, "role": person.role})

    @app.get("/stage")
    async def stage(user=Depends(signed_in)):
        TEST
        return {"open": True}
"""


@pytest.mark.parametrize(
    ("test", "role"),
    [
        ("pass", '"fan"'),
        ('if user["role"] == "admin" or message.role == "assistant": return {}', '"fan"'),
        ('if user.role == "artist": return {}', '"artist" if person.role == "artist" else "fan"'),
    ],
)
def test_python_takes_harmless_roles_alone(test: str, role: str) -> None:
    done = repaired("access/choose_harmless_role", fastapi(ENROL.replace("TEST", test)))
    assert f'"role": {role}}})' in done.files["main.py"]
    assert not done.left


@pytest.mark.parametrize("default", ["", ' = "admin"', " = DEFAULT"])
def test_without_a_harmless_default_it_is_left(default: str) -> None:
    done = repaired("access/choose_harmless_role", fastapi(ENROL.replace(' = "fan"', default).replace("TEST", "pass")))
    assert done.left
    assert not done.patches


ASSIGNED = """
    from sqlalchemy import Column, String
    from sqlalchemy.orm import Session, declarative_base

    Base = declarative_base()

    class User(Base):
        __tablename__ = "users"
        id = Column(String, primary_key=True)
        name = Column(String)
        role = Column(String)

    class Change(BaseModel):
        name: str | None = None
        role: str | None = None

    @app.patch("/me")
    async def change(payload: Change, user: dict = Depends(signed_in), session: Session = Depends(session_of)):
        me = session.query(User).filter(User.id == user["id"]).first()
        if payload.name is not None:
            me.name = payload.name
        if payload.role is not None:
            ROLE
        session.commit()
        return {"name": me.name}
"""


def test_python_that_assigns_a_role_to_ones_own_row() -> None:
    after = repaired(FIX, fastapi(ASSIGNED.replace("ROLE", "me.role = payload.role")))
    assert not after.left
    (text,) = (one for path, one in after.files.items() if path.endswith(".py"))
    assert "role" not in text.partition("first()")[2]
    assert "me.name = payload.name\n    session.commit()" in text


def test_what_else_is_done_with_a_role_stays() -> None:
    row = "me.role = payload.role\n            log(payload.role)"
    (text,) = (one for path, one in repaired(FIX, fastapi(ASSIGNED.replace("ROLE", row))).files.items() if "py" in path)
    assert "if payload.role is not None:\n        log(payload.role)" in text
