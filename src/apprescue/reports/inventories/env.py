"""Every environment name: where it is read, on which side, and which files declare it. Values are never shown."""

from __future__ import annotations

from apprescue.model.app import App
from apprescue.reports.interface import flat
from apprescue.reports.inventories.interface import Row

HEADINGS = ("Name", "Read by", "Times", "Declared in")


def rows(app: App) -> list[Row]:
    """One row per name, in the order of the alphabet."""
    names = sorted({e.name for e in app.env_reads} | {e.name for e in app.env_declared})
    return [
        {
            "name": name,
            "reads": [
                {"side": e.side, "has_fallback": e.fallback is not None, "place": flat(e.place)}
                for e in app.env_reads
                if e.name == name
            ],
            "declared": [{"is_empty": not e.value, "place": flat(e.place)} for e in app.env_declared if e.name == name],
        }
        for name in names
    ]


def cells(row: Row) -> tuple[str, ...]:
    """The row for people."""
    sides = " ".join(sorted({read["side"] for read in row["reads"]}))
    declared = " ".join(dict.fromkeys(d["place"]["path"] for d in row["declared"]))
    return row["name"], sides or "nothing", str(len(row["reads"])), declared or "nowhere"
