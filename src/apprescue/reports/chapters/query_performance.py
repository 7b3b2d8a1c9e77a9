"""How long each screen waits for the database, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apprescue.model.document import Block, Bullets, Chapter, Code, Folded, Line, Listing, Picture, Strong, Table, Text
from apprescue.model.sprint import Standing
from apprescue.model.tuning import EVERYBODY, FAST, Asked, Measured, Tuned
from apprescue.reports.chapters.interface import absent, stopped, undone
from apprescue.reports.page import pictures
from apprescue.reports.page.curves import curve
from apprescue.reports.page.stood import SHOWN, figure, left, not_done, repairs, stands
from apprescue.reports.tuning.interface import by_screen, headline, milliseconds

CHECKS = ("speed",)
DRAWN, CURVES = 12, 3
TITLE = "How fast it is, before and after"
ABOUT = (
    "The app's own queries run on a copy of its database with many made-up rows, asked by two hundred people at once "
    "through the few connections that a platform gives. The times are those that nineteen of twenty answers keep to; "
    "a read that people wait for is fast under three tenths of a second. Your live database is not touched."
)


def chapter(standing: Standing) -> Chapter:
    """The queries with their times, and what was changed."""
    found = standing.by(*CHECKS)
    if standing.tuned is None:
        why = stopped(standing, (step for step in standing.plan.steps if "tune" in (step.name, step.work)))
        why = why or "this sprint measures no speed"
        if standing.audit is None or not found:
            return absent("speed", TITLE, ABOUT, why)
        told = (
            Text(("What reading the code tells:",)),
            *stands(found),
            *repairs(found),
            *left(found, undone(standing, CHECKS)),
        )
        return Chapter("speed", TITLE, (Text((ABOUT,)), Text((not_done(why),), "warn"), *told), (), why)
    tuned = standing.tuned
    blocks = (
        *_times(standing, tuned),
        *_rewrites(tuned),
        *stands(found),
        *repairs(found),
        *left(found, undone(standing, CHECKS)),
    )
    if not any(one.before for one in tuned.measured):
        why = "no query of the app could be run"
        return Chapter("speed", TITLE, (Text((ABOUT,)), *blocks, *_unmeasured(tuned)), (), why)
    done: Line = (headline(tuned)[0],)
    return Chapter("speed", TITLE, (Text((ABOUT,)), *blocks, *_unmeasured(tuned)), done)


def _times(standing: Standing, tuned: Tuned) -> Iterator[Block]:
    ordered = [one for _, group in by_screen(one for one in tuned.measured if one.before) for one in group]
    rows = [_row(one, standing.rows.get(f"measured {one.statement.key}", 0)) for one in ordered]
    yield from _drawn(ordered)
    yield from _grown(ordered)
    headings = ("Screen", "Query at", "Before", "After", "")
    if rows:
        yield Table(headings, tuple(rows[:SHOWN]), (2, 3))
    if rows[SHOWN:]:
        yield Folded(("The other queries",), (Table(headings, tuple(rows[SHOWN:]), (2, 3)),))
    if tuned.conditions:
        pairs = tuple(((word,), (Code(text),)) for word, text in tuned.conditions)
        yield Folded(("On what it was measured",), (Table(("", ""), pairs),))


def _drawn(measured: Iterable[Measured]) -> Iterator[Block]:
    """The slowest query of each of the slowest screens."""
    slowest: dict[str, tuple[float, float]] = {}
    for one in measured:
        if one.was:
            was, now = one.was.p95, (one.now or one.was).p95
            name = one.statement.screen or one.statement.kind.value
            slowest[name] = max(slowest.get(name, (0.0, 0.0)), (was, now))
    rows = sorted(((name, *times) for name, times in slowest.items()), key=lambda row: -row[1])[:DRAWN]
    if rows:
        words = "The slowest query of each screen, before and after: nineteen of twenty answers came within that time."
        yield Picture(pictures.bars(rows), words)


def _grown(measured: Iterable[Measured]) -> Iterator[Block]:
    """How the slowest queries grow with the data."""
    several = [(one.was.p95, one) for one in measured if one.was and one.before[1:]]
    drawn = [one for _, one in sorted(several, key=lambda pair: -pair[0])[:CURVES]]
    words = "dashed is before, full is now, over the rows of the largest table; the red line is what counts as fast."
    labels = [f"{one.statement.screen or one.statement.place}: {words}" for one in drawn]
    told = [
        Picture(curve(_points(one.before), _points(one.after), label), label)
        for one, label in zip(drawn, labels, strict=True)
    ]
    if told:
        yield Folded(("How the slowest of them grow with the data",), tuple(told))


def _points(asked: Iterable[Asked]) -> list[tuple[int, float]]:
    told = ((one.rows, one.under(EVERYBODY)) for one in asked)
    return [(rows, latency.p95) for rows, latency in told if latency]


def _row(one: Measured, row: int) -> tuple[Line, ...]:
    was, now = one.was, one.now
    speed: Line = ("",)
    if one.is_common and was is not None:
        last = now or was
        speed = (Strong("fast", "good"),) if last.p95 < FAST else (Strong("slow", "bad"),)
    return (
        (one.statement.screen or one.statement.kind.value,),
        (Code(str(one.statement.place)),),
        _time(one.before, "measured.before", row),
        _time(one.after, "measured.after", row),
        speed,
    )


def _time(asked: tuple[Asked, ...], base: str, row: int) -> Line:
    """The time at the largest size, under the whole crowd."""
    names = [name for name, _ in asked[-1].latencies] if asked else []
    if EVERYBODY not in names:
        return ("not measured",)
    which = names.index(EVERYBODY)
    value = asked[-1].latencies[which][1].p95
    return (figure(value, row, f"{base}.{len(asked) - 1}.latencies.{which}.1.p95", milliseconds(value)),)


def _rewrites(tuned: Tuned) -> Iterator[Block]:
    kept = [one for one in tuned.rewrites if not one.refused]
    if kept:
        yield Text((Strong("Rules and functions that say the same in less time"),))
    for one in kept:
        up, down = Listing(one.rewrite.up, "sql"), Listing(one.rewrite.down, "sql")
        same = (Text(("What was compared: ", one.same)),) if one.same else ()
        undo = Text(("It is undone by",))
        yield Folded((Code(one.rewrite.about),), (Text((one.rewrite.reason,)), *same, up, undo, down))
    refused = [one for one in tuned.rewrites if one.refused]
    if refused:
        yield Text((Strong("Tried and not kept"),))
        yield Bullets(tuple((Code(one.rewrite.about), f": {one.refused.rstrip('.')}.") for one in refused))


def _unmeasured(tuned: Tuned) -> Iterator[Block]:
    points: list[Line] = [
        (Code(str(one.statement.place)), f": it cannot run: {one.failed}") for one in tuned.measured if one.failed
    ]
    points += [(Code(str(one.place)), f": {not_done(one.reason)}") for one in tuned.untold]
    points += [(Code(name), f": {not_done(why)}") for name, why in tuned.missing]
    points += [(one.check, f": {not_done(one.reason)}") for one in tuned.left_out]
    if points:
        yield Text((Strong("What was not measured", "warn"),))
        yield Bullets(tuple(points))
