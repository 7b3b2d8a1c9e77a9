"""A database's plan in plain words, drawn as the tree that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.plan import Plan
from apprescue.reports.interface import line
from apprescue.reports.page.text import text

JOINS = {"Nested Loop": "for each of the first, looks up the second", "Hash Join": "matches both by a table in memory",
         "Merge Join": "goes through both in the same order"}  # fmt: skip
STEPS = {
    "Limit": "stops when it has enough",
    "Aggregate": "counts or sums up",
    "WindowAgg": "numbers the rows",
    "Unique": "leaves out the same ones",
    "Hash": "puts them into a table in memory",
    "Materialize": "keeps them for the next turn",
    "Memoize": "remembers answers that it had already",
    "Append": "puts the parts together",
    "BitmapAnd": "takes what both indexes name",
    "BitmapOr": "takes what any of the indexes names",
    "Function Scan": "calls a function",
    "Subquery Scan": "takes what the inner query gives",
    "CTE Scan": "takes what the part above gave",
    "Result": "puts the answer together",
    "ProjectSet": "spreads lists into rows",
}
MOST = 160


def words(plan: Plan) -> str:
    """What one step does, with how many rows it gave."""
    table = line(plan.relation.removeprefix("public."))
    match plan.kind:
        case "Seq Scan":
            told = f"reads every row of {table}"
        case "Index Scan":
            told = f"finds rows of {table} by the index {line(plan.index)}"
        case "Index Only Scan":
            told = f"answers from the index {line(plan.index)} alone"
        case "Bitmap Heap Scan":
            told = f"fetches the rows of {table} that the index names"
        case "Bitmap Index Scan":
            told = f"asks the index {line(plan.index)}"
        case "Sort" | "Incremental Sort":
            told = f"sorts by {line(plan.said('Sort Key'))}"
        case kind:
            told = JOINS.get(kind) or STEPS.get(kind) or kind.lower()
    return f"{told}{_rows(plan)}"


def _rows(plan: Plan) -> str:
    got = plan.actual_rows if plan.actual_rows is not None else plan.rows
    loops = plan.loops or 1
    guess = "" if plan.actual_rows is not None else "about "
    times = f", {loops:,.0f} times" if loops > 1 else ""
    thrown = f", throws {plan.removed * loops:,.0f} away" if plan.removed else ""
    return f" ({guess}{got:,.0f} {'row' if got == 1 else 'rows'}{times}{thrown})"


def tree(plan: Plan) -> str:
    """The plan as a list of lists, escaped: each step under the one that it feeds."""
    conditions = "; ".join(
        told for label, told in plan.conditions if label in ("Filter", "Index Cond", "Hash Cond", "Join Filter")
    )
    cut = conditions[:MOST] + "…" * (len(conditions) > MOST)
    why = f"<small>{text(cut)}</small>" if conditions else ""
    slow = " class=slow" if plan.kind == "Seq Scan" and max(plan.removed, plan.actual_rows or 0) > 10_000 else ""
    inside = f"<ul>{''.join(map(tree, plan.feeds))}</ul>" if plan.feeds else ""
    return f"<li{slow}><span>{text(words(plan))}</span>{why}{inside}</li>"


def drawn(plan: Plan, depth: int = 0) -> Iterator[str]:
    """The plan as lines for a terminal."""
    yield f"{'   ' * max(depth - 1, 0)}{'└─ ' * bool(depth)}{words(plan)}"
    for one in plan.feeds:
        yield from drawn(one, depth + 1)


def gist(plan: Plan) -> str:
    """The one step that says most about a plan: what reads the most rows, or the index that it goes by."""
    scans = [one for one in plan.deep() if one.relation or one.index]
    if not scans:
        return words(plan)
    return words(max(scans, key=lambda one: (one.actual_rows or one.rows) * (one.loops or 1) + one.removed))


def is_index(plan: Plan) -> bool:
    """Whether some step goes by an index."""
    return any(re.search("Index", one.kind) for one in plan.deep())
