"""A webhook's door: where its handler knows which event came and has not worked yet.

An event that is stored there is forgotten again where the work fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apprescue.model.patch import Edit
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted

FORGET = "forgetEvent"
_REFUSES = re.compile(r"status(?:\(|:)\s*[45]\d\d|,\s*[45]\d\d\s*\)$")
_SAYS_NO = re.compile(r"res(?:ponse)?\.(?:status|sendStatus)\([45]\d\d")


@dataclass(frozen=True)
class Door:
    """The name of the event, the rows from there on, and the `try`s around them."""

    event: str
    rows: Sequence[t.Node]
    tries: Sequence[t.Try]


def door_of(file: Handwriting, handler: t.Function) -> Door | None:
    """The first row behind the signature's check that reads the event's type."""
    checks = [n for n in file.nodes if isinstance(n, t.Call) and file.function(n) is handler
              and dotted(n.callee).endswith(("webhooks.constructEvent", "webhooks.constructEventAsync"))]  # fmt: skip
    row = next((n for n in file.above(checks[0]) if isinstance(n, t.Assign)), None) if len(checks) == 1 else None
    if row is None or not isinstance(row.target, t.Name):
        return None
    event = row.target.id
    tries = [n for n in handler.body if isinstance(n, t.Try)]
    for rows, around in [*((one.body, (one,)) for one in tries), (handler.body, ())]:
        for at, one in enumerate(rows):
            reads = any(
                isinstance(n, t.Member) and n.name == "type" and dotted(n) == f"{event}.type" for n in one.walk()
            )
            if one.start > row.end and reads and not _only_says(one):
                return Door(event, rows[at:], around)
    return None


def _only_says(row: t.Node) -> bool:
    return isinstance(row, t.Call) and bool(re.search(r"(?i)console|log", dotted(row.callee)))


def forgetful(file: Handwriting, door: Door, stored: Sequence[str], forget: Sequence[str]) -> list[Edit]:
    """The edits that put the rows which store an event at its door, and `forget` it where the work throws or is
    refused; none where that cannot be written."""
    refusals = list(_refusals(file, door))
    wrapped = None if door.tries else _wrapped(file, door)
    caught = all(one.handlers and one.handlers[0].body for one in door.tries)
    if None in refusals or not caught or (not door.tries and wrapped is None):
        return []
    end, gone = file.end, f"await {FORGET}(){file.end}"
    told = [
        f"{'' if door.tries else 'const '}{FORGET} = async () => {{",
        *(file.step + row for row in forget),
        f"}}{end}",
    ]
    edits = [file.before(one, f"let {FORGET} = async () => {{}}{end}") for one in door.tries[-1:]]
    edits.append(file.before(door.rows[0], *stored, *told))
    edits += [file.before(one.handlers[0].body[0], gone) for one in door.tries]
    edits += [file.before(one, gone) for one in refusals if one is not None]
    return [*edits, *(wrapped or ())]


def _refusals(file: Handwriting, door: Door) -> Iterator[t.Node | None]:
    """Each answer behind the door that says no; None for one that stands without braces."""
    for row in door.rows:
        for node in row.walk():
            own = file.function(node) is file.function(door.rows[0])
            told = file.of(node) if own and file.statement(node) is node else ""
            if (isinstance(node, t.Return) and _REFUSES.search(told)) or _SAYS_NO.match(told):
                braced = re.search(rb"[{};:]\s*$|\*/\s*$|//[^\n]*\n\s*$", file.code[: node.start])
                yield node if braced else None


def _wrapped(file: Handwriting, door: Door) -> list[Edit] | None:
    """The rows in a `try` that forgets the event; None where a text runs over several lines."""
    if any(isinstance(n, t.Template) and n.line < n.end_line for row in door.rows for n in row.walk()):
        return None
    first, last = door.rows[0], door.rows[-1]
    end = last.end + (1 if file.code[last.end : last.end + 1] == b";" else 0)
    indent = file.indent(first)
    edits = [file.at(first.start, f"try {{\n{indent}{file.step}")]
    at = first.start
    while (at := file.code.find(b"\n", at, end)) >= 0:
        at += 1
        if file.code[at : at + 1] not in (b"\n", b"\r"):
            edits.append(file.at(at, file.step))
    rows = ("} catch (error) {", f"{file.step}await {FORGET}(){file.end}", f"{file.step}throw error{file.end}", "}")
    return [*edits, file.at(end, "".join(f"\n{indent}{row}" for row in rows))]
