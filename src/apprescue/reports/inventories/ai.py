"""Every call to a language model: whose, from which route, and whether a caller's words go in."""

from __future__ import annotations

from apprescue.model.app import App
from apprescue.reports.interface import flat
from apprescue.reports.inventories.interface import Row, place_cell

HEADINGS = ("Provider", "Call", "Caller's words", "Route", "Where")


def rows(app: App) -> list[Row]:
    """One row per call."""
    return [
        {
            "provider": call.provider,
            "call": call.step.name,
            "takes_input": any(value.is_input for value in call.step.values),
            "route": call.route,
            "place": flat(call.place),
        }
        for call in app.ai_calls
    ]


def cells(row: Row) -> tuple[str, ...]:
    """The row for people."""
    return row["provider"], row["call"], "yes" if row["takes_input"] else "", row["route"], place_cell(row)
