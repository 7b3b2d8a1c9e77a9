"""TanStack Start: functions that pages call by name (`createServerFn`), and routes with handlers on the server.

Source: https://tanstack.com/start/latest/docs/framework/react/guide/server-functions (and server-routes, middleware).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from apprescue.model.trace import Guard, Step, Value
from apprescue.source.closures import Closure
from apprescue.source.endpoint import NEXT, Endpoint, guards_of_function, request, unwrapped
from apprescue.source.flow import Flow
from apprescue.source.known import plain
from apprescue.source.quiet import is_test
from apprescue.source.routing import flat
from apprescue.source.serving import exported_place

_SPEAKS = re.compile(r"createServerFn|createServerFileRoute|createAPIFileRoute|createFileRoute[\s\S]*?\bhandlers\b")
_VERBS = frozenset("GET POST PUT PATCH DELETE HEAD ANY".split())
_ROUTES = ("createFileRoute", "createServerFileRoute", "createAPIFileRoute")


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every server function and every handler of a server route."""
    for path in flow.project.paths():
        if not is_test(path) and _SPEAKS.search(flow.project.files[path]):
            module = flow.project.module(path)
            for name in dict.fromkeys((*module.names, *module.exports)) if module else ():
                value = flow.exported(path, name) or (flow.lookup(module, name) if module else None)
                if module is not None and value is not None and value.step is not None:
                    place = exported_place(module, name)
                    chain = value.step.chain
                    if chain[0].method == "createServerFn":
                        yield from _function(flow, chain, Endpoint("POST", f"{path}#{name}", _NAME, place, Value()))
                    elif any(link.name.endswith(_ROUTES) for link in chain):
                        yield from _handlers(flow, chain, Endpoint("", "", _NAME, place, Value()))


_NAME = "tanstack"


def _function(flow: Flow, chain: Sequence[Step], made: Endpoint) -> Iterator[Endpoint]:
    handler = next((link.args[0] for link in chain if link.method == "handler" and link.args), None)
    if handler is None or not isinstance(unwrapped(handler)[1].function, Closure):
        return
    options = (chain[0].args[0].fields if chain[0].args else None) or {}
    made.method = plain(options["method"]).upper() if "method" in options else "GET"
    data = Value(frozenset({"body"}), "data")
    made.guards, context = _before(flow, chain, data)
    made.handler = unwrapped(handler)[1]
    made.given = [Value(name="options", fields={"data": data, "context": context, "...": Value()})]
    yield made


def _before(flow: Flow, chain: Iterable[Step], data: Value) -> tuple[list[Guard], Value]:
    """What the middleware of a function asks for, and the context that it hands on."""
    guards: list[Guard] = []
    context = Value(name="context", fields={"...": Value()})
    for one in flat(a for link in chain if link.method == "middleware" for a in link.args):
        links = one.step.chain if one.step is not None else []
        found, context = _before(flow, links, data) if links else ([], context)
        guards += [guard for guard in found if guard not in guards]
        for closure in (a.function for link in links if link.method == "server" for a in link.args):
            if isinstance(closure, Closure):
                given = [Value(name="options", fields={"next": NEXT, "data": data, "context": context, "...": Value()})]
                guards += [guard for guard in guards_of_function(flow, closure, given) if guard not in guards]
                context = _handed_on(flow.trace(closure, given).steps, context)
    return guards, context


def _handed_on(steps: Iterable[Step], before: Value) -> Value:
    """The context behind `next({ context: { ... } })`."""
    handed = [(s.args[0].fields or {}).get("context", Value()) for s in steps if s.name == "next" and s.args]
    fields = {**(before.fields or {}), **{key: v for one in handed for key, v in (one.fields or {}).items()}}
    return Value(name="context", fields=fields)


def _handlers(flow: Flow, chain: Sequence[Step], made: Endpoint) -> Iterator[Endpoint]:
    address = next((plain(link.args[0]) for link in chain if link.name.endswith(_ROUTES) and link.args), "")
    made.path = re.sub(r"/\$(?=/|$)", "/*", re.sub(r"\$(\w+)", r":\1", address))
    given = [(a.fields or {}) for link in chain for a in link.args]
    server = next(((one["server"].fields or {}) for one in given if "server" in one), {})
    told = server.get("handlers") or next((Value(fields=one) for one in given if _VERBS.intersection(one)), Value())
    guards, context = (
        _before(flow, [_step(chain[-1], server["middleware"])], Value()) if "middleware" in server else ([], Value())
    )
    for method, value in (told.fields or {}).items():
        inner = (value.fields or {}).get("handler", value)
        if method in _VERBS and isinstance(unwrapped(inner)[1].function, Closure):
            asked = {"request": request(method, made.path), "params": Value(frozenset({"path"}), "params")}
            options = Value(name="options", fields={**asked, "context": context, "...": Value()})
            yield Endpoint(method, made.path, _NAME, made.place, unwrapped(inner)[1], given=[options], guards=guards)


def _step(link: Step, middleware: Value) -> Step:
    return Step("middleware", link.place, (middleware,), {})
