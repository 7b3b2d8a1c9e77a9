"""FastAPI: routes on apps and routers, mounted by `include_router`, behind dependencies and middleware."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from apprescue.model.trace import Step, Value
from apprescue.source.closures import Closure, Kind
from apprescue.source.endpoint import Endpoint, Middleware
from apprescue.source.flow import Flow
from apprescue.source.injection import binding, provided
from apprescue.source.interpreter import Hook, Run
from apprescue.source.python_routing import Routers, decorates, head_of, plain, routers, texts, wrapped

_SPEAKS = re.compile(r"\bfastapi\b|\bAPIRouter\b|\bInferringRouter\b")
_ROOTS = re.compile(r"^(?:fastapi(?:\.\w+)*\.(?:FastAPI|APIRouter)|fastapi_\w+(?:\.\w+)*\.(?:\w*Router))$")
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
_LISTS = frozenset({"api_route", "route", "add_api_route", "add_route"})
_SOCKETS = frozenset({"websocket", "websocket_route", "add_api_websocket_route", "add_websocket_route"})


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every route of every FastAPI app; a router that no app is seen to include stands alone only where an app
    includes something that reading cannot tell."""
    found = routers(flow, _SPEAKS, _ROOTS, "fastapi.FastAPI")
    walk = _Walk(flow, found)
    for key, made in list(found.created.items()):
        if made.name.endswith("FastAPI"):
            yield from walk.router(key, _Layer())
    if walk.unknown or not any(made.name.endswith("FastAPI") for made in found.created.values()):
        for key in [k for k in found.created if k not in walk.seen]:
            yield from walk.router(key, _Layer())


@dataclass(frozen=True, slots=True)
class _Layer:
    """What stands around a route: the path so far, dependencies and middleware."""

    prefix: str = ""
    dependencies: tuple[Value, ...] = ()
    middleware: tuple[Value, ...] = ()

    def inside(self, prefix: str, dependencies: Iterable[Value]) -> _Layer:
        return replace(self, prefix=self.prefix + prefix.rstrip("/"), dependencies=(*self.dependencies, *dependencies))


@dataclass(slots=True)
class _Walk:
    """The routers of one project."""

    flow: Flow
    found: Routers
    seen: set[object] = field(default_factory=set)
    inside: list[object] = field(default_factory=list)
    unknown: bool = False

    def router(self, key: object, layer: _Layer) -> Iterator[Endpoint]:
        if key in self.inside or len(self.inside) > 8 or key not in self.found.created:
            return
        self.inside.append(key)
        self.seen.add(key)
        made = self.found.created[key]
        layer = layer.inside(plain(made.keywords.get("prefix")), _wanted(made))
        calls = self.found.calls.get(key, [])
        layer = replace(
            layer, middleware=(*layer.middleware, *(m for c in reversed(calls) for m in self.middleware(c)))
        )
        for call in calls:
            yield from self.call(call, layer)
        self.inside.pop()

    def middleware(self, call: Step) -> Iterator[Value]:
        closure = decorates(call)
        if closure is not None and call.receiver is not None and call.receiver.method == "middleware":
            yield Value(name=closure.node.name, function=closure)
        if call.method == "add_middleware" and call.args and isinstance(call.args[0].function, Kind):
            run = self.flow.run(call.args[0].function.module)
            yield run.method(run.instance(call.args[0]), "dispatch")

    def call(self, call: Step, layer: _Layer) -> Iterator[Endpoint]:
        if call.method in ("include_router", "mount"):
            handed = call.args[-1] if call.method == "mount" and call.args else call.args[0] if call.args else None
            child = self.found.router(handed or call.keywords.get("router") or call.keywords.get("app") or Value())
            prefix = plain(call.args[0]) if call.method == "mount" and call.args else plain(call.keywords.get("prefix"))
            if child is not None:
                yield from self.router(child, layer.inside(prefix, _wanted(call)))
            self.unknown |= child is None and call.method == "include_router"
        closure = decorates(call)
        if closure is not None and call.receiver is not None:
            yield from self.registered(call.receiver, closure, layer)
        elif call.method in (_LISTS | _SOCKETS) and len(call.args) > 1 and isinstance(call.args[1].function, Closure):
            yield from self.registered(call, call.args[1].function, layer)

    def registered(self, call: Step, closure: Closure, layer: _Layer) -> Iterator[Endpoint]:
        written = call.args[0] if call.args else call.keywords.get("path")
        for method in _methods(call):
            yield self.endpoint(
                method, layer.prefix + plain(written), closure, (*layer.dependencies, *_wanted(call)), layer
            )

    def endpoint(self, method: str, path: str, closure: Closure, wanted: Sequence[Value], layer: _Layer) -> Endpoint:
        handler, decorators = wrapped(self.flow, closure)
        place = head_of(closure)
        bind = binding(path)

        def bound(run: Run, entered: Closure) -> dict[str, Value]:
            return bind(run, closure if entered is handler.function else entered)

        return Endpoint(
            method,
            path or "/",
            "fastapi",
            place,
            handler,
            before=[*(Middleware(m) for m in layer.middleware), *decorators],
            hooks=[_hook(w) for w in wanted],
            binding=bound,
            stands=place,
        )


def _hook(wanted: Value) -> Hook:
    return lambda run: provided(run, wanted)


def _wanted(call: Step) -> Iterator[Value]:
    """What `dependencies=[Depends(f), ...]` asks for."""
    for one in (call.keywords.get("dependencies") or Value()).items or ():
        made = one.step
        if made is not None and (made.args or "dependency" in made.keywords):
            yield made.args[0] if made.args else made.keywords["dependency"]


def _methods(call: Step) -> list[str]:
    if call.method in _VERBS:
        return [call.method.upper()]
    if call.method in _SOCKETS:
        return ["WEBSOCKET"]
    if call.method in _LISTS:
        return [m.upper() for m in texts(call.keywords.get("methods"))] or ["GET"]
    return []
