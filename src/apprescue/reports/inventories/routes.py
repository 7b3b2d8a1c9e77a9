"""Every address that the outside can call, with the guards in force before its handler does anything."""

from __future__ import annotations

from apprescue.model.app import App
from apprescue.reports.interface import flat
from apprescue.reports.inventories.interface import Row, place_cell

HEADINGS = ("Method", "Path", "Guards", "Touches", "Where")


def rows(app: App) -> list[Row]:
    """One row per route and method, with the framework's own form of the path."""
    return [
        {
            "method": route.method,
            "path": route.path,
            "params": [{"name": p.name, "in": p.where} for p in route.parameters],
            "guards": [
                {"kind": g.kind, "name": g.name, "fail_open": g.fail_open, "place": flat(g.place)} for g in route.guards
            ],
            "touches": sorted(route.touches),
            "place": flat(route.place),
            "framework": route.framework,
        }
        for route in app.routes
    ]


def cells(row: Row) -> tuple[str, ...]:
    """The row for people; a guard that fails open has a question mark."""
    guards = dict.fromkeys(g["kind"] + "?" * g["fail_open"] for g in row["guards"])
    return row["method"], row["path"], " ".join(guards) or "none", " ".join(row["touches"]), place_cell(row)
