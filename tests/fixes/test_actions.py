"""Repairs of functions that pages call by their names and that ask nobody who he is."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

FIX = "access/ask_in_action"
ACTIONS = "app/studio/actions.ts"
APP = {
    "package.json": '{"dependencies": {"next": "15", "next-auth": "4", "@prisma/client": "5"}}',
    "prisma/schema.prisma": "model Clip {\n  id String @id\n  title String\n  ownerId String\n}\n",
    "lib/db.ts": "import { PrismaClient } from '@prisma/client';\nexport const db = new PrismaClient();\n",
    "lib/auth.ts": "export const authOptions = { providers: [] };\n",
    "app/studio/ClipsClient.tsx": """'use client';
import { renameClip } from './actions';
export function Clips({ id }) {
  return <button onClick={() => renameClip(id, 'x')}>Rename</button>;
}
""",
}
TEXT = """'use server';

import { getServerSession } from 'next-auth';
import { db } from '@/lib/db';
import { authOptions } from '@/lib/auth';

export async function myClips() {
  const session = await getServerSession(authOptions);
  if (!session) return { success: false, error: 'Sign in' };

  return { success: true, clips: await db.clip.findMany({ where: { ownerId: session.user.id } }) };
}

export async function renameClip(id: string, title: string) {
  try {
    await db.clip.update({ where: { id }, data: { title } });
    return { success: true };
  } catch {
    return { success: false };
  }
}
"""
ASKED = """  try {
    const session = await getServerSession(authOptions);
    if (!session) return { success: false, error: 'Sign in' };

    await db.clip.update("""
BY_ROLE = "if (!session || session.user.role !== 'CREATOR')"
ELSEWHERE = {"app/office/Clips.tsx": APP["app/studio/ClipsClient.tsx"].replace("./actions", "@/app/studio/actions")}


def mended(text: str = TEXT, **more: str) -> str:
    return repaired(FIX, APP | {ACTIONS: text} | more).files[ACTIONS]


def test_a_function_asks_as_the_one_beside_it() -> None:
    done = repaired(FIX, APP | {ACTIONS: TEXT})
    assert ASKED in done.files[ACTIONS]
    assert done.left == []


def test_a_role_is_asked_where_only_pages_of_the_folder_use_it() -> None:
    text = TEXT.replace("if (!session)", BY_ROLE)
    assert ASKED.replace("if (!session)", BY_ROLE) in mended(text)
    assert mended(text, **ELSEWHERE) == text
    assert ASKED in mended(TEXT, **ELSEWHERE)


@pytest.mark.parametrize(
    ("old", "new", "more"),
    [
        ("if (!session) return { success: false, error: 'Sign in' };", "void session;", {}),
        ("renameClip(", "trackView(", {}),
        ("  return { success: true, clips", "  await renameClip('1', 'seen');\n  return { success: true, clips", {}),
        (
            "",
            "",
            {"app/api/clock/route.ts": "import { renameClip } from '../../studio/actions';\nrenameClip('1', 'x');\n"},
        ),
    ],
)
def test_what_may_be_meant_for_others_is_left(old: str, new: str, more: dict[str, str]) -> None:
    text = TEXT.replace(old, new) if old else TEXT
    assert mended(text, **more) == text


def test_a_function_of_the_same_name_elsewhere_says_nothing() -> None:
    other = {"app/jobs/actions.ts": "export async function renameClip(id) { return id; }\n"}
    assert ASKED in mended(TEXT, **other)
