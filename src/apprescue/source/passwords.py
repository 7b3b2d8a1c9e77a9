"""Whose passwords an app compares, and with that who can sign in to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apprescue.model.app import App
from apprescue.model.trace import Step
from apprescue.source.routes import open_to_all

_COMPARES = re.compile(r"(?i)^(?:compare(?:sync)?|verify|checkpw|check_password(?:_hash)?|verify_password)$")
_PASSWORD = re.compile(r"(?i)^row\.(\w+)\.\w*(?:passw|hash)\w*$")
_KEPT = re.compile(r"(?i)^(?:hashed_?)?password(?:_?hash(?:ed)?)?$")
_STAFF = re.compile(r"(?i)^(?:super_?)?(?:admin|administrator|staff|moderator|operator)s?(?:_?(?:user|account)s?)?$")
_OTHERWISE = re.compile(
    r"@supabase/|@clerk/|firebase/auth|firebase-admin|@auth0/|openid-client|passport-(?!local)|better-auth|"
    r"next-auth/providers/(?!credentials)|OAuth2?(?:Client|Strategy|Session)|magic-?link",
    re.I,
)


def compared(steps: Iterable[Step]) -> Iterator[str]:
    """The tables of the stored passwords that calls compare with what somebody typed."""
    for step in (one for one in steps if _COMPARES.match(one.method)):
        origins = {origin for value in step.args for origin in value.all_origins}
        yield from (found[1] for origin in sorted(origins) if (found := _PASSWORD.match(origin)))


def only_staff_signs_in(app: App) -> bool:
    """Whether every password that the app compares or keeps is its staff's, nobody makes himself such an account, and
    there is no other way in."""
    tables = set(compared(step for trace in app.traces for step in trace.steps))
    kept = {one.name.rpartition(".")[2] for one in app.schema.tables if any(_KEPT.match(c.name) for c in one.columns)}
    if not tables or not all(map(_STAFF.match, tables | kept)):
        return False
    made = [one for one in app.queries if one.operation in ("insert", "upsert") and _STAFF.match(one.table)]
    signs_up = any(open_to_all(one.step.guards) for one in made if one.route)
    return not signs_up and not any(_OTHERWISE.search(text) for text in app.files.values())
