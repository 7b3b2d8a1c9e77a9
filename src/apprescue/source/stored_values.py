"""What a route stores of a request's body as it came, and what the database's columns take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from apprescue.model.app import App, Query, Route
from apprescue.model.schema import Column, Table
from apprescue.model.trace import Value
from apprescue.source.owner_path import same_name
from apprescue.source.routes import goes_round_rules, written_by

Kind = Literal["number", "whole number", "yes or no", "date", "id", "word of a list"]

_FIELD = re.compile(r"body\.(\w+)")
_COMPARES = ("<", "<=", ">", ">=", "==", "!=", "in", "instanceof")
_KINDS: tuple[tuple[str, Kind], ...] = (
    (r"(?:small|big)?(?:int|serial)(?:eger|\d)?$|int\d$|serial\d?$", "whole number"),
    (r"numeric|decimal|real$|double|float|money", "number"),
    (r"bool", "yes or no"),
    (r"date$|timestamp", "date"),
    (r"uuid$", "id"),
)


@dataclass(frozen=True)
class Stored:
    """A field of the body that a route writes into a column untouched and unlooked at. `words` are those that the
    column takes, `least` the number that it must be over, or at least where `or_equal`."""

    field: str
    table: str
    column: str
    kind: Kind
    words: tuple[str, ...] = ()
    least: str = ""
    or_equal: bool = False
    needed: bool = False


def stored_unchecked(app: App, route: Route, queries: Iterable[Query]) -> list[Stored]:
    """Those fields, each once; none of a field that goes into columns of different kinds."""
    found: dict[str, Stored] = {}
    unsure: set[str] = set()
    for query in queries:
        for one in _stored(app, route, query):
            if found.setdefault(one.field, one).kind != one.kind:
                unsure.add(one.field)
    return [one for name, one in found.items() if name not in unsure]


def _stored(app: App, route: Route, query: Query) -> Iterator[Stored]:
    writes = query.operation in ("insert", "update", "upsert") and goes_round_rules(query) and not query.step.refusing
    table = _table(app, query.table) if writes else None
    if table is None or any(guard.kind == "validation" for guard in query.step.guards):
        return
    for name, value in written_by(query).items():
        field = _untouched(value)
        column = next((one for one in table.columns if same_name(one.name, name)), None) if field else None
        if column is None or (found := _kind(app, table, column)) is None:
            continue
        if not any(_looks_at(test, f"body.{field}") for test in (route.trace.tests if route.trace else ())):
            kind, words = found
            low = _least(table, column)
            needed = query.operation != "update" and not column.nullable and not column.default and not query.step.tests
            yield Stored(field, query.table, column.name, kind, words, *low, needed and not query.in_loop)


def _table(app: App, name: str) -> Table | None:
    same = [one for one in app.schema.tables if same_name(one.name.rpartition(".")[2], name)]
    return app.schema.table(name) or (same[0] if len(same) == 1 else None)


def _untouched(value: Value) -> str:
    """The field of the body that a value is, as it came."""
    origin = _FIELD.fullmatch(next(iter(value.origins))) if len(value.origins) == 1 else None
    if origin is None or value.literal or value.fields is not None or value.op not in ("", "of"):
        return ""
    told = value.step.name if value.step is not None else ""
    plain = not told or told.endswith(("request.json", "request.json().catch"))
    return origin[1] if plain and (not value.name or value.name.endswith(f".{origin[1]}")) else ""


def _kind(app: App, table: Table, column: Column) -> tuple[Kind, tuple[str, ...]] | None:
    if words := app.schema.enums.get(column.type, app.schema.enums.get(f"public.{column.type}", ())):
        return "word of a list", words
    for check in table.checks:
        own = rf"(?is)\(*\"?{re.escape(column.name)}\"?\)?(?:::text)?\s*(?:in|=\s*any)\s*\((.*)"
        listed = re.fullmatch(own, check.strip())
        words = tuple(re.findall(r"'((?:[^']|'')*)'", listed[1])) if listed else ()
        if words and not re.search(r"(?i)\b(?:or|and)\b", re.sub(r"'(?:[^']|'')*'", "", check)):
            return "word of a list", words
    return next(((kind, ()) for form, kind in _KINDS if re.match(form, column.type)), None) if _single(column) else None


def _single(column: Column) -> bool:
    return "[" not in column.type and not column.generated


def _least(table: Table, column: Column) -> tuple[str, bool]:
    for check in table.checks:
        found = re.fullmatch(rf"\(*\"?{re.escape(column.name)}\"?\)?\s*(>=?)\s*\(?(\d+)\)*(?:::\w+\)*)?", check.strip())
        if found:
            return found[2], found[1] == ">="
    return "", False


def _looks_at(test: Value, origin: str) -> bool:
    """Whether a test asks more of a field than whether it is there."""
    waiting, seen = [test], {id(test)}
    while waiting:
        value = waiting.pop()
        if origin in value.origins:
            compared = value.op in _COMPARES and not any(one.literal and one.constant is None for one in value.operands)
            asked = value.op == "" and value.step is not None and not value.step.name.endswith("request.json")
            if compared or asked or (value.op == "of" and "validated" in value.origins):
                return True
        parts = (*value.operands, *(value.step.args if value.step is not None else ()))
        for part in parts:
            if id(part) not in seen:
                seen.add(id(part))
                waiting.append(part)
    return False
