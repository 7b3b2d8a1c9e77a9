"""Whose a row is where profiles stand between it and the people, and where it has two sides."""

from __future__ import annotations

from tests.fixes.support import repaired

FIX = "access/narrow_to_caller"
ACTIONS = "app/studio/actions.ts"
SCHEMA = """
model User {
  id String @id
  maker Maker?
  shop Shop?
}
model Maker {
  id String @id
  userId String @unique
  user User @relation(fields: [userId], references: [id])
  offers Offer[]
}
model Shop {
  id String @id
  userId String @unique
  user User @relation(fields: [userId], references: [id])
  drops Drop[]
}
model Drop {
  id String @id
  shopId String
  shop Shop @relation(fields: [shopId], references: [id])
  offers Offer[]
}
model Offer {
  id String @id
  makerId String
  maker Maker @relation(fields: [makerId], references: [id])
  note String
OTHER}
"""
OTHER = "  dropId String\n  drop Drop @relation(fields: [dropId], references: [id])\n"
TEXT = """'use server';

import { getServerSession } from 'next-auth';
import { db } from '@/lib/db';
import { authOptions } from '@/lib/auth';

async function getMakerId() {
  const session = await getServerSession(authOptions);
  const user = await db.user.findUnique({ where: { id: session?.user?.id } });
  return user ? user.id : null;
}

export async function noteOffer(id: string, note: string) {
  const userId = await getMakerId();
  if (!userId) return { success: false };

  await db.offer.update({ where: { id }, data: { note } });
  return { success: true };
}
"""


def mended(other: str) -> str:
    files = {
        "package.json": '{"dependencies": {"next": "15", "next-auth": "4", "@prisma/client": "5"}}',
        "prisma/schema.prisma": SCHEMA.replace("OTHER", other),
        "lib/db.ts": "import { PrismaClient } from '@prisma/client';\nexport const db = new PrismaClient();\n",
        "lib/auth.ts": "export const authOptions = { providers: [] };\n",
        ACTIONS: TEXT,
    }
    return repaired(FIX, files).files[ACTIONS]


def test_a_profile_between_is_gone_through_and_the_function_answers_as_it_does() -> None:
    after = mended("")
    assert "    select: { maker: { select: { userId: true } } },\n" in after
    assert (
        "  if (owned?.maker?.userId !== userId) {\n"
        '    return { success: false, error: "You are not allowed to do this" };\n  }\n'
    ).replace('"', "'") in after


def test_what_hangs_on_the_things_of_two_people_is_left() -> None:
    assert mended(OTHER) == TEXT
