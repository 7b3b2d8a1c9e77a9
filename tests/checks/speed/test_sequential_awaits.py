"""Calls that wait for each other without need."""

from __future__ import annotations

import pytest

from apprescue.model.finding import Severity
from tests.support import audit_files

NAME = "speed/sequential_awaits"
HEAD = "import { PrismaClient } from '@prisma/client';\nconst prisma = new PrismaClient();\n"


def found(code: str) -> list[Severity]:
    return [
        f.severity
        for f in audit_files({"src/stats.ts": f"{HEAD}export async function f(me) {{\n{code}\n}}"}, only=NAME)
    ]


def test_three_in_a_row() -> None:
    assert found("""
  const users = await prisma.user.count();
  const posts = await prisma.post.count();
  const likes = await prisma.like.count({ where: { byId: me } });
  return { users, posts, likes };""") == [Severity.LOW]


@pytest.mark.parametrize(
    "code",
    [
        "const [a, b, c] = await Promise.all([\n prisma.user.count(),\n prisma.post.count(),\n prisma.like.count()]);",
        """const user = await prisma.user.findUnique({ where: { id: me } });
           const team = await prisma.team.findUnique({ where: { id: user.teamId } });
           const club = await prisma.club.findUnique({ where: { id: team.clubId } });""",
        """const user = await prisma.user.findUnique({ where: { id: me } });
           if (!user) return null;
           const a = await prisma.post.count();
           if (!a) return null;
           const b = await prisma.like.count();""",
        """await prisma.a.create({ data: { me } });
           await prisma.b.create({ data: { me } });
           await prisma.c.create({ data: { me } });""",
        "const a = await prisma.user.count();\nconst b = await prisma.post.count();",
    ],
)
def test_look_alikes(code: str) -> None:
    assert not found(code)
