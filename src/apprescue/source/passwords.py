"""Whose passwords an app compares, and with that who can sign in to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apprescue.model.app import App
from apprescue.model.trace import Step
from apprescue.source import meaning

_COMPARES = re.compile(r"(?i)^(?:compare(?:sync)?|verify|checkpw|check_password(?:_hash)?|verify_password)$")
_PASSWORD = re.compile(r"(?i)^row\.(\w+)\.\w*(?:passw|hash)\w*$")
_KEPT = re.compile(r"(?i)^(?:hashed_?)?password(?:_?hash(?:ed)?)?$")
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
    """Whether every password that the app compares or keeps is its staff's, and there is no other way in."""
    tables = set(compared(step for trace in app.traces for step in trace.steps))
    kept = {one.name.rpartition(".")[2] for one in app.schema.tables if any(_KEPT.match(c.name) for c in one.columns)}
    staff = bool(tables) and all(map(meaning.is_admin, tables | kept))
    return staff and not any(_OTHERWISE.search(text) for text in app.files.values())
