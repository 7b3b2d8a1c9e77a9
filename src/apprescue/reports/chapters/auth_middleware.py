"""How the app knows who is calling, and what was changed in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.document import Block, Chapter, Code, Folded, Table, Text
from apprescue.model.sprint import Standing
from apprescue.reports.chapters.interface import reviewed

CHECKS = (
    "sessions",
    "access/editable_metadata_trusted",
    "access/fail_open_guard",
    "access/route_without_login",
    "access/session_update_trusted",
    "access/token_not_verified",
)
ABOUT = (
    "What stands between an address and whoever calls it: logins, roles, signatures. A guard that lets everybody in "
    "when a setting is missing is no guard."
)
KINDS = {
    "login": "asks who is calling",
    "role": "asks for a role",
    "ownership": "asks whose row it is",
    "signature": "asks for a provider's signature",
    "secret": "asks for a secret",
    "plan": "asks for a paid plan",
    "rate_limit": "limits how often",
    "validation": "checks what is sent",
    "development": "lets nobody pass in production",
}
LIBRARY = re.compile(r"^@?[\w./-]+?\.(?=\w+\()(?:create\w*Client\(\)\.)?")
"""The package that a guard's name begins with, and the making of its client."""


def chapter(standing: Standing) -> Chapter:
    """The guards of the app, and what became of those that failed."""
    title = "Logins and guards"
    return reviewed(standing, "guards", title, ABOUT, CHECKS, tuple(_guards(standing)))


def _guards(standing: Standing) -> Iterator[Block]:
    routes = standing.audit.routes if standing.audit else ()
    seen = {(one.name, one.kind, str(one.place), one.fail_open) for route in routes for one in route.guards}
    if seen:
        rows = tuple(
            ((Code(LIBRARY.sub("", name)),), (KINDS.get(kind, kind),), (Code(place),), ("yes" if opens else "no",))
            for name, kind, place, opens in sorted(seen)
        )
        table = Table(("Guard", "What it does", "Where", "Opens when a setting is missing"), rows)
        yield Folded(("The guards as they were at the start",), (table,))
    elif routes:
        yield Text(("No guard was seen in front of any address of the app's own server.",), "warn")
