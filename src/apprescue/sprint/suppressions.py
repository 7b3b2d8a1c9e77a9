"""What the owner accepted for a time: `.apprescue.toml` in the app.

    [[suppress]]
    key = "3f2a9c0d1e4b5a67"
    reason = "This table is a public price list."
    owner = "Ana"
    expires = 2026-12-31

Each needs all four. After its last day a suppression no longer holds: the finding counts again, and that is said.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from apprescue.model.finding import Finding

FILE = ".apprescue.toml"
NEEDED = ("key", "reason", "owner", "expires")


class SuppressionError(ValueError):
    """The file of suppressions cannot be followed. The text says where and why."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """One finding, accepted by somebody, for a reason, until a day (that day included)."""

    key: str
    reason: str
    owner: str
    expires: date

    def __str__(self) -> str:
        return f"{self.reason} ({self.owner}, until {self.expires})"


def read(text: str) -> list[Suppression]:
    """The suppressions in the file's text. Anything missing or misspelt is a SuppressionError."""
    try:
        rows = tomllib.loads(text).get("suppress", [])
    except tomllib.TOMLDecodeError as error:
        raise SuppressionError(f"{FILE} is not TOML: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SuppressionError(f"{FILE}: each suppression stands under a line [[suppress]].")
    return [_suppression(row, number) for number, row in enumerate(rows, 1)]


def added(text: str, accepted: Iterable[Suppression]) -> str:
    """The file's text with suppressions at its end; those that it has already stay as they are. Raises
    SuppressionError where they cannot be added to what stands there."""
    known = {one.key for one in read(text)}
    new = [one for one in accepted if one.key not in known]
    gap = "\n" * (bool(text) and not text.endswith("\n"))
    rows = (
        f"\n[[suppress]]\nkey = {json.dumps(one.key)}\nreason = {json.dumps(one.reason)}\n"
        f"owner = {json.dumps(one.owner)}\nexpires = {one.expires}\n"
        for one in new
    )
    result = text + gap + "".join(rows)
    if read(result) != [*read(text), *new]:
        raise SuppressionError(f"{FILE} is written in a way that we cannot add to.")
    return result


def _suppression(row: dict[str, object], number: int) -> Suppression:
    which = f"{FILE}: suppression {number}" + (f" ({row['key']})" if row.get("key") else "")
    for name in NEEDED:
        if not str(row.get(name) or "").strip():
            raise SuppressionError(f"{which} has no {name}. Each needs {', '.join(NEEDED[:-1])} and {NEEDED[-1]}.")
    unknown = sorted(set(row) - set(NEEDED))
    if unknown:
        raise SuppressionError(f"{which} has {unknown[0]}, which nothing reads. It may have {', '.join(NEEDED)}.")
    key, reason, owner = (" ".join(str(row[name]).split()) for name in NEEDED[:3])
    return Suppression(key, reason, owner, _day(row["expires"], which))


def _day(written: object, which: str) -> date:
    if isinstance(written, datetime):
        return written.date()
    if isinstance(written, date):
        return written
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise SuppressionError(f"{which}: expires is no day; write it as 2026-12-31.") from None


def applied(
    found: Iterable[Finding], suppressions: Iterable[Suppression], today: date, whole: bool = True
) -> tuple[list[Finding], list[str]]:
    """The findings, each with its suppression if one holds, and what the owner must know about the others.

    `whole` tells that every check ran, so that a suppression which meets nothing can be called needless.
    """
    by_key = {s.key: s for s in suppressions}
    findings, notes, met = [], [], set()
    for finding in found:
        accepted = by_key.get(finding.key)
        if accepted is None:
            findings.append(finding)
            continue
        met.add(finding.key)
        if accepted.expires < today:
            notes.append(
                f"The suppression of {finding.key} ({finding.check}) by {accepted.owner} ended on {accepted.expires}: "
                "the finding counts again."
            )
            findings.append(finding)
        else:
            findings.append(replace(finding, suppressed=str(accepted)))
    if whole:
        notes += [
            f"The suppression of {key} meets no finding any more; take it out of {FILE}." for key in by_key.keys() - met
        ]
    return findings, sorted(notes)
