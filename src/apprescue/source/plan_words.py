"""What the database does to answer, in plain words."""

from __future__ import annotations

from apprescue.model.plan import Plan

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
    "ModifyTable": "writes the rows",
    "LockRows": "holds the rows for itself",
    "ProjectSet": "spreads lists into rows",
}


def words(plan: Plan) -> str:
    """What one step does, with how many rows it gave."""
    table = plan.relation.removeprefix("public.")
    match plan.kind:
        case "Seq Scan":
            told = f"reads every row of {table}"
        case "Index Scan":
            told = f"finds rows of {table} by the index {plan.index}"
        case "Index Only Scan":
            told = f"answers from the index {plan.index} alone"
        case "Bitmap Heap Scan":
            told = f"fetches the rows of {table} that the index names"
        case "Bitmap Index Scan":
            told = f"asks the index {plan.index}"
        case "Sort" | "Incremental Sort":
            told = f"sorts by {plan.said('Sort Key')}"
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


def gist(plan: Plan) -> str:
    """The one step that says most about a plan: what reads the most rows, or the index that it goes by."""
    scans = [one for one in plan.deep() if one.relation or one.index]
    if not scans:
        return words(plan)
    return words(max(scans, key=lambda one: (one.actual_rows or one.rows) * (one.loops or 1) + one.removed))
