"""Functions that a host calls for every method: which methods they answer to, and how they are found by their file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from apprescue.model.place import Code
from apprescue.model.trace import Trace, Value
from apprescue.source import tree as t
from apprescue.source.answers import refuses, ways_out
from apprescue.source.closures import Closure, place_of
from apprescue.source.flow import Flow
from apprescue.source.guards import status_of
from apprescue.source.project import Module

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NOT_ALLOWED = 405


def methods_of(flow: Flow, handler: Value, given: Callable[[str], Sequence[Value]]) -> tuple[list[str], bool]:
    """The methods that a handler tests for, and whether it does its work for any other one too. `given` are its
    arguments for a method (empty: not known)."""
    closure = handler.function
    if not isinstance(closure, Closure):
        return [], True
    trace = flow.trace(closure, given(""))
    named = set(_tested(trace))
    tested = [m for m in METHODS if m in named]
    return (tested, _works(flow.trace(closure, given("OTHER")))) if tested else ([], True)


def _tested(trace: Trace) -> Iterator[str]:
    for test in (*trace.tests, *(test for s in trace.steps for test in s.tests)):
        for value in _parts(test):
            names = [o for o in value.operands if o.name in ("request.method", "request.httpMethod")]
            if names:
                for other in value.operands:
                    yield from (str(v.constant).upper() for v in other.deep() if isinstance(v.constant, str))


def _parts(value: Value) -> Iterator[Value]:
    yield value
    if value.op in ("&&", "||", "!"):
        for part in value.operands:
            yield from _parts(part)


def _works(trace: Trace) -> bool:
    """Whether a handler does more for a method than to refuse it."""
    answers = [v for v, _ in ways_out(trace)]
    if any(status_of(v) == _NOT_ALLOWED for v in answers) or any(
        status_of(Value(step=s)) == _NOT_ALLOWED for s in trace.steps
    ):
        return False
    return not all(refuses(v) for v in answers)


def exported_place(module: Module, name: str) -> Code:
    """Where a module exports a name."""
    node = module.exports.get(name)
    if isinstance(node, str):
        node = module.names.get(node)
    return place_of(module, node) if isinstance(node, t.Node) else Code(module.path, 1)


def object_value(module: Module, name: str) -> t.Object | None:
    """The object literal that a module exports under a name (`export const config = {...}`)."""
    node = module.names.get(name)
    value = node.value if isinstance(node, t.Assign) else None
    return value if isinstance(value, t.Object) else None


def literals(node: t.Node | None) -> list[str]:
    """The texts in a literal or a list of them."""
    items: Iterable[t.Node] = node.items if isinstance(node, t.Array) else [node] if node is not None else []
    return [i.value for i in items if isinstance(i, t.Literal) and isinstance(i.value, str)]


def stem(path: str) -> str:
    """A file's name without its ending."""
    return posixpath.basename(path).split(".")[0]


def known_request(request: Value, **parts: Value) -> Value:
    """A request with some of its parts given."""
    return Value(name="request", fields={**(request.fields or {}), **parts}) if parts else request


def path_names(path: str) -> list[str]:
    """The names of a path's parameters, in any framework's form."""
    found = re.findall(r":(\w+)|\[\[?(?:\.\.\.)?(\w+)\]?\]|\{(\w+)\}", path)
    return [next(n for n in names if n) for names in found]
