"""The rules of your Firebase database or storage let strangers in.

What we look at: each `allow` of the Firestore, Storage and Realtime Database rules: whether it holds for everybody,
until a date, or for anyone who is signed in, on data that belongs to one person.

Why it matters: with Firebase these rules are all that stands between the internet and your data. `allow read,
write: if true` gives the whole database to anyone; `if request.auth != null` gives it to anyone who signs up.

How to repair: allow nothing by default, and for each collection only its owner:
`allow read, write: if request.auth.uid == userId;`. Test the rules in the emulator before you publish them.

When it is fine: reading is open for what the public should see, such as a catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.model.schema import RulesMatch
from apprescue.source.sql_words import is_drop_box, is_money_table

_WRITES = {"write", "create", "update", "delete"}
_READS = {"read", "get", "list"}
_PRIVATE = re.compile(
    r"user|profile|message|chat|conversation|order|payment|subscription|wallet|payout|invoice|account|"
    r"customer|private|token|secret|admin|notification",
    re.I,
)
_SIGNED_IN = re.compile(r"^\(*\s*(?:request\.auth|auth)(?:\.uid)?\s*!=\s*null\s*\)*$")
_UNTIL = re.compile(r"^\(*\s*request\.time\s*<\s*timestamp\.date\(.*\)\s*\)*$|^\(*\s*now\s*<\s*\d+\s*\)*$")


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=["CWE-862", "CWE-284"], owasp=["A01:2025", "API1:2023"])
def open_firebase_rules(app: App) -> Iterator[Seen]:
    """One sighting for each allow."""
    for match in app.schema.rules:
        for operations, condition, place in match.allows:
            seen = _seen(match, set(operations), condition.strip(), place)
            if seen:
                yield seen


def _seen(match: RulesMatch, operations: set[str], condition: str, place: Code) -> Seen | None:
    everyone = condition in ("true", "(true)") or bool(_UNTIL.match(condition))
    if not everyone and not _SIGNED_IN.match(condition):
        return None
    writes, reads = operations & _WRITES, operations & _READS
    whole = "=**" in match.path or match.path in ("/", "")
    circle = "Everybody, without signing in," if everyone else "Anyone who signs up"
    severity = _severity(match, everyone, whole, writes)
    if severity is None or not (writes or reads):
        return None
    acts = " and ".join(["read"] * bool(reads) + ["write"] * bool(writes))
    until = " (until a date, after which the app stops working)" if _UNTIL.match(condition) else ""
    return Seen(place, f"{circle} can {acts} {match.path}{until}.", severity=severity)


def _severity(match: RulesMatch, everyone: bool, whole: bool, writes: set[str]) -> Severity | None:
    """How bad it is; None where it may well be meant."""
    name = re.sub(r"\{[^}]*\}", "", match.path).strip("/").replace("/", "_").removeprefix("databases__documents_")
    if whole:
        return Severity.CRITICAL if everyone and writes else Severity.HIGH
    if match.service == "storage":
        return (Severity.HIGH if everyone else Severity.MEDIUM) if writes else None
    if writes == {"create"} and (is_drop_box(name) or not everyone):
        return None
    if writes:
        return Severity.CRITICAL if is_money_table(name) else Severity.HIGH if everyone else Severity.MEDIUM
    if _PRIVATE.search(name):
        return Severity.HIGH if everyone else Severity.MEDIUM
    return None
