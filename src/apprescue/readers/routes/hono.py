"""Hono: methods on an app, `on`, `route` and `basePath`, middleware by pattern, and routes declared for OpenAPI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apprescue.model.trace import Step, Value
from apprescue.source import known
from apprescue.source.closures import Closure
from apprescue.source.endpoint import NEXT, Endpoint, Middleware, request, unwrapped
from apprescue.source.flow import Flow
from apprescue.source.known import plain
from apprescue.source.routing import Registrations, covers, flat, joined, once, registrations, texts

_VERBS = {v: v.upper() for v in ("get", "post", "put", "patch", "delete")} | {"all": "ANY"}


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every route of every Hono app that is not mounted into another one."""
    return once(_endpoints(registrations(flow)))


def _endpoints(found: Registrations) -> Iterator[Endpoint]:
    mounted = {
        child
        for key in found.of("hono")
        for step in found.calls[key]
        if step.method == "route"
        for value in step.args[1:]
        if (child := found.router(value)) is not None
    }
    for key in list(found.of("hono")):
        if key not in mounted:
            yield from _Walk(found).app(key, "")


@dataclass(slots=True)
class _Walk:
    """One app, walked in the order of registration. `active` is the middleware so far and its pattern."""

    found: Registrations
    active: list[tuple[str, Value]] = field(default_factory=list)
    inside: list[object] = field(default_factory=list)

    def app(self, key: object, prefix: str) -> Iterator[Endpoint]:
        if key in self.inside:
            return
        self.inside.append(key)
        for step in self.found.calls.get(key, ()):
            based = [plain(link.args[0]) for link in step.chain[:-1] if link.method == "basePath" and link.args]
            yield from self.step(step, joined(prefix, *based))
        self.inside.pop()

    def step(self, step: Step, prefix: str) -> Iterator[Endpoint]:
        args = list(step.args)
        if step.method == "route" and len(args) > 1:
            child = self.found.router(args[1])
            if child is not None:
                yield from self.app(child, joined(prefix, plain(args[0])))
        elif step.method == "use":
            paths = texts(args[0]) if args else None
            for path in paths if paths is not None else ["*"]:
                values = flat(args[1:] if paths is not None else args)
                self.active += [(joined(prefix, path), value) for value in values]
        elif step.method in _VERBS:
            yield from self.routes([_VERBS[step.method]], args, step, prefix)
        elif step.method == "on" and args:
            yield from self.routes([m.upper() for m in texts(args[0]) or []], args[1:], step, prefix)
        elif step.method in ("doc", "doc31") and args:
            for path in texts(args[0]) or []:
                yield self.endpoint("GET", joined(prefix, path), step, [Value(name=step.name)])
        elif step.method == "openapi" and len(args) > 1:
            yield from self.declared(step, args, prefix)

    def routes(self, methods: list[str], args: list[Value], step: Step, prefix: str) -> Iterator[Endpoint]:
        paths = texts(args[0]) if args else None
        values = list(flat(args[1:] if paths is not None else args))
        passes = len(values) == 1 and _passes_on(values[0])
        paths = [p for p in paths if not (passes and p.endswith("*"))] if paths is not None else None
        for path in paths if paths is not None else [""]:
            for method in methods if values else []:
                yield self.endpoint(method, joined(prefix, path), step, values)

    def declared(self, step: Step, args: list[Value], prefix: str) -> Iterator[Endpoint]:
        """`app.openapi(createRoute({ method, path, middleware }), handler)`."""
        route = args[0].step.args[0] if args[0].step and args[0].step.args else args[0]
        fields = route.fields or {}
        method, path = plain(fields.get("method", Value())), plain(fields.get("path", Value()))
        middleware = flat([fields["middleware"]]) if "middleware" in fields else ()
        if method:
            yield self.endpoint(method.upper(), joined(prefix, path), step, [*middleware, *args[1:2]])

    def endpoint(self, method: str, path: str, step: Step, values: list[Value]) -> Endpoint:
        asked_as = path.replace("{", ":").replace("}", "")
        before = [Middleware(v, "") for under, v in self.active if covers(under, asked_as, exact="*" not in under)]
        wrappers, handler = unwrapped(values[-1])
        before += [Middleware(v, "") for v in (*values[:-1], *wrappers)]
        asked = request("" if method == "ANY" else method, path)
        context = Value(name="context", fields={"req": asked, "request": asked, "...": Value()})
        return Endpoint(method, path, "hono", step.place, handler, before, (context, NEXT))


def _passes_on(value: Value) -> bool:
    """Whether a handler is only middleware for what comes behind it."""
    if isinstance(value.function, Closure):
        return len(value.function.node.params) == 2
    return value.step is not None and known.VALIDATION_CALL.search(value.step.name) is not None
