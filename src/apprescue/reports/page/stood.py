"""How findings stand, as blocks of a paper: the places, the proof of each repair, what is left and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from apprescue.model.document import (
    Block,
    Bullets,
    Code,
    Figure,
    Folded,
    Line,
    Link,
    Listing,
    Span,
    Strong,
    Table,
    Text,
    Tone,
)
from apprescue.model.repair import State
from apprescue.model.sprint import Stood
from apprescue.reports.interface import LOSS, SURE, line, named, where

STANDS: dict[State, tuple[str, Tone]] = {
    State.REPAIRED: ("closed, and proved", "good"),
    State.ALONG: ("closed with another", "good"),
    State.CLEARED: ("turned out to be fine", "good"),
    State.OPEN: ("open", "bad"),
    State.REFUSED: ("open: a repair was tried and taken back", "bad"),
    State.BY_HAND: ("open: a person has to do it", "bad"),
    State.SUPPRESSED: ("accepted by you", "warn"),
}
SHOWN = 12
"""So many rows stand open on the page; the rest opens on a click."""


def not_done(why: str) -> str:
    """The honest sentence."""
    return f"Not done, because {why.rstrip('.')}."


def row_of(one: Stood) -> int:
    """The ledger's row that says how a finding stands now."""
    return one.told or one.row


def number(found: Iterable[Stood]) -> Figure:
    """How many findings these are."""
    rows = tuple(map(row_of, found))
    return Figure(len(rows), rows)


def figure(value: float, row: int, path: str, shown: str = "") -> Figure:
    """A number that stands in one row of the ledger."""
    return Figure(value, (row,), path, shown)


def sides(found: Iterable[Stood]) -> tuple[list[Stood], list[Stood], list[Stood]]:
    """Findings that are closed, that are left, and that the owner accepts."""
    closed: list[Stood] = []
    open_: list[Stood] = []
    accepted: list[Stood] = []
    for one in found:
        (closed if one.closed else accepted if one.state is State.SUPPRESSED else open_).append(one)
    return closed, open_, accepted


def stands(found: Sequence[Stood]) -> Iterator[Block]:
    """Findings with their places, and how each stands."""
    if not found:
        return
    headings = ("Problem", "Where", "How bad", "Now")
    rows = [
        (
            (one.finding.title,),
            (Code(named(one.finding.place)),),
            (Strong(one.finding.severity.value, "bad" if one.finding.severity.rank < 2 else "warn"),),
            (Strong(*STANDS[one.state]),),
        )
        for one in found
    ]
    yield Table(headings, tuple(rows[:SHOWN]))
    if rows[SHOWN:]:
        yield Folded(("And ", number(found[SHOWN:]), " more"), (Table(headings, tuple(rows[SHOWN:])),))


def repairs(found: Iterable[Stood]) -> Iterator[Block]:
    """Each repair with what was seen before and after; its whole proof stands where its commit is told."""
    made = [one for one in found if one.state is State.REPAIRED]
    if made:
        yield Text((Strong("What was repaired", "good"),))
        yield Bullets(tuple(_repair(one) for one in made))


def _repair(one: Stood) -> Line:
    title = one.title or one.finding.title
    told: Span = Link(title, anchor(one)) if one.commit else Strong(title)
    after = f" After: {_end(one.after)}" if one.after else ""
    where_ = Code(line(where(one.finding.place)))
    return (told, f": {one.finding.title} (", where_, "). Before: ", *_before(one), f".{after}")


def anchor(one: Stood) -> str:
    """Where a repair's commit is told."""
    return f"c-{one.finding.key}"


def _end(words: str) -> str:
    return f"{words.rstrip('.')}."


def proof(one: Stood) -> Iterator[Block]:
    """What stands behind one closed finding."""
    points: list[Line] = [("What was wrong: ", one.finding.detail)]
    points.append(("Before: ", *_before(one), "."))
    if one.after:
        points.append((f"After: {_end(one.after)}",))
    if one.cells:
        points.append(("Cells of the access matrix put right: ", figure(one.cells, row_of(one), "cells")))
    if one.test:
        points.append(("Tested from now on by ", Code(one.test)))
    if one.commit:
        points.append(("Commit ", Code(one.commit[:12]), ", lines changed: ", _lines(one)))
    yield Bullets(tuple(points))
    if one.before and one.before.script:
        yield Folded(("The attempt that showed it",), (Listing(one.before.script, "sql"),))


def _lines(one: Stood) -> Span:
    return figure(one.lines, row_of(one), "lines") if one.lines else "not told"


def _before(one: Stood) -> Line:
    if one.before is None:
        return (f"the check saw it; {SURE[one.finding.evidence]}",)
    return (f"{one.before.as_whom or 'somebody'} tried it: {one.before.observed.rstrip('.')}",)


def left(found: Iterable[Stood], untried: str = "") -> Iterator[Block]:
    """What is left of these findings, those together of which the same reason is told; what the owner accepts.
    `untried` says why nothing was tried."""
    _, open_, accepted = sides(found)
    if open_:
        yield Text((Strong("What is left", "bad"),))
    reasons: dict[str, list[Stood]] = {}
    for one in open_:
        reasons.setdefault(_why(one, untried), []).append(one)
    for why, group in reasons.items():
        yield Text((not_done(why),))
        yield Bullets(tuple((*_named(one), f" How to repair it: {one.finding.repair}") for one in group))
    if accepted:
        yield Text((Strong("What you accept", "warn"),))
        yield Bullets(tuple((*_named(one), f" {one.finding.suppressed or one.reason}") for one in accepted))


def _why(one: Stood, untried: str) -> str:
    why = line(one.reason) or (untried or "nothing was tried" if one.state is State.OPEN else STANDS[one.state][0])
    return f"{why[0].lower()}{why[1:]}"


def _named(one: Stood) -> Line:
    return (f"{one.finding.title} (", Code(line(where(one.finding.place))), ").")


def todo(found: Iterable[Stood]) -> tuple[str, ...]:
    """What a person has to do beside repairs that stand, each once."""
    return tuple(dict.fromkeys(step for one in found if one.closed for step in one.todo))


def rotation(found: Iterable[Stood]) -> tuple[str, ...]:
    """What has to be done about keys that others may have seen: beside repairs that stand, and for what is left."""
    every_one = list(found)
    left_ = (one.finding.repair for one in sides(every_one)[1] if one.finding.check.startswith("secrets/"))
    return tuple(dict.fromkeys((*todo(every_one), *left_)))


def losses(found: Iterable[Stood]) -> dict[str, list[Stood]]:
    """Findings by what the business loses, the most costly first."""
    groups: dict[str, list[Stood]] = {words: [] for words in LOSS.values()}
    for one in found:
        groups[LOSS[one.finding.impact]].append(one)
    return {words: group for words, group in groups.items() if group}
