"""Python apps and routers that calls and decorators fill: which calls fill which router, and what wraps a handler.

A router is known by the place that creates it, wherever it is handed to: through imports, parameters and factories.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from apprescue.model.place import Code
from apprescue.model.trace import Step, Value
from apprescue.source import known
from apprescue.source import tree as t
from apprescue.source.closures import Closure, Kind, first_line, place_of
from apprescue.source.flow import Flow
from apprescue.source.interpreter import Entered, Run
from apprescue.source.project import Module
from apprescue.source.quiet import is_test

_REGISTERS = re.compile(
    r"\.(?:get|post|put|patch|delete|route|api_route|websocket|include_router|mount|register\w*|add_\w+|before_\w+|init_app)\("
)
_NAMED_AS = re.compile(r"^_?(?:\w*app|application|server|\w*router|\w*api|bp|\w*blueprint|ns|namespace)$")


@dataclass(slots=True)
class Routers:
    """The calls on each router in the order of the text. `unknown` tells that something was mounted that reading
    cannot tell, so that every router may be reachable."""

    roots: re.Pattern[str]
    calls: dict[object, list[Step]] = field(default_factory=dict)
    created: dict[object, Step] = field(default_factory=dict)
    lines: set[tuple[str, int]] = field(default_factory=set)

    def add(self, step: Step) -> None:
        """Note a call on a router; other calls are left out."""
        root = self.root(step)
        if root is None:
            return
        key = _key(root)
        self.created.setdefault(key, root)
        calls = self.calls.setdefault(key, [])
        if step is root and root.receiver is not None:
            calls = self.calls.setdefault(_key(root.chain[0]), [])
        elif step is root:
            return
        self.lines.add((step.place.path, step.place.line))
        if not any(old.place == step.place and old.name == step.name and _same(old, step) for old in calls):
            calls.append(step)

    def root(self, step: Step) -> Step | None:
        """The creation of the router that a call is made on (or part of one: `api.namespace("lamps")`); the call itself
        where it creates one."""
        first = step.chain[0]
        if not self.roots.search(first.name):
            return None
        return next((link for link in step.chain if link.method == "namespace"), first)

    def router(self, value: Value) -> object | None:
        """The router that a value is; None for any other value."""
        root = self.root(value.step) if value.step is not None and "()." not in value.name else None
        return _key(root) if root is not None else None


def _key(root: Step) -> object:
    texts = tuple(known.plain(v) for v in (*root.args, *root.keywords.values()))
    return root.place, texts


def _same(one: Step, other: Step) -> bool:
    return [_told(v) for v in one.args] == [_told(v) for v in other.args]


def _told(value: Value) -> object:
    """What tells one argument from another: its text, its function, the place that made it."""
    node = getattr(value.function, "node", None)
    return known.plain(value), id(node) if node is not None else None, value.step.place if value.step else None


def routers(flow: Flow, speaks: re.Pattern[str], roots: re.Pattern[str], stand_in: str) -> Routers:
    """Every call on a router whose creation `roots` names, over the modules whose text `speaks` of the framework.

    A function that nobody calls and that registers routes gets an app made by `stand_in`.
    """
    found = Routers(roots)
    modules = list(_modules(flow, speaks))
    for module in modules:
        for step in flow.registrations(module, _not_entered):
            found.add(step)
    waiting = [c for module in modules for c in _factories(flow, module)]
    for closure in sorted(waiting, key=lambda c: len(c.node.params)):
        node = closure.node
        if not any(p == closure.module.path and node.line <= line <= node.end_line for p, line in found.lines):
            for step in flow.registrations(closure.module, _given(closure, stand_in), closure):
                found.add(step)
    return found


def _given(closure: Closure, stand_in: str) -> Entered:
    given = [_stand_in(closure, p, stand_in) for p in closure.node.params]
    return lambda step, _: given if step is None else None


def _not_entered(step: Step | None, closure: Closure) -> None:
    return None


def _modules(flow: Flow, speaks: re.Pattern[str]) -> Iterator[Module]:
    """The modules that speak of the framework, and those that register and import one of them."""
    paths = [p for p in flow.project.paths() if p.endswith(".py") and not is_test(p)]
    speaking = {p for p in paths if speaks.search(flow.project.files[p])}
    if not speaking:
        return
    for path in paths:
        text = flow.project.files[path]
        module = flow.project.module(path) if path in speaking or _REGISTERS.search(text) else None
        if module and (path in speaking or any(_target(flow, path, *i) in speaking for i in module.imports.values())):
            yield module


def _target(flow: Flow, path: str, source: str, name: str) -> str:
    inner = f"{source}{name}" if source.endswith(".") else f"{source}.{name}"
    return flow.project.target(path, source) or flow.project.target(path, inner)


def _factories(flow: Flow, module: Module) -> Iterator[Closure]:
    lines = module.text.split("\n")
    for node in module.names.values():
        text = "\n".join(lines[node.line - 1 : node.end_line])
        if isinstance(node, t.Function) and not node.decorators and _REGISTERS.search(text):
            yield Closure(node, module, flow.scope(module))


def _stand_in(closure: Closure, param: t.Parameter, name: str) -> Value:
    own = param.target.id if isinstance(param.target, t.Name) else ""
    typed = param.annotation.id if isinstance(param.annotation, t.Name) else ""
    if not _NAMED_AS.search(typed.lower() or own):
        return Value(name=own)
    made = Step(name, place_of(closure.module, closure.node))
    made.result = Value(name=f"{name}()", step=made)
    return made.result


def decorates(step: Step) -> Closure | None:
    """The function that a call with a decorator's answer decorates (`app.get("/x")` called with it)."""
    first = step.args[0].function if step.args else None
    return first if isinstance(first, Closure) and step.method.endswith("()") else None


def wrapped(flow: Flow, closure: Closure) -> tuple[Value, list[Value]]:
    """A function with the app's own decorators round it, and the packages' decorators, outermost first."""
    node, this = closure.node, closure.this
    bare = replace(closure, unbound=True) if this is not None else closure
    handler = Value(name=node.name, function=bare)
    run = flow.run(closure.module)
    before: list[Value] = []
    for decorator in reversed(node.decorators):
        run.module, run.work = closure.module, max(run.work, 4000)
        value = run.value(decorator, closure.scope)
        inner = _applied(run, value, handler)
        if inner is not None:
            handler = Value(name=node.name, function=inner.function)
        elif (value.name or value.step) and not _optional(value):
            before.insert(0, value)
    if handler.function is bare:
        return Value(name=node.name, function=closure), before
    assert isinstance(handler.function, Closure)
    return Value(name=node.name, function=replace(handler.function, first=this)), before


def wrapped_by_class(flow: Flow, kind: Kind, handler: Value, names: Iterable[str]) -> tuple[Value, list[Value]]:
    """A method with the decorators round it that its class lists (`decorators = [login_required]`)."""
    run, before = flow.run(kind.module), list[Value]()
    for one in flow.family(kind):
        for member in one.node.body:
            if isinstance(member, t.Assign) and getattr(member.target, "id", "") in names and member.value is not None:
                run.module = one.module
                listed = run.value(member.value, flow.scope(one.module))
                for decorator in (
                    *(listed.items or ()),
                    *(i for v in (listed.fields or {}).values() for i in v.items or ()),
                ):
                    inner = _applied(run, decorator, handler)
                    handler = Value(name=handler.name, function=inner.function) if inner is not None else handler
                    if inner is None:
                        before.insert(0, decorator)
    return handler, before


def methods_of(flow: Flow, kind: Kind, names: Iterable[str]) -> Iterator[tuple[str, Closure]]:
    """The methods of a class and its bases by these names, on one new object of it."""
    this = flow.run(kind.module).instance(Value(name=kind.node.name, function=kind))
    for name in sorted(names):
        for one in flow.family(kind):
            found = next((m for m in one.node.body if isinstance(m, t.Function) and m.name == name), None)
            if found is not None:
                yield name, Closure(found, one.module, flow.scope(one.module), this)
                break


def _applied(run: Run, decorator: Value, handler: Value) -> Value | None:
    """What one of the app's own decorators makes of a function; None where it is not known or not its own."""
    if not isinstance(decorator.function, Closure) or decorator.function.node is getattr(
        handler.function, "node", None
    ):
        return None
    made = run.enter(decorator.function, [handler])
    for choice in (made, *(c for c, _ in made.choices)):
        if isinstance(choice.function, Closure):
            return choice
    return None


def _optional(decorator: Value) -> bool:
    """Whether a decorator lets everybody pass (`@jwt_required(optional=True)`)."""
    options = decorator.step.keywords if decorator.step is not None else {}
    return options.get("optional", Value()).constant is True


def texts(value: Value | None) -> list[str]:
    """The literal texts in a list, or one text."""
    if value is None:
        return []
    return [str(v.constant) for v in (value.items or (value,)) if isinstance(v.constant, str)]


def plain(value: Value | None) -> str:
    """The text of a path or prefix; pieces that are not known are left out."""
    return known.plain(value) if value is not None else ""


def head_of(closure: Closure) -> Code:
    """Where a handler's own text stands, below its decorators."""
    return Code(closure.module.path, first_line(closure.node), closure.node.end_line)
