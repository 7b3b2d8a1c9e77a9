"""The intake as a page to keep or to send: the offer, claim beside proof, the scorecard, the hours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apprescue.model.intake import Answer, Intake
from apprescue.reports.intake.interface import (
    NO_PRICE,
    SAID,
    SHARED,
    SIGNS,
    claimed,
    cost,
    headline,
    hours,
    judgement,
    notes,
    score,
    seen,
)
from apprescue.reports.interface import Screen, line


def render(done: Intake, screen: Screen) -> str:
    """The whole intake; the screen does not matter."""
    return "\n\n".join(filter(None, _parts(done))) + "\n"


def _parts(done: Intake) -> Iterator[str]:
    yield f"# Does a rescue fit{f' {_text(done.name)}' if done.name else ''}?"
    yield f"**{headline(done)}**"
    yield _list(done.offer.reasons)
    if done.offer.instead:
        yield "What to do instead:"
        yield _list(done.offer.instead)
    yield from notes(done)
    yield from _risk(done)
    if done.compared:
        yield "## What you say, and what the audit saw"
        rows = [
            (one.question.words, SAID[one.answer], f"{SIGNS[one.look.mark]} {seen(one.look)}", judgement(one))
            for one in done.compared
        ]
        yield _table(("Question", "You say", "The audit", ""), rows)
    if done.readiness:
        yield "## Ready to launch?"
        told = [(one.row, f"{SIGNS[one.look.mark]} {seen(one.look)}") for one in done.readiness]
        yield _table(
            ("Check", "Passes when", "Why it matters", "What breaks", "The audit"),
            [(row.check, row.criterion, row.why, row.breaks, mark) for row, mark in told],
        )
    yield from _hours(done)
    if done.fit.tight is not Answer.NO:
        yield from _own(done)
    if done.unexamined:
        yield "## Not examined"
        yield _list(done.unexamined)


def _risk(done: Intake) -> Iterator[str]:
    yield "## The risk"
    yield f"By your answers: {claimed(done)}."
    yield _list(f"{one.points:.0f} points: {one.words}" for one in done.claimed.reasons)
    yield SHARED if done.claimed.unknown else ""
    if done.shown is not None:
        yield f"By the audit: {score(done.shown)}."
        rows = [(one.words, one.key, str(one.number), f"{one.points:.1f}") for one in done.shown.reasons]
        yield _table(("Reason", "Check", "Findings", "Points"), rows) if rows else ""


def _hours(done: Intake) -> Iterator[str]:
    if done.estimate is None:
        return
    yield "## What it takes"
    if not done.estimate.work:
        yield "Nothing is to be done about what was examined."
        return
    rows = [(one.kind, str(one.number), hours(one.low, one.high)) for one in done.estimate.work]
    yield f"{hours(done.estimate.low, done.estimate.high).capitalize()}. {cost(done.estimate, done.rate) or NO_PRICE}"
    yield _table(("Work", "Number", "Hours"), rows)


def _own(done: Intake) -> Iterator[str]:
    yield "## When the budget is tight: three things to do yourself"
    for number, own in enumerate(done.own, 1):
        yield f"{number}. **{own.title}.** {own.why}"
        yield "\n".join(f"   - {step}" for step in own.steps)
        yield "\n".join(["   ```", *(f"   {command}" for command in own.commands), "   ```"])


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {_text(item)}" for item in items)


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    told = [" | ".join(headings), " | ".join("---" for _ in headings)]
    told += [" | ".join(map(_text, row)) for row in rows]
    return "\n".join(f"| {row} |" for row in told)


def _text(text: str) -> str:
    """A text on one line, without what Markdown or HTML would read as more."""
    return re.sub(r"([\\*_<>\[\]|])", r"\\\1", line(text)).replace("&", "&amp;")
