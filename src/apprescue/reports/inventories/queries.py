"""Every call to the database: what it asks for, how narrowly, as whom, and whether in a loop."""

from __future__ import annotations

from apprescue.model.app import App
from apprescue.reports.interface import flat
from apprescue.reports.inventories.interface import Row, place_cell

HEADINGS = ("Operation", "Table", "Filters", "Limit", "As", "Loop", "Where")


def rows(app: App) -> list[Row]:
    """One row per query. A filter's `from` tells where its value comes from (`body.id`, `caller.id`)."""
    return [
        {
            "operation": query.operation,
            "table": query.table,
            "columns": list(query.columns),
            "embeds": list(query.embeds),
            "filters": [
                {"column": f.column, "operator": f.operator, "from": sorted(f.value.all_origins)} for f in query.filters
            ],
            "order": list(query.order),
            "limit": query.limit,
            "paged": query.paged,
            "single": query.single,
            "as_whom": query.as_whom,
            "in_loop": query.in_loop,
            "library": query.library,
            "function": query.function,
            "route": query.route,
            "place": flat(query.place),
        }
        for query in app.queries
    ]


def cells(row: Row) -> tuple[str, ...]:
    """The row for people."""
    limit = "one" if row["single"] else "paged" if row["paged"] else "" if row["limit"] is None else str(row["limit"])
    filters = " ".join(f"{f['column']}.{f['operator']}" for f in row["filters"])
    return row["operation"], row["table"], filters, limit, row["as_whom"], "yes" * row["in_loop"], place_cell(row)
