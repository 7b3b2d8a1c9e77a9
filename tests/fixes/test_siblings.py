"""Repairs of handlers that do not ask what their neighbours in the same file ask."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

NAME = "app/api/letters/[id]/route.ts"
TEXT = """import { getServerSession } from 'next-auth';
import { NextResponse } from 'next/server';
import { prisma } from '../../../../lib/prisma';

export async function PATCH(req: Request, { params }: { params: { id: string } }) {
  const session = await getServerSession();
  if (!session?.user?.id) {
    return NextResponse.json({ error: 'Sign in' }, { status: 401 });
  }
  const letter = await prisma.letter.findUnique({ where: { id: params.id } });
  if (!letter) {
    return NextResponse.json({ error: 'No such letter' }, { status: 404 });
  }
  // Writers and the desk
  const isDesk = session.user.role === 'DESK';
  if (!isDesk) {
    const shelf = await prisma.shelf.findFirst({ where: { code: letter.shelfCode, keeperId: session.user.id } });
    if (!shelf) {
      return NextResponse.json({ error: 'Forbidden' }, { status: 403 });
    }
  }
  await prisma.letter.update({ where: { id: params.id }, data: { read: true } });
  return NextResponse.json({ done: true });
}

export async function GET(req: Request, { params }: { params: { id: string } }) {
  const session = await getServerSession();
  if (!session?.user?.id) {
    return NextResponse.json({ error: 'Sign in' }, { status: 401 });
  }
  const letter = await prisma.letter.findUnique({ where: { id: params.id } });
  if (!letter) {
    return NextResponse.json({ error: 'No such letter' }, { status: 404 });
  }
  return NextResponse.json(letter);
}

export async function POST() {
  const session = await getServerSession();
  return NextResponse.json(await prisma.letter.findMany({ where: { writerId: session.user.id } }));
}
"""
ASKED = """  const isDesk = session.user.role === 'DESK';
  if (!isDesk) {
    const shelf = await prisma.shelf.findFirst({ where: { code: letter.shelfCode, keeperId: session.user.id } });
    if (!shelf) {
      return NextResponse.json({ error: 'Forbidden' }, { status: 403 });
    }
  }
  return NextResponse.json(letter);
"""


def got(old: str = "", new: str = "") -> str:
    """The handler that gives a letter, behind the fix."""
    head, said, rest = TEXT.partition("export async function GET")
    assert old in rest
    files = {
        "package.json": '{"dependencies": {"next": "14", "@prisma/client": "5", "next-auth": "4"}}',
        "lib/prisma.ts": "import { PrismaClient } from '@prisma/client';\nexport const prisma = new PrismaClient();\n",
        NAME: f"{head}{said}{rest.replace(old, new, 1) if old else rest}",
    }
    done = repaired("access/ask_as_sibling", files)
    assert not (done.patches and done.left)
    return done.files[NAME].partition(said)[2]


def test_the_neighbours_question_is_asked_with_what_it_needs() -> None:
    assert ASKED in got()


def test_a_part_that_is_read_is_enough() -> None:
    assert ASKED in got("{ id: params.id } }", "{ id: params.id }, select: { text: true, shelfCode: true } }")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{ id: params.id } }", "{ id: params.id }, select: { text: true } }"),
        ("await getServerSession()", "await getServerSession({ other: true })"),
        ("  return NextResponse.json(letter)", "  const isDesk = 1;\n  return NextResponse.json({ letter, isDesk })"),
    ],
)
def test_where_it_would_mean_something_else_it_is_left(old: str, new: str) -> None:
    assert "403" not in got(old, new)


DESK = """from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import Session

from deps import current_user, get_db
from models import Letter, Shelf, User

router = APIRouter()


@router.post("/letters/{number}/read")
def read(number: int, user: User = Depends(current_user), db: Session = Depends(get_db)):
    letter = db.get(Letter, number)
    shelf = db.get(Shelf, letter.shelf_id) if letter else None
    if letter is None or shelf is None or user.id not in (letter.writer_id, shelf.keeper_id):
        raise HTTPException(404, "No such letter")
    letter.read = True
    db.commit()
    return {"done": True}


@router.put("/letters/{number}")
def show(number: int, user: User = Depends(current_user), db: Session = Depends(get_db)):
    letter = db.get(Letter, number)
    if letter is None:
        raise HTTPException(404, "No such letter")
    letter.kept = True
    db.commit()
    return {"text": letter.text}
"""
POST = {
    "requirements.txt": "fastapi\nsqlalchemy\n",
    "deps.py": """from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from jose import jwt
from sqlalchemy.orm import Session

from models import SessionLocal, User
from settings import SECRET

bearer = OAuth2PasswordBearer(tokenUrl="token")


def get_db():
    yield SessionLocal()


def current_user(token: str = Depends(bearer), db: Session = Depends(get_db)):
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    user = db.get(User, claims["sub"])
    if user is None:
        raise HTTPException(401)
    return user
""",
    "models.py": """from sqlalchemy import Column, ForeignKey, Integer, String, Boolean
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)


class Shelf(Base):
    __tablename__ = "shelves"
    id = Column(Integer, primary_key=True)
    keeper_id = Column(Integer, ForeignKey("users.id"))


class Letter(Base):
    __tablename__ = "letters"
    id = Column(Integer, primary_key=True)
    shelf_id = Column(Integer, ForeignKey("shelves.id"))
    writer_id = Column(Integer, ForeignKey("users.id"))
    text = Column(String)
    read = Column(Boolean)
    kept = Column(Boolean)
""",
}
QUESTION = """    shelf = db.get(Shelf, letter.shelf_id) if letter else None
    if letter is None or shelf is None or user.id not in (letter.writer_id, shelf.keeper_id):
        raise HTTPException(404, "No such letter")
"""


def shown(old: str = "", new: str = "") -> str:
    """The handler that shows a letter, behind the fix."""
    head, said, rest = DESK.partition("def show")
    done = repaired("access/ask_as_sibling", {**POST, "main.py": f"{head}{said}{rest.replace(old, new, 1)}"})
    assert not (done.patches and done.left)
    return done.files["main.py"].partition(said)[2]


def test_a_question_that_asks_whether_the_row_is_there_stands_in_that_tests_place() -> None:
    text = shown()
    assert QUESTION in text
    assert text.count("if letter is None") == 1


def test_without_that_test_it_stands_behind_the_load() -> None:
    missing = """    if letter is None:
        raise HTTPException(404, "No such letter")
"""
    assert f"letter = db.get(Letter, number)\n{QUESTION}    letter.kept" in shown(missing)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("user: User = Depends(current_user)", "user: User = Depends(other_user)"),
        ("    letter = db.get", "    shelf = 3\n    letter = db.get"),
        ("letter = db.get", "note = db.get"),
    ],
)
def test_where_python_would_mean_something_else_it_is_left(old: str, new: str) -> None:
    assert QUESTION not in shown(old, new)
