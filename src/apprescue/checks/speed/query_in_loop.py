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
from apprescue.model.trace import INPUT, Loop
from apprescue.source.growth import (
    FEW,
    by_step,
    for_staff,
    in_job,
    is_small,
    loops_around,
    offline,
    per_row,
    query_behind,
)

_READS = ("select", "count", "rpc", "raw")
_JOB_ROWS = 200


@check(severity=Severity.MEDIUM, impact=Impact.PERFORMANCE, cwe=["CWE-1073"], owasp=["API4:2023"])
def query_in_loop(app: App) -> Iterator[Seen]:
    """One finding for each loop, at the loop; those that only write, or go over what was sent, are one that is low."""
    known = by_step(app.queries)
    loops: dict[Code, list[tuple[Query, list[Loop]]]] = defaultdict(list)
    for query in app.queries:
        around = _loops(query, known)
        if around and not offline(query.place.path) and not offline(around[0].place.path):
            loops[around[0].place].append((query, around))
    for place, inside in loops.items():
        weights = [s for q, around in inside if (s := _severity(q, around, known)) is not None]
        if not weights:
            continue
        worst = min(weights, key=lambda s: s.rank)
        asked = sorted({q.table for q, _ in inside if q.table not in ("", "?")}) or ["the database"]
        count = len({(q.place, q.operation) for q, _ in inside})
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


def _loops(query: Query, known: dict[int, Query]) -> list[Loop]:
    """The loops around a query that go over many things, outermost first."""
    loops = loops_around(query)
    batch = query.written is not None and query.written.fields is None
    if loops and not loops[-1].each and (batch or any(f.operator == "in" for f in query.filters)):
        return []
    return [loop for loop in loops if per_row(loop) and not _few(loop, query, known)]


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


def _severity(query: Query, around: list[Loop], known: dict[int, Query]) -> Severity | None:
    """How bad one call is; None where a person sends a handful of things from his own page."""
    loop = around[0]
    sent = bool(loop.over) and all(o.partition(".")[0] in (*INPUT, "validated") for o in loop.over)
    from_rows = any(o.startswith("row.") for o in loop.over)
    reads = query.operation in _READS
    if query.as_whom == "browser" and not (query.route or reads or from_rows):
        return None
    if in_job(loop.place.path) and not reads:
        return Severity.LOW
    if len(around) > 1 and reads and from_rows:
        return Severity.MEDIUM
    if sent or not from_rows:
        return Severity.LOW
    source = query_behind(loop.of, known)
    return Severity.MEDIUM if reads or (source is not None and not source.filters) else Severity.LOW


def _over(loop: Loop, known: dict[int, Query]) -> str:
    source = query_behind(loop.of, known)
    if source is not None and source.table != "?":
        return source.table
    return next((o.split(".")[1] for o in sorted(loop.over) if o.startswith("row.")), "")
