"""Anyone can put himself into a private room and read what is said there.

What we look at: tables of members or participants that other rules ask to decide who may read, and whose rule for
inserting asks only that the new row carries the caller's own id.

Why it matters: a stranger adds himself to any conversation, team or room by its id, and from then on the rules take
him for a member: he reads everything.

How to repair: let only those add members who are already in and may invite: the owner of the room, an admin, or a
function that checks an invitation. Allow joining by oneself only where the room is marked as public.

When it is fine: every room is open to all users by design.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Actor, Claim, Operation
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.schema import Schema
from apprescue.source.intent_words import lists_members
from apprescue.source.sql_access import Who
from apprescue.source.sql_rights import Door, opened_by_members, policy_place, writing
from apprescue.source.sql_text import bare

_CALLER = re.compile(r"(\w+)\"?\s*=\s*\(?\s*(?:select\s+)?auth\.uid\(\)", re.I)


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=["CWE-863", "CWE-862"], owasp=["A01:2025", "API1:2023"])
def self_made_membership(app: App) -> Iterator[Seen]:
    """One sighting for each rule."""
    for table in app.schema.tables:
        opened = opened_by_members(app.schema, table.name)
        if table.rls is False or not lists_members(table.name) or not opened:
            continue
        for door in writing(app.schema, table, "insert"):
            if door.who in (Who.OWNER, Who.MEMBERS) and not door.asked and not _as_host(app.schema, door, opened):
                yield Seen(
                    policy_place(door.policy),
                    f'Through the rule "{door.policy.name}" any signed-in user adds himself to any entry of '
                    f"{bare(table.name)}; the rules of {', '.join(map(bare, opened))} then let him read.",
                    claims=(Claim(table.name, Operation.INSERT, Actor.STRANGER, own=True),),
                )


def _as_host(schema: Schema, door: Door, opened: Iterable[str]) -> bool:
    """Whether the rule holds the caller to the column that names the team's owner: he adds others to his own."""
    texts = " ".join(p.using for name in opened for p in schema.policies_of(name))
    members = {column.lower() for column in _CALLER.findall(texts)}
    return door.who is Who.OWNER and bool(members) and not members & {column.lower() for column in door.owners}
