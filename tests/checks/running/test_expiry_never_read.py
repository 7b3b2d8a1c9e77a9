"""Ends that nobody looks at."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/expiry_never_read"

JOIN = """
    import { PrismaClient } from "@prisma/client";
    const prisma = new PrismaClient();
    export async function join(userId) {
      await prisma.subscription.create({ data: { userId, active: true, expiresAt: inAMonth() } });
    }
"""


def found(files: dict[str, str]) -> int:
    return len(audit_files({"server/join.ts": JOIN, **files}, only=NAME))


def test_nothing_compares_it() -> None:
    read = "export const open = (s) => s.active;"
    assert found({"server/open.ts": read}) == 1


def test_showing_it_is_not_comparing_it() -> None:
    assert found({"src/Card.tsx": "export const Card = ({ pass }) => <p>{pass.expiresAt}</p>;"}) == 1


def test_the_code_compares_it() -> None:
    read = "export const open = (s) => s.active && s.expiresAt > new Date();"
    assert found({"server/open.ts": read}) == 0


def test_a_query_compares_it() -> None:
    read = "export const open = () => prisma.subscription.findMany({ where: { expiresAt: { gt: new Date() } } });"
    assert found({"server/open.ts": read}) == 0


def test_the_provider_ends_it() -> None:
    hook = 'export function hook(event) { if (event.type === "customer.subscription.deleted") end(event); }'
    assert found({"server/hook.ts": hook}) == 0


def test_other_things_may_end_unread() -> None:
    code = JOIN.replace("subscription", "invitation")
    assert audit_files({"server/invite.ts": code}, only=NAME) == []
