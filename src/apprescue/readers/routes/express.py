"""Express: `app.get(...)`, routers mounted with `use`, chains of `route`, in the order in which they are registered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apprescue.model.trace import Step, Value
from apprescue.source.closures import Closure
from apprescue.source.endpoint import NEXT, RESPONSE, Endpoint, Middleware, named_guards, request, unwrapped
from apprescue.source.flow import Flow
from apprescue.source.routing import Registrations, covers, flat, joined, once, registrations, texts

_VERBS = {v: v.upper() for v in ("get", "post", "put", "patch", "delete", "head", "options")} | {
    "all": "ANY",
    "del": "DELETE",
}
_APPS = ("express", "express.default")


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every route of every Express app, with the middleware registered before it under a path that covers it."""
    return once(_endpoints(registrations(flow)))


def _endpoints(found: Registrations) -> Iterator[Endpoint]:
    mounted = {child for key in found.of("express") for step in found.calls[key] for child in _children(found, step)}
    for key in list(found.of("express")):
        if key not in mounted and (found.created[key].name in _APPS or found.loads):
            yield from _Walk(found).router(key, "")


def _children(found: Registrations, step: Step) -> Iterator[object]:
    if step.method == "use" or step.method in _VERBS:
        for value in flat(step.args):
            if (child := found.router(value)) is not None:
                yield child


@dataclass(slots=True)
class _Walk:
    """One app's routers, walked in the order of registration. `active` is the middleware so far and its path,
    `handed_on` what stands at one method and address and goes on from there, `answered` how much is asked
    before each method and address that a handler ends; a later copy counts where it asks less (it opens up as soon as
    the first is tidied away)."""

    found: Registrations
    active: list[tuple[str, Value]] = field(default_factory=list)
    handed_on: list[tuple[str, str, Value]] = field(default_factory=list)
    inside: list[object] = field(default_factory=list)
    answered: dict[tuple[str, str], int] = field(default_factory=dict)

    def router(self, key: object, prefix: str) -> Iterator[Endpoint]:
        if key in self.inside or len(self.inside) > 8:
            return
        self.inside.append(key)
        for step in self.found.calls.get(key, ()):
            if step.method == "use":
                yield from self.use(step, prefix)
            elif step.method in _VERBS:
                yield from self.verb(step, prefix)
        self.inside.pop()

    def use(self, step: Step, prefix: str) -> Iterator[Endpoint]:
        paths = texts(step.args[0]) if step.args else None
        values = list(flat(step.args[1:] if paths is not None else step.args))
        for path in paths if paths is not None else [""]:
            full = joined(prefix, path) if not path.startswith("/^") else path
            for value in values:
                child = self.found.router(value)
                if child is not None:
                    yield from self.router(child, full)
                elif _answers(value) and path.strip("/*"):
                    yield self.endpoint("ANY", full, step, [value])
                elif not _handles_errors(value):
                    self.active.append((full, value))

    def verb(self, step: Step, prefix: str) -> Iterator[Endpoint]:
        via = next((s for s in reversed(step.chain[:-1]) if s.method == "route"), None)
        paths = texts(via.args[0]) if via and via.args else texts(step.args[0]) if step.args else None
        values = list(flat(step.args if via else step.args[1:]))
        if not values:
            return
        for path in paths if paths is not None else [""]:
            address = _VERBS[step.method], re.sub(r":\w+", ":", joined(prefix, path))
            endpoint = self.endpoint(_VERBS[step.method], joined(prefix, path), step, values)
            if self.answered.get(address, len(endpoint.before) + 1) <= len(endpoint.before):
                continue
            yield endpoint
            if not step.tests and not step.guards and _answers(endpoint.handler):
                self.answered.setdefault(address, len(endpoint.before))
            self.handed_on += [(_VERBS[step.method], joined(prefix, path), v) for v in values[-1:] if _goes_on(v)]

    def endpoint(self, method: str, path: str, step: Step, values: list[Value]) -> Endpoint:
        before = [Middleware(value, under) for under, value in self.active if covers(under, path)]
        for verb, under, value in self.handed_on:
            if verb in (method, "ANY") and covers(under, path, exact="*" not in under):
                before.append(Middleware(value, ""))
        wrappers, handler = unwrapped(values[-1])
        outer = [*values[:-1], *wrappers, *([] if isinstance(handler.function, Closure) else [handler])]
        before += [Middleware(v, "") for v in outer if not _handles_errors(v)]
        given = (request("" if method == "ANY" else method, path), RESPONSE, NEXT)
        outside = [g for g in step.guards if g.kind == "development"]
        return Endpoint(method, path, "express", step.place, handler, before, given, guards=outside)


def _handles_errors(value: Value) -> bool:
    return isinstance(value.function, Closure) and len(value.function.node.params) == 4


def _goes_on(value: Value) -> bool:
    """Whether what is registered for one address hands over to what is registered later (`app.get("/x", guard())`)."""
    closure = value.function
    if isinstance(closure, Closure):
        return len(closure.node.params) == 3
    return bool(value.step and named_guards(value.step.name, value.step.place))


def _answers(value: Value) -> bool:
    """Whether a function that is mounted answers itself: it has no `next` to go on with."""
    if isinstance(value.function, Closure):
        return len(value.function.node.params) in (1, 2)
    name = value.step.name if value.step else value.name
    return name.rpartition(".")[2].lower() in (
        "graphqlhttp",
        "createexpressmiddleware",
        "createhandler",
        "tonodehandler",
        "serve",
    )
