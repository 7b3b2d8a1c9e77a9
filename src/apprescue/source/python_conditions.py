"""The conditions that a Python query is written with, and what must be written for one more.

For SQLAlchemy's `filter_by(id=x)`, `filter(Model.id == x)`, `query.get(x)` and `session.get(Model, x)`, Django's
`filter(id=x)`, `get(id=x)` and `get_object_or_404(Model, id=x)`, and the first document of MongoDB's calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from apprescue.model.app import Query
from apprescue.model.patch import Edit
from apprescue.source import tree as t
from apprescue.source.handled import Handled, blocks

_BY_NAME = ("filter_by", "first_or_404", "filter", "get", "get_object_or_404", "aget")
_BY_VALUE = ("filter", "where")
_BY_KEY = ("get", "get_or_404")


@dataclass(frozen=True)
class Condition:
    """A column that a query holds against something, as it stands in a file. `model` is what the column is written on;
    `call` the whole call where the column is not written at all."""

    column: str
    value: t.Node
    form: str
    model: str = ""
    call: t.Call | None = None


def conditions(handled: Handled, query: Query) -> Iterator[Condition]:
    """The conditions that stand in the lines of a query, in a handler's file."""
    lines = range(query.place.line, max(query.place.line, query.place.end_line) + 1)
    for node in (inner for one in handled.top for inner in one.walk()):
        if isinstance(node, t.Call) and node.line in lines and node.end_line in lines:
            yield from _of_call(handled, node, query)


def _of_call(handled: Handled, call: t.Call, query: Query) -> Iterator[Condition]:
    name = call.callee.name if isinstance(call.callee, t.Member) else getattr(call.callee, "id", "")
    named = query.library == "django" or name in ("filter_by", "first_or_404")
    if named and name in _BY_NAME:
        yield from (Condition(column, value, "name") for column, value in call.keywords.items() if column != "**")
    if query.library == "sqlalchemy" and name in _BY_VALUE:
        yield from _compared(handled, call)
    if query.library == "sqlalchemy" and name in _BY_KEY and len(call.args) == 1 and not call.keywords:
        owner = call.callee.object if isinstance(call.callee, t.Member) else None
        if isinstance(owner, t.Member) and owner.name == "query" and isinstance(owner.object, t.Name):
            yield Condition("id", call.args[0], "key", owner.object.id, call)
    if query.library == "sqlalchemy" and name == "get" and len(call.args) == 2:
        yield Condition("id", call.args[1], "row", handled.cut(call.args[0]), call)
    if query.library in ("mongo", "mongodb", "pymongo", "motor") and call.args and isinstance(call.args[0], t.Object):
        rows = call.args[0].entries
        yield from (Condition(key, value, "entry") for key, value in rows if isinstance(key, str) and key[:1] != "$")


def _compared(handled: Handled, call: t.Call) -> Iterator[Condition]:
    code = handled.text.encode("utf-8", "surrogatepass")
    plain = bool(call.args) and code[call.callee.end : call.args[0].start].strip() == b"("
    for one in call.args if plain else ():
        equal = isinstance(one, t.Binary) and one.op == "==" and code[one.start : one.start + 1] != b"("
        if equal and isinstance(one, t.Binary) and isinstance(one.left, t.Member):
            yield Condition(one.left.name, one.right, "value", handled.cut(one.left.object))


def with_owner(handled: Handled, condition: Condition, column: str, caller: str) -> Edit | None:
    """The edit that lets a query ask for the caller's rows too; what `session.get` found is treated as missing where it
    is another's, if its handler asks whether it is there."""
    at = condition.value.end
    if condition.form == "row":
        found = _missing(handled, condition)
        return found and Edit(handled.path, found[1], found[1], f" or {found[0]}.{column} != {caller}")
    if condition.form == "name":
        return Edit(handled.path, at, at, f", {column}={caller}")
    if condition.form == "value":
        return Edit(handled.path, at, at, f", {condition.model}.{column} == {caller}")
    if condition.form == "entry" or condition.call is None or not isinstance(condition.call.callee, t.Member):
        return Edit(handled.path, at, at, f', "{column}": {caller}')
    callee = condition.call.callee
    last = "first_or_404" if callee.name == "get_or_404" else "first"
    asked = f".filter_by(id={handled.cut(condition.value)}, {column}={caller}).{last}()"
    return Edit(handled.path, callee.object.end, condition.call.end, asked)


def _missing(handled: Handled, condition: Condition) -> tuple[str, int] | None:
    """What a handler calls a row, and the end of the test behind its load that it is not there."""
    for block in blocks(handled.node):
        for load, behind in pairwise(block):
            value = load.value if isinstance(load, t.Assign) else None
            value = value.value if isinstance(value, t.Await) else value
            if value is condition.call and isinstance(load, t.Assign) and isinstance(load.target, t.Name):
                name, test = load.target.id, handled.cut(behind.test) if isinstance(behind, t.If) else ""
                if isinstance(behind, t.If) and test in (f"not {name}", f"{name} is None"):
                    return name, behind.test.end
    return None
