"""An inventory is a module with `rows(app)`, `HEADINGS` and `cells(row)`: the map for programs and for people."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

from apprescue.reports.interface import Screen, line

Row = dict[str, Any]


def as_json(rows: Sequence[Row]) -> str:
    """The rows for programs."""
    return json.dumps(rows, indent=2) + "\n"


def as_table(headings: Sequence[str], cells: Sequence[Sequence[str]], screen: Screen) -> str:
    """The rows for people. A long last cell, where the place stands, loses its beginning."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not cells:
        return "None seen.\n"
    out = io.StringIO()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in cells:
        *others, last = map(line, row)
        table.add_row(
            *map(Text, others), Text(last if len(last) <= screen.width // 2 else "…" + last[-screen.width // 2 + 1 :])
        )
    console = Console(
        file=out, width=screen.width, force_terminal=screen.color, no_color=not screen.color, highlight=False
    )
    console.print(table)
    return "".join(text.rstrip() + "\n" for text in out.getvalue().splitlines())


def place_cell(row: Row) -> str:
    """Where a row stands, in one cell."""
    place = row["place"]
    return f"{place['path']}:{place['line']}" if place["path"] else ""
