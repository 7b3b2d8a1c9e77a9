"""What names stand for while code is followed: functions with the names around them, classes, objects, scopes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from apprescue.model.place import Code
from apprescue.model.trace import Value
from apprescue.source import tree as t
from apprescue.source.project import Module


@dataclass(slots=True, eq=False)
class Closure:
    """A function with the names around it, and the object it is a method of (`unbound` where it is called on the
    class, with the object as its first argument); `home` is the class whose body holds it, `first` an argument
    that comes before those it is called with."""

    node: t.Function
    module: Module
    scope: Scope
    this: Value | None = None
    unbound: bool = False
    home: t.Class | None = None
    first: Value | None = None


@dataclass(slots=True, eq=False)
class Kind:
    """One of the app's classes."""

    node: t.Class
    module: Module


@dataclass(slots=True, eq=False)
class Instance:
    """An object of one of the app's classes: its fields so far."""

    node: t.Class
    module: Module
    fields: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Above:
    """`super()`: an object, seen from the class behind `home`."""

    this: Value
    home: t.Class


class Scope:
    """Names and their values, the enclosing scope's behind."""

    __slots__ = ("names", "outer")

    def __init__(self, outer: Scope | None = None) -> None:
        self.names: dict[str, Value] = {}
        self.outer = outer

    def find(self, name: str) -> Value | None:
        """The value of a name, here or further out."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def holder(self, name: str) -> Scope:
        """The scope that holds a name; this one where none does."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.outer
        return self


def bound_names_of(function: Value, args: list[Value]) -> Value:
    """`method.bind(object)`."""
    closure = function.function
    assert isinstance(closure, Closure)
    this = args[0] if args and isinstance(args[0].function, Instance) else closure.this
    return Value(name=function.name, function=Closure(closure.node, closure.module, closure.scope, this))


def takes_error(node: t.Function) -> bool:
    """Whether a function is called back as Node's libraries do: with an error or nothing, then with the answer."""
    first = node.params[0].target if node.params else None
    return isinstance(first, t.Name) and first.id.lstrip("_").lower() in ("err", "error", "er", "e", "ex")


def first_line(node: t.Function) -> int:
    """The line of a function's own head, below its decorators."""
    return max((d.end_line for d in node.decorators), default=node.line - 1) + 1


def place_of(module: Module, node: t.Node) -> Code:
    """Where a node stands."""
    return Code(module.path, node.line, node.end_line)


def scope_of(inner: Scope, outer: Scope) -> Scope:
    """A block's scope: assignments to names of the function go through to it."""
    return inner if inner.names else outer


def assigned_names(body: list[t.Node]) -> Iterator[str]:
    """The names that statements give another value."""
    for node in body:
        if isinstance(node, t.Assign) and isinstance(node.target, t.Name):
            yield node.target.id


def is_settings(node: t.Class) -> bool:
    """Whether a class holds settings that the environment fills (pydantic's `BaseSettings`)."""
    return any(
        (isinstance(b, t.Name) and b.id.endswith("Settings"))
        or (isinstance(b, t.Member) and b.name.endswith("Settings"))
        for b in node.bases
    )
