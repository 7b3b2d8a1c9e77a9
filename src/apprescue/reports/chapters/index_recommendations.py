"""Which indexes the database needs, and which it carries for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.document import Block, Bullets, Chapter, Code, Folded, Line, Listing, Strong, Table, Text
from apprescue.model.sprint import Kept, Standing
from apprescue.model.tuning import Built, Tuned
from apprescue.reports.chapters.interface import absent, stopped, undone
from apprescue.reports.page.stood import figure, left, not_done, repairs, stands
from apprescue.reports.tuning.interface import milliseconds, shown, size

CHECKS = ("speed/filter_without_index", "speed/foreign_key_without_index", "speed/index_without_use")
TITLE = "Indexes"
ABOUT = (
    "An index makes some reads fast and each write a little slower. Each is built on a copy of the database with "
    "many made-up rows and measured: it stays only where it earns its place."
)


def chapter(standing: Standing) -> Chapter:
    """The indexes that stay with what they bring and cost, those that do not, and those to be dropped."""
    found = standing.by(*CHECKS)
    why = stopped(standing, (step for step in standing.plan.steps if "tune" in (step.name, step.work)))
    if standing.tuned is None:
        why = why or "this sprint measures no speed"
        if standing.audit is None:
            return absent("indexes", TITLE, ABOUT, why)
        read = ("What reading the code tells, without a measurement:",)
        told = (Text(read), *stands(found), *repairs(found), *left(found, undone(standing, CHECKS))) if found else ()
        return Chapter("indexes", TITLE, (Text((ABOUT,)), Text((not_done(why),), "warn"), *told), (), why)
    blocks = tuple(_measured(standing, standing.tuned))
    any_kept = any(not one.refused for one in standing.tuned.indexes)
    done = "Measured; those below earned their place." if any_kept else "Measured; no new index earns its place."
    return Chapter(
        "indexes",
        TITLE,
        (Text((ABOUT,)), *blocks, *stands(found), *repairs(found), *left(found, undone(standing, CHECKS))),
        (done,),
    )


def _measured(standing: Standing, tuned: Tuned) -> Iterator[Block]:
    row = standing.rows.get("tuned", 0)
    screens = {one.statement.key: one.statement.screen or str(one.statement.place) for one in tuned.measured}
    kept = [(at, one) for at, one in enumerate(tuned.indexes) if not one.refused]
    if kept:
        headings = ("Index", "What for", "Room", "Adds to an insert", "Reads, before and with it")
        rows = tuple(_row(one, at, row, screens) for at, one in kept)
        yield Table(headings, rows, (2, 3))
    stands_as = {one.migration: one for one in standing.kept}
    for migration in tuned.migrations:
        up, down = Listing(migration.up, "sql"), Listing(migration.down, "sql")
        became = tuple(_became(stands_as[migration.name])) if migration.name in stands_as else ()
        told: tuple[Block, ...] = (Text((migration.reason,)), *became, up, Text(("It is undone by",)), down)
        yield Folded((Code(migration.name),), told)
    why = stopped(standing, (step for step in standing.plan.steps if step.name == "index")) if tuned.migrations else ""
    if why:
        yield Text((f"Writing them into the app: {not_done(why)}",), "warn")
    refused = [one for one in tuned.indexes if one.refused]
    if refused:
        yield Text((Strong("Built, measured and not kept"),))
        yield Bullets(tuple((Code(shown(one.advised.index)), f": {one.refused.rstrip('.')}.") for one in refused))
    if tuned.drops:
        yield Text((Strong("Indexes that can go"),))
        yield Bullets(tuple((Code(one.name), f": {one.reason}. It is made again by ", Code(one.definition)) for one in
                            tuned.drops))  # fmt: skip


def _became(one: Kept) -> Iterator[Text]:
    if one.commit:
        yield Text(("It stands in the app by the commit ", Code(one.commit[:12]), "."), "good")
    else:
        yield Text((f"Writing it into the app: {not_done(one.reason)}",), "warn")


def _row(one: Built, at: int, row: int, screens: dict[str, str]) -> tuple[Line, ...]:
    base = f"tuned.indexes.{at}"
    room = figure(one.advised.size, row, f"{base}.advised.size", size(one.advised.size))
    tax = figure(one.tax, row, f"{base}.tax", f"{one.tax:.1f} µs")
    reads: list[Line] = []
    for number, (key, before, after) in enumerate(one.gains):
        was = figure(before, row, f"{base}.gains.{number}.1", milliseconds(before))
        now = figure(after, row, f"{base}.gains.{number}.2", milliseconds(after))
        reads.append((f"{screens.get(key, 'together')}: ", was, ", then ", now, ". "))
    told = tuple(span for line in reads for span in line)
    return (Code(shown(one.advised.index)),), (one.advised.reason,), (room,), (tax,), told
