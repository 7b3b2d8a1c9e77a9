"""An admin is recognised by a note that every user can write himself.

What we look at: row rules and functions that take a role or a plan from `user_metadata` (in the database:
`raw_user_meta_data`).

Why it matters: every signed-in user may set his own user metadata with one call from the browser's console. Whoever
writes `role: admin` there is an admin.

How to repair: keep roles in `app_metadata`, which only the server writes, or in a table that users cannot change,
and ask there.

When it is fine: a trigger on `auth.users` puts the role back whenever a user changes it. Even then a role in
`app_metadata` is the safer place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import FunctionPlace
from apprescue.model.schema import Schema
from apprescue.source.sql_access import STAFF_VALUE
from apprescue.source.sql_rights import policy_place
from apprescue.source.sql_text import without_comments

_METADATA = re.compile(r"(?:raw_)?user_meta_?data", re.I)
_COMPARED = re.compile(
    r"(?:raw_)?user_meta_?data'?\s*\)?\s*(?:->>?\s*'[^']*'[\s)]*)+(?:::\w+\s*)?(?:=|in\b|<>|!=)"
    r"(?P<value>[^;]{0,60})",
    re.I,
)


@check(severity=Severity.CRITICAL, impact=Impact.DATA, cwe=["CWE-285", "CWE-639"], owasp=["A01:2025", "API5:2023"])
def editable_metadata_trusted(app: App) -> Iterator[Seen]:
    """One sighting for each rule and function; they share one cause."""
    kept = _kept_by_trigger(app.schema)
    level = Severity.LOW if kept else Severity.CRITICAL
    but = " A trigger on the accounts puts it back today; whoever drops that trigger opens the door." if kept else ""
    for function in app.schema.functions:
        if function.returns != "trigger" and _trusts(function.body):
            place = FunctionPlace(function.name, function.place)
            yield Seen(
                place,
                f"{function.name} takes the role from the user's own metadata.{but}",
                cause="metadata",
                severity=level,
            )
    for policy in app.schema.policies:
        if _trusts(f"{policy.using} {policy.check}"):
            detail = f'The rule "{policy.name}" takes the role from the user\'s own metadata.{but}'
            yield Seen(policy_place(policy), detail, cause="metadata", severity=level)


def _trusts(text: str) -> bool:
    found = _COMPARED.search(without_comments(text)) if _METADATA.search(text) else None
    return bool(found and STAFF_VALUE.search(found["value"]))


def _kept_by_trigger(schema: Schema) -> bool:
    for trigger in schema.triggers_of("auth.users"):
        function = schema.function(trigger.function)
        if function and trigger.timing == "before" and re.search(r"new\.raw_user_meta_data\s*:?=", function.body, re.I):
            return True
    return False
