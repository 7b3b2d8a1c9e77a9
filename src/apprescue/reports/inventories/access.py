"""Who can do what to whose rows, as it was tried in the rebuilt database: one row for each try."""

from __future__ import annotations

from apprescue.model.access import Access, Cell
from apprescue.reports.inventories.interface import Row

HEADINGS = ("Came of it", "Who", "Does", "Which row", "What")


def rows(access: Access) -> list[Row]:
    """One row per try, leaks first. `intended` is null where nobody said what is meant."""
    return [_row(cell) for cell in sorted(access.cells, key=_order)] + [
        {
            "object": name,
            "kind": "",
            "column": "",
            "actor": "",
            "operation": "",
            "row": "",
            "verdict": "untested",
            "intended": None,
            "sql": "",
            "detail": why,
        }
        for name, why in access.missing
    ]


def cells(row: Row) -> tuple[str, ...]:
    """The row for people."""
    what = ".".join(filter(None, (row["object"].removeprefix("public."), row["column"])))
    return row["verdict"], row["actor"], row["operation"], row["row"] or row["detail"], what


def _row(cell: Cell) -> Row:
    return {
        "object": cell.object,
        "kind": cell.kind,
        "column": cell.column,
        "actor": cell.actor.value,
        "operation": cell.operation.value,
        "row": cell.row,
        "verdict": cell.verdict.value,
        "intended": cell.intended,
        "sql": cell.sql,
        "detail": cell.detail,
    }


def _order(cell: Cell) -> tuple[int, str, str, str]:
    return (list(type(cell.verdict)).index(cell.verdict), cell.object, cell.operation.value, cell.column)
