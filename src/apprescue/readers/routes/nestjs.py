"""NestJS: controllers' decorated methods, with the guards of the method, its class and the whole app.

A guard's own decision is followed with what the decorators keep for it (`SetMetadata("roles", ...)`), so a guard that
lets a `@Public()` route through is none there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from apprescue.model.place import Code
from apprescue.model.trace import Guard, Step, Value
from apprescue.source import known
from apprescue.source import tree as t
from apprescue.source.closures import Closure, Instance, Kind, place_of
from apprescue.source.endpoint import (
    NEXT,
    RESPONSE,
    Endpoint,
    guards_of,
    guards_of_function,
    guards_where_true,
    request,
)
from apprescue.source.flow import Flow
from apprescue.source.nest_project import Nest, classes, decorated
from apprescue.source.project import Module
from apprescue.source.quiet import is_test
from apprescue.source.routing import flat, texts

_VERBS = {v: v.upper() for v in ("Get", "Post", "Put", "Patch", "Delete", "Head")} | {"All": "ANY"}
_PARTS = {"Body": "body", "Query": "query", "Param": "path", "Headers": "header", "Session": "caller"}
_FILES = ("UploadedFile", "UploadedFiles")
_CALLER = re.compile(r"(?i)user|auth|account|session|member|caller|jwt")


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every route of every controller."""
    modules = [
        module
        for path in flow.project.paths()
        if "@nestjs/" in flow.project.files[path] and not is_test(path) and (module := flow.project.module(path))
    ]
    app = Nest(flow)
    for module in modules:
        app.learn(module)
    reader = _Reader(flow, app)
    for module in modules:
        for node in classes(module):
            for decorator in decorated(flow, module, node.decorators):
                if decorator.method == "Controller":
                    yield from reader.controller(module, node, decorator)


@dataclass(slots=True)
class _Reader:
    """The controllers of one app."""

    flow: Flow
    app: Nest

    def controller(self, module: Module, node: t.Class, decorator: Step) -> Iterator[Endpoint]:
        given = decorator.args[0] if decorator.args else Value()
        fields = given.fields or {}
        paths = texts(fields.get("path", Value()) if fields else given) or [""]
        own = decorated(self.flow, module, node.decorators)
        this = self.flow.instance(module, node)
        for method in (m for m in node.body if isinstance(m, t.Function) and m.decorators):
            steps = decorated(self.flow, module, method.decorators)
            verbs = [s for s in steps if s.method in _VERBS]
            for verb in verbs:
                ends = (texts(verb.args[0]) if verb.args else None) or [""]
                for whole in product(self.app.prefixes(node, [*steps, *own], fields), paths, ends):
                    address = self.app.address(*whole)
                    yield self.endpoint(module, method, this, _VERBS[verb.method], address, steps, own)

    def endpoint(
        self,
        module: Module,
        node: t.Function,
        this: Value,
        method: str,
        address: str,
        steps: list[Step],
        own: list[Step],
    ) -> Endpoint:
        closure = Closure(node, module, self.flow.scope(module), this)
        kept = {key: value for step in (*own, *steps) for key, value in _metadata(step)}
        asked = request("" if method == "ANY" else method, address)
        place = place_of(module, node)
        guards = [
            *self.app.guards,
            *(a for step in (*own, *steps) if step.method == "UseGuards" for a in flat(step.args)),
        ]
        found = [g for value in guards for g in self.decided(value, kept, asked, place)]
        if self.validated(module, node, [*own, *steps]):
            found.append(Guard("validation", "ValidationPipe", place))
        handler = Value(name=node.name, function=closure)
        return Endpoint(
            method,
            address,
            "nestjs",
            place,
            handler,
            (),
            [self.argument(module, p, asked) for p in node.params],
            guards=found,
        )

    def decided(self, value: Value, kept: dict[str, Value], asked: Value, place: Code) -> list[Guard]:
        """What a guard class's `canActivate` decides for a handler with these decorators."""
        made = value
        if isinstance(value.function, Kind):
            made = self.flow.instance(value.function.module, value.function.node)
        if not isinstance(made.function, Instance):
            return guards_of(self.flow, value, place)
        node, module = made.function.node, made.function.module
        own = {m.name: m for m in node.body if isinstance(m, t.Function)}
        scope = self.flow.scope(module)
        if "handleRequest" in own:
            signed_in = Step("jwt.verify", place)
            arguments = [
                Value(frozenset({"error"}), "error", step=signed_in),
                Value(frozenset({"caller"}), "user", step=signed_in),
            ]
            if not guards_of_function(self.flow, Closure(own["handleRequest"], module, scope, made), arguments):
                return []
        if "canActivate" in own:
            context = Value(name="context", fields={"metadata": Value(fields=kept), "request": asked, "...": Value()})
            found = guards_where_true(self.flow, Closure(own["canActivate"], module, scope, made), [context])
            above = [g for g in found if g.name == "super.canActivate"]
            found = [g for g in found if g not in above]
            return found + self.inherited(made.function, kept, asked, place) if above else found
        return self.inherited(made.function, kept, asked, place)

    def inherited(self, made: Instance, kept: dict[str, Value], asked: Value, place: Code) -> list[Guard]:
        bases = [self.flow.value_of(made.module, base) for base in made.node.bases]
        return [g for base in bases for g in self.decided(base, kept, asked, place)]

    def validated(self, module: Module, node: t.Function, steps: list[Step]) -> bool:
        """Whether a pipe checks the body against a class with rules."""
        piped = self.app.validates or any(
            "ValidationPipe" in a.name for s in steps if s.method == "UsePipes" for a in s.args
        )
        for param in node.params:
            names = {s.method for s in decorated(self.flow, module, param.decorators)}
            kind = self.kind(module, param)
            if piped and "Body" in names and kind and any(isinstance(m, t.Assign) for m in kind.body):
                return True
        return False

    def kind(self, module: Module, param: t.Parameter) -> t.Class | None:
        name = getattr(param.annotation, "id", "")
        value = self.flow.lookup(module, name) if name.isidentifier() else Value()
        return value.function.node if isinstance(value.function, Kind) else None

    def argument(self, module: Module, param: t.Parameter, asked: Value) -> Value:
        """What a decorated parameter is given."""
        name = getattr(param.target, "id", "")
        for step in decorated(self.flow, module, param.decorators):
            part = known.plain(step.args[0]) if step.args else ""
            if step.method in _PARTS:
                origin = _PARTS[step.method]
                kind = None if part else self.kind(module, param)
                fields = _fields(kind, origin) if kind else {}
                origins = frozenset({f"{origin}.{part}" if part else origin})
                if fields and self.app.whitelists:
                    return Value(origins | {"validated"}, name, fields=fields)
                return Value(origins, name, fields={**fields, "...": Value(origins)} if fields else None)
            if step.method in _FILES:
                return Value(frozenset({"form.file"}), name)
            if step.method in ("Req", "Request"):
                return asked
            if step.method in ("Res", "Response", "Next"):
                return NEXT if step.method == "Next" else RESPONSE
            if step.method in ("Ip", "HostParam"):
                return Value(frozenset({"header"}), name)
            return self.custom(step, part, name)
        return Value(name=name)

    def custom(self, step: Step, part: str, name: str) -> Value:
        """A decorator of the app's own, made with `createParamDecorator`."""
        maker = step.receiver if step.receiver is not None else None
        inner = next((a.function for a in (maker.args if maker else ()) if isinstance(a.function, Closure)), None)
        if inner is not None:
            context = Value(name="context", fields={"...": Value()})
            returned = self.flow.trace(inner, [Value(constant=part or None, literal=True), context]).returns
            origins = frozenset(o for v in returned for o in v.origins)
            if origins:
                return Value(origins, name)
        return Value(frozenset({"caller"}), name) if _CALLER.search(step.method) else Value(name=name)


def _fields(kind: t.Class, origin: str) -> dict[str, Value]:
    """The fields of the class that a part of the request is read into."""
    names = [m.target.id for m in kind.body if isinstance(m, t.Assign) and isinstance(m.target, t.Name)]
    return {name: Value(frozenset({f"{origin}.{name}"}), name) for name in names}


def _metadata(step: Step) -> Iterator[tuple[str, Value]]:
    """What a decorator keeps for the guards, by its key."""
    if step.method == "SetMetadata" and len(step.args) > 1:
        yield known.plain(step.args[0]) or step.args[0].name, step.args[1]
    elif step.name.endswith("createDecorator()"):
        yield step.name.removesuffix("()"), step.args[0] if step.args else Value(constant=True, literal=True)
