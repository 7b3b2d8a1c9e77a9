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
