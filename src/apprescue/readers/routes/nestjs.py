"""NestJS: controllers' decorated methods, with the guards of the method, its class and the whole app.

A guard's own decision is followed with what the decorators keep for it (`SetMetadata("roles", ...)`), so a guard that
lets a `@Public()` route through is none there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from apprescue.model.place import Code
from apprescue.model.trace import Guard, Step, Value
from apprescue.source import known
from apprescue.source import tree as t
from apprescue.source.closures import Closure, Instance, Kind, place_of
from apprescue.source.endpoint import (
    NEXT,
    RESPONSE,
    Endpoint,
    guards_of_function,
    guards_where_true,
    named_guards,
    request,
)
from apprescue.source.flow import Flow
from apprescue.source.project import Module
from apprescue.source.quiet import is_test
from apprescue.source.routing import flat, joined, texts

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
    app = _App(flow)
    for module in modules:
        app.learn(module)
    for module in modules:
        for node in _classes(module):
            for decorator in _decorated(flow, module, node.decorators):
                if decorator.method == "Controller":
                    yield from app.controller(module, node, decorator)


def _classes(module: Module) -> Iterator[t.Class]:
    for node in module.body:
        inner = node.value if isinstance(node, t.Export) else node
        if isinstance(inner, t.Class):
            yield inner


def _decorated(flow: Flow, module: Module, decorators: Sequence[t.Node]) -> list[Step]:
    """The calls that decorators are, `applyDecorators` opened."""
    steps: list[Step] = []
    waiting = [flow.value_of(module, d) for d in decorators]
    while waiting:
        value = waiting.pop(0)
        if value.step is not None and value.step.method == "applyDecorators":
            waiting += list(flat(value.step.args))
        elif value.step is not None:
            steps.append(value.step)
        elif value.name:
            steps.append(Step(value.name, Code(module.path)))
    return steps


@dataclass(slots=True)
class _App:
    """What holds for the whole app: its prefix and what it leaves out, its guards, whether bodies are validated."""

    flow: Flow
    prefix: str = ""
    excluded: list[str] = field(default_factory=list)
    versioned: bool = False
    validates: bool = False
    guards: list[Value] = field(default_factory=list)

    def learn(self, module: Module) -> None:
        if "NestFactory" in module.text:
            for step in self.flow.registrations(module, lambda step, closure: [] if step else None):
                self.setting(step)
        if "APP_GUARD" in module.text or "APP_PIPE" in module.text:
            for node in (n for top in module.body for n in top.walk() if isinstance(n, t.Object)):
                provided, used = node.get("provide"), node.get("useClass")
                if isinstance(provided, t.Name) and isinstance(used, t.Node):
                    if provided.id == "APP_GUARD":
                        self.guards.append(self.flow.value_of(module, used))
                    self.validates |= provided.id == "APP_PIPE" and getattr(used, "id", "") == "ValidationPipe"

    def setting(self, step: Step) -> None:
        if step.method == "setGlobalPrefix" and step.args:
            self.prefix = known.plain(step.args[0])
            options = step.args[1].fields or {} if len(step.args) > 1 else {}
            self.excluded = texts(options.get("exclude", Value())) or []
        elif step.method == "useGlobalGuards":
            self.guards += step.args
        elif step.method == "enableVersioning":
            self.versioned = True
        elif step.method == "useGlobalPipes":
            self.validates |= any("ValidationPipe" in a.name for a in step.args)

    def controller(self, module: Module, node: t.Class, decorator: Step) -> Iterator[Endpoint]:
        given = decorator.args[0] if decorator.args else Value()
        fields = given.fields or {}
        paths = texts(fields.get("path", Value()) if fields else given) or [""]
        own = _decorated(self.flow, module, node.decorators)
        this = self.flow.instance(module, node)
        for method in (m for m in node.body if isinstance(m, t.Function) and m.decorators):
            steps = _decorated(self.flow, module, method.decorators)
            verbs = [s for s in steps if s.method in _VERBS]
            version = self.version([*steps, *own], fields)
            for verb in verbs:
                for path in paths:
                    for end in (texts(verb.args[0]) if verb.args else None) or [""]:
                        yield self.endpoint(module, method, this, _VERBS[verb.method], [version, path, end], steps, own)

    def version(self, steps: list[Step], fields: dict[str, Value]) -> str:
        said = [known.plain(s.args[0]) for s in steps if s.method == "Version" and s.args]
        version = next(iter(said), "") or known.plain(fields.get("version", Value()))
        return f"v{version}" if self.versioned and version else ""

    def endpoint(
        self,
        module: Module,
        node: t.Function,
        this: Value,
        method: str,
        path: list[str],
        steps: list[Step],
        own: list[Step],
    ) -> Endpoint:
        inner = joined(*path)
        address = inner if inner.strip("/") in [e.strip("/") for e in self.excluded] else joined(self.prefix, inner)
        closure = Closure(node, module, self.flow.scope(module), this)
        kept = {key: value for step in (*own, *steps) for key, value in _metadata(step)}
        asked = request("" if method == "ANY" else method, address)
        place = place_of(module, node)
        guards = [*self.guards, *(a for step in (*own, *steps) if step.method == "UseGuards" for a in flat(step.args))]
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
            return named_guards(value.step.name if value.step else value.name, place)
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
            return guards_where_true(self.flow, Closure(own["canActivate"], module, scope, made), [context])
        return [g for base in node.bases for g in self.inherited(module, base, kept, asked, place)]

    def inherited(self, module: Module, base: t.Node, kept: dict[str, Value], asked: Value, place: Code) -> list[Guard]:
        value = self.flow.value_of(module, base)
        return self.decided(value, kept, asked, place)

    def validated(self, module: Module, node: t.Function, steps: list[Step]) -> bool:
        """Whether a pipe checks the body against a class with rules."""
        piped = self.validates or any(
            "ValidationPipe" in a.name for s in steps if s.method == "UsePipes" for a in s.args
        )
        for param in node.params:
            names = {s.method for s in _decorated(self.flow, module, param.decorators)}
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
        for step in _decorated(self.flow, module, param.decorators):
            part = known.plain(step.args[0]) if step.args else ""
            if step.method in _PARTS:
                origin = _PARTS[step.method]
                kind = None if part else self.kind(module, param)
                fields = _fields(kind, origin) if kind else {}
                origins = frozenset({f"{origin}.{part}" if part else origin})
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
