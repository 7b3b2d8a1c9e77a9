"""An inventory is a module with `rows(app)`, `HEADINGS` and `cells(row)`: the map for programs and for people."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

from apprescue.reports.interface import Screen, line, sound

Row = dict[str, Any]

SHORTEST_LAST = 24


def as_json(rows: list[Row]) -> str:
    """The rows for programs."""
    return json.dumps(sound(rows), indent=2) + "\n"


def as_table(headings: Sequence[str], cells: Sequence[Sequence[str]], screen: Screen) -> str:
    """The rows for people. A long last cell, where the place stands, loses its beginning."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not cells:
        return "None seen.\n"
    out = io.StringIO()
    rows = [[line(cell) for cell in row] for row in cells]
    taken = sum(max(len(cell) for cell in column) + 2 for column in [*zip(headings, *rows, strict=True)][:-1])
    room = max(SHORTEST_LAST, screen.width - taken - 2)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold", min_width=room if heading == headings[-1] else None)
    for *others, last in rows:
        table.add_row(*map(Text, others), Text(last if len(last) <= room else "…" + last[1 - room :]))
    console = Console(
        file=out, width=screen.width, force_terminal=screen.color, no_color=not screen.color, highlight=False
    )
    console.print(table)
    return "".join(text.rstrip() + "\n" for text in out.getvalue().splitlines())


def place_cell(row: Row) -> str:
    """Where a row stands, in one cell."""
    place = row["place"]
    return f"{place['path']}:{place['line']}" if place["path"] else ""
