"""Rows that are changed by assigning to their fields: an ORM that keeps an eye on what it loaded writes them back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from apprescue.model.app import Query
from apprescue.model.trace import Step, Trace, Value

_WATCHES = frozenset({"sqlalchemy"})


def changed(trace: Trace, loaded: Mapping[int, Query]) -> Iterator[Query]:
    """An update for each row that was loaded and then assigned to. `loaded` are the trace's queries by the id of
    their last step."""
    rows: dict[int, list[Step]] = {}
    for step in trace.steps:
        made = step.args[0].step if step.name == "setattr" and len(step.args) == 3 else None
        if made is not None and (query := _query_of(made, loaded)) is not None:
            rows.setdefault(id(query.step), []).append(step)
    for key, steps in rows.items():
        query = loaded[key]
        if query.library in _WATCHES:
            fields = {name: value for step in steps for name, value in _fields(step)}
            yield replace(query, operation="update", place=steps[0].place, step=steps[0], written=Value(fields=fields))


def _query_of(made: Step, loaded: Mapping[int, Query]) -> Query | None:
    return next((loaded[id(link)] for link in reversed(made.chain) if id(link) in loaded), None)


def _fields(step: Step) -> Iterator[tuple[str, Value]]:
    """The field that is assigned to; for `setattr(row, key, value)` in a loop, those of what the loop goes over."""
    key, value = step.args[1].constant, step.args[2]
    over = step.loops[-1].of if step.loops else None
    if isinstance(key, str):
        yield key, value
    elif over is not None and over.fields is not None:
        yield from over.fields.items()
    else:
        yield "...", value
