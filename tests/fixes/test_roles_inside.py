"""Repairs of admins' addresses that ask for a login alone, in the words of the app's other handlers."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

FILES = {
    "package.json": '{"dependencies": {"next": "14", "@prisma/client": "5", "next-auth": "4"}}',
    "prisma/schema.prisma": "model User {\n  id String @id\n  email String @unique\n  role String\n}\n",
    "lib/prisma.ts": "import { PrismaClient } from '@prisma/client';\nexport const prisma = new PrismaClient();\n",
    "lib/auth.ts": """
    import { getServerSession } from 'next-auth';
    import { NextResponse } from 'next/server';
    export async function adminsOnly() {
      const session = await getServerSession();
      if (session?.user?.role !== 'ADMIN') return NextResponse.json({ error: 'No' }, { status: 403 });
      return null;
    }
    export async function adminOrThrow() {
      const session = await getServerSession();
      if (session?.user?.role !== 'ADMIN') throw new Error('No');
      return session.user;
    }
    """,
}
HEAD = """import { NextResponse } from 'next/server';
import { getServerSession } from 'next-auth';
import { prisma } from '../../../../lib/prisma';
"""
NOBODY = """  const session = await getServerSession();
  if (!session?.user) {
    return NextResponse.json({ error: 'Sign in' }, { status: 401 });
  }
"""
GOOD, BAD = "app/api/admin/people/route.ts", "app/api/admin/wares/route.ts"


def asked(test: str, source: str = "", bad: str = NOBODY) -> str:
    """The handler that asked for nothing but a login, where another one of the app makes a test."""
    people = "return NextResponse.json(await prisma.user.findMany());"
    good = f"{HEAD}{source}export async function GET() {{\n{test}  {people}\n}}\n"
    text = (
        f"{HEAD}export async function DELETE(req: Request) {{\n{bad}"
        "  const { id } = await req.json();\n  await prisma.user.delete({ where: { id } });\n"
        "  return NextResponse.json({ done: true });\n}\n"
    )
    return repaired("access/ask_role_inside", {**FILES, GOOD: good, BAD: text}).files[BAD].replace(bad, "")


ROLE = (
    "  if (session.user.role !== 'admin') {\n    return NextResponse.json({ error: 'No' }, { status: 403 });\n  }\n"
    "  const { id } = await req.json();\n"
)


TEST = ROLE.partition("  const {")[0]
OWN_ROW = """  const me = await prisma.user.findUnique({ where: { email: session.user.email } });
  if (me?.role !== 'ADMIN') {
    throw new Error('No');
  }
"""


@pytest.mark.parametrize(
    ("test", "source", "said"),
    [
        (NOBODY + TEST, "", ROLE),
        (NOBODY + OWN_ROW, "", f"{OWN_ROW}  const {{ id }}"),
        (
            "  const refused = await adminsOnly();\n  if (refused) return refused;\n",
            "import { adminsOnly } from '../../../../lib/auth';\n",
            "  const refused = await adminsOnly();\n  if (refused) return refused;\n  const { id }",
        ),
        (
            "  const admin = await adminOrThrow();\n  console.log(admin);\n",
            "import { adminOrThrow } from '../../../../lib/auth';\n",
            "  await adminOrThrow();\n  const { id }",
        ),
    ],
)
def test_the_role_is_asked_for_as_elsewhere(test: str, source: str, said: str) -> None:
    after = asked(test, source)
    assert said in after
    assert source.strip() in after or "import { " + source[9:20] in after


@pytest.mark.parametrize(
    ("test", "bad"),
    [
        (NOBODY + TEST.replace("'admin'", "'editor'"), NOBODY),
        (NOBODY + TEST.replace("!== 'admin'", "!== 'admin' && session.user.role !== 'x'"), NOBODY),
        (NOBODY + TEST, NOBODY.replace("getServerSession()", "getServerSession({})")),
        (NOBODY + TEST, NOBODY.replace("!session?.user", "!session?.user?.isAdmin && !session?.user?.isKeeper")),
        (NOBODY, NOBODY),
    ],
)
def test_other_roles_and_other_names_are_left(test: str, bad: str) -> None:
    assert "403" not in asked(test, bad=bad)
