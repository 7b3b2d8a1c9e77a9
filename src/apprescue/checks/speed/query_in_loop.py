"""A list asks the database again for every row that it shows.

What we look at: calls to the database inside a loop over rows or over what a caller sends, also where the loop calls
a function that asks, and inside `Promise.all(rows.map(...))`.

Why it matters: one page makes a hundred calls instead of two. With ten rows nobody notices; with a thousand the page
takes a minute, the database runs out of connections, and everybody waits. The bill grows with it.

How to repair: ask once for all rows: collect the ids and read them with `in`, embed the related table
(`select("*, author:profiles(name)")`, `include`, a join), count in the database (`group by`, a view, `_count`), or
write all rows by one insert.

When it is fine: the list is short by nature (three plans, the admins of the app), or a nightly job that nobody waits
for goes over a limited number of rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.model.schema import Schema
from apprescue.model.trace import INPUT, Loop, Value
from apprescue.source.audience import Audience
from apprescue.source.growth import (
    FEW,
    by_step,
    for_staff,
    in_job,
    is_queue,
    is_small,
    loops_around,
    offline,
    parts_of_one,
    per_row,
    query_behind,
    within_one,
)
from apprescue.source.known import REMOTE

_READS = ("select", "count", "rpc", "raw")
_JOB_ROWS = 200


@check(severity=Severity.MEDIUM, impact=Impact.PERFORMANCE, cwe=["CWE-1073"], owasp=["API4:2023"])
def query_in_loop(app: App) -> Iterator[Seen]:
    """One finding for each loop, at the loop; those that only write, or go over what was sent, are one that is low."""
    known = by_step(app.queries)
    audience, calls, saved = Audience(app), _outside_calls(app), _saved_each_turn(app)
    loops: dict[Code, list[tuple[Query, list[Loop]]]] = defaultdict(list)
    for query in app.queries:
        around = [] if _recorded(query, calls) or _gathered(query, saved) else _loops(query, known, app.schema)
        if around and not offline(query.place.path) and not offline(around[0].place.path):
            loops[around[0].place].append((query, around))
    for place, inside in loops.items():
        weights = [s for q, around in inside if (s := _severity(q, around, known, audience)) is not None]
        if not weights:
            continue
        asking = [q for q, _ in inside]
        idle = audience.few_wait(asking, place.path) or all(audience.unused(q) for q in asking)
        worst = Severity.LOW if idle else min(weights, key=lambda s: s.rank)
        asked = sorted({q.table for q, _ in inside if q.table not in ("", "?")}) or ["the database"]
        count = _calls(asking)
        over = next((name for _, around in inside if (name := _over(around[0], known))), "")
        nested = " in a loop inside a loop" if max(len(around) for _, around in inside) > 1 else ""
        yield Seen(
            Code(place.path, place.line, min(place.end_line, place.line + 12)),
            f"For each {f'row of {over}' if over else 'element'} this makes {count} call{'s' * (count > 1)}"
            f" to the database ({', '.join(asked[:4])}){nested}.",
            related=tuple(dict.fromkeys(q.place for q, _ in inside)),
            severity=worst,
            cause="small loops" if worst is Severity.LOW else "",
        )


def _outside_calls(app: App) -> dict[Code, list[int]]:
    """The lines of the calls to other services that a loop makes each turn, by the loop."""
    found: dict[Code, list[int]] = defaultdict(list)
    for step in (s for trace in app.traces for s in trace.steps):
        if step.loops and REMOTE.match(step.name) and not step.continued:
            found[step.loops[-1].place].append(step.place.line)
    return found


def _recorded(query: Query, calls: dict[Code, list[int]]) -> bool:
    """Whether a write notes what a call to another service just did in the same turn: it must not wait for the rest."""
    around = query.step.loops
    if query.operation in _READS or not around or around[-1].place.path != query.place.path:
        return False
    return any(line < query.place.line for line in calls.get(around[-1].place, ()))


def _saved_each_turn(app: App) -> set[Code]:
    """The loops in which a session is told to write."""
    steps = (s for trace in app.traces for s in trace.steps if s.loops and s.method in ("commit", "flush"))
    return {loop.place for s in steps for loop in s.loops}


def _gathered(query: Query, saved: set[Code]) -> bool:
    """Whether a write only changes an object that a session keeps, which writes all of them at once in the end."""
    alone = query.step.name == "setattr" or (
        query.step.method in ("add", "delete") and bool(query.step.args) and query.step.receiver is None
    )
    kept = query.library == "sqlalchemy" and query.operation in ("insert", "update", "delete") and alone
    return kept and bool(query.step.loops) and query.step.loops[-1].place not in saved


def _calls(asked: list[Query]) -> int:
    """How many of the calls one turn of the loop can make at most: of two branches only one, errors not at all."""
    calm = [q for q in asked if not (q.step.refusing or any(t.comes_from("error") for t in q.step.tests))]
    once = list({(q.place, q.operation): q for q in reversed(calm or asked)}.values())[::-1]
    most = 0
    for first in once:
        way = [first]
        for query in once:
            if query is not first and not any(_exclusive(query.step.tests, q.step.tests) for q in way):
                way.append(query)
        most = max(most, len(way))
    return most


def _exclusive(one: tuple[Value, ...], other: tuple[Value, ...]) -> bool:
    """Whether no way through the code meets both lists of conditions."""
    return _denies(one, other) or _denies(other, one)


def _denies(one: tuple[Value, ...], other: tuple[Value, ...]) -> bool:
    met = {id(test) for test in other}
    return any(test.op == "!" and len(test.operands) == 1 and id(test.operands[0]) in met for test in one)


def _loops(query: Query, known: dict[int, Query], schema: Schema) -> list[Loop]:
    """The loops around a query that go over many things, outermost first."""
    loops = loops_around(query)
    batch = query.written is not None and query.written.fields is None
    if loops and not loops[-1].each and (batch or any(f.operator == "in" for f in query.filters)):
        return []
    many = (loop for loop in loops if per_row(loop) and not within_one(loop, known, schema))
    return [loop for loop in many if not _few(loop, query, known)]


def _few(loop: Loop, query: Query, known: dict[int, Query]) -> bool:
    """Whether a loop goes over few rows: limited, of a small table, the admins; in a job a hundred are few."""
    source = query_behind(loop.of, known)
    if source is None:
        table = next((o[4:] for o in loop.over if o.startswith("row.") and o.count(".") == 1), "")
        return bool(table) and is_small(table)
    if source.limit is not None and not source.paged and source.limit <= FEW:
        return True
    alone = len(loops_around(query)) == 1
    if in_job(loop.place.path) and source.limit is not None and source.limit <= _JOB_ROWS and alone:
        return True
    return for_staff(source) or is_small(source.table) or source.operation != "select"


def _severity(query: Query, around: list[Loop], known: dict[int, Query], audience: Audience) -> Severity | None:
    """How bad one call is; None where a person sends a handful of things from his own page."""
    loop = around[0]
    sent = bool(loop.over) and all(o.partition(".")[0] in (*INPUT, "validated") for o in loop.over)
    from_rows = any(o.startswith("row.") for o in loop.over)
    reads = query.operation in _READS
    if query.as_whom == "browser" and not (query.route or reads or from_rows):
        return None
    source = query_behind(loop.of, known)
    waits = source is not None and (is_queue(source) or parts_of_one(source))
    if waits or audience.in_job(query, loop.place.path):
        return Severity.LOW
    if len(around) > 1 and reads and from_rows:
        return Severity.MEDIUM
    if sent or not from_rows:
        return Severity.LOW
    return Severity.MEDIUM if reads or (source is not None and not source.filters) else Severity.LOW


def _over(loop: Loop, known: dict[int, Query]) -> str:
    source = query_behind(loop.of, known)
    if source is not None and source.table != "?":
        return source.table
    return next((o.split(".")[1] for o in sorted(loop.over) if o.startswith("row.")), "")
