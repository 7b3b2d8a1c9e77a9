"""Fastify: methods and `route`, plugins with prefixes, hooks of the scopes around a route, decorators as hooks."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace

from apprescue.model.trace import Guard, Step, Value
from apprescue.source import tree as t
from apprescue.source.closures import Closure
from apprescue.source.endpoint import RESPONSE, Endpoint, Middleware, request, unwrapped
from apprescue.source.flow import Flow
from apprescue.source.interpreter import Entered, Hook
from apprescue.source.known import plain
from apprescue.source.routing import SCOPE, Registrations, flat, joined, once, registrations, router_of, texts

_VERBS = {v: v.upper() for v in ("get", "post", "put", "patch", "delete", "head")} | {"all": "ANY"}
_HOOKS = ("onRequest", "preParsing", "preValidation", "preHandler", "beforeHandler")
_SENT = ("body", "querystring", "query", "params")


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every route of every Fastify app, with the hooks of all scopes around it."""
    found = registrations(flow)
    _load_folders(flow, found)
    return once(_Scopes(found).endpoints())


@dataclass(slots=True)
class _Scopes:
    """The scopes of the apps. `decorated` are the functions that plugins add to the app by name, `ended` hooks as
    Fastify runs them."""

    found: Registrations
    decorated: dict[str, Value] = field(default_factory=dict)
    ended: dict[Closure, Value] = field(default_factory=dict)

    def endpoints(self) -> Iterator[Endpoint]:
        scopes = list(self.found.of("fastify"))
        for key in scopes:
            for step in self.found.calls[key]:
                if step.method == "decorate" and len(step.args) > 1:
                    self.decorated.setdefault(plain(step.args[0]), step.args[1])
        for key in scopes:
            for step in self.found.calls[key]:
                yield from self.routes(step, self.found.created[key])

    def routes(self, step: Step, scope: Step) -> Iterator[Endpoint]:
        args = list(step.args)
        if step.method in _VERBS and len(args) > 1:
            options = next((a for a in args[1:-1] if a.fields is not None), Value(fields={}))
            handler = args[-1] if args[-1].fields is None else (args[-1].fields or {}).get("handler", Value())
            options = args[-1] if args[-1].fields is not None else options
            for path in texts(args[0]) or []:
                yield self.endpoint(_VERBS[step.method], path, options, handler, step, scope)
        elif step.method == "route" and args and args[0].fields is not None:
            fields = args[0].fields
            methods = texts(fields.get("method", Value())) or []
            for path in texts(fields.get("url", fields.get("path", Value()))) or []:
                for method in methods:
                    yield self.endpoint(method.upper(), path, args[0], fields.get("handler", Value()), step, scope)

    def endpoint(self, method: str, path: str, options: Value, handler: Value, step: Step, scope: Step) -> Endpoint:
        around = list(_around(scope))
        address = joined(*(p for s in around for p in _prefix(s)), path)
        fields = options.fields or {}
        hooks = [h for s in around for h in self.hooks(s)] + [
            v for name in _HOOKS if name in fields for v in flat([fields[name]])
        ]
        wrappers, inner = unwrapped(self.resolved(handler))
        before = [Middleware(v, "") for h in (*hooks, *wrappers) for v in self.opened(h)]
        schema = fields.get("schema", Value()).fields or {}
        checked = [Guard("validation", "schema", step.place)] if any(name in schema for name in _SENT) else []
        asked = request("" if method == "ANY" else method, address)
        sets = [_run_first(v.function, asked) for h in hooks if isinstance((v := self.resolved(h)).function, Closure)]
        given = (asked, RESPONSE)
        return Endpoint(method, address, "fastify", step.place, inner, before, given, guards=checked, hooks=sets)

    def hooks(self, scope: Step) -> Iterator[Value]:
        for key in self.found.of("fastify"):
            if self.found.created[key] is scope or (
                scope.name != SCOPE
                and self.found.created[key].place == scope.place
                and self.found.created[key].name == scope.name
            ):
                for step in self.found.calls[key]:
                    if step.method == "addHook" and len(step.args) > 1 and plain(step.args[0]) in _HOOKS:
                        yield step.args[1]

    def opened(self, value: Value) -> Iterator[Value]:
        """`app.auth([first, second])` of @fastify/auth is those."""
        if value.step is not None and value.step.method == "auth" and value.step.args:
            for inner in flat(value.step.args[:1]):
                yield self.ending(self.resolved(inner))
        else:
            yield self.ending(self.resolved(value))

    def ending(self, hook: Value) -> Value:
        """A hook as Fastify runs it: one whose last deed is to send an answer ends the request with it."""
        closure = hook.function
        if not isinstance(closure, Closure) or len(closure.node.params) != 2:
            return hook
        if closure not in self.ended:
            target = closure.node.params[1].target
            node = copy(closure.node)
            node.body = _returning(node.body, target.id) if isinstance(target, t.Name) else node.body
            self.ended[closure] = replace(hook, function=replace(closure, node=node))
        return self.ended[closure]

    def resolved(self, value: Value) -> Value:
        """What a plugin added to the app under that name, where it is a function of the app's."""
        if isinstance(value.function, Closure):
            return value
        owner, _, name = value.name.rpartition(".")
        return self.decorated.get(name, value) if owner else value


def _returning(body: list[t.Node], reply: str) -> list[t.Node]:
    """Statements of which the last ones return what they send."""
    last = copy(body[-1]) if body else None
    if isinstance(last, t.Try) and not last.final:
        last.handlers = [_with_body(one, reply) for one in last.handlers]
    elif isinstance(last, t.If):
        last.then, last.other = _returning(last.then, reply), _returning(last.other, reply)
    elif isinstance(last, (t.Call, t.Await)) and _sends(last, reply):
        sent, last = last, t.Return(last)
        last.line, last.end_line, last.start, last.end = sent.line, sent.end_line, sent.start, sent.end
    return [*body[:-1], last] if last is not None else body


def _with_body(handler: t.Handler, reply: str) -> t.Handler:
    made = copy(handler)
    made.body = _returning(handler.body, reply)
    return made


def _sends(node: t.Node, reply: str) -> bool:
    call = node.value if isinstance(node, t.Await) else node
    ends = isinstance(call, t.Call) and isinstance(call.callee, t.Member) and call.callee.name == "send"
    inner: t.Node | None = call
    while isinstance(inner, (t.Call, t.Member)):
        inner = inner.callee if isinstance(inner, t.Call) else inner.object
    return ends and isinstance(inner, t.Name) and inner.id == reply


def _run_first(closure: Closure, asked: Value) -> Hook:
    """A hook that puts functions on the request (`request.callerId = async () => ...`), run for the handler's sake."""
    puts = any(
        isinstance(n, t.Assign) and isinstance(n.target, t.Member) and isinstance(n.value, t.Function)
        for n in closure.node.body
    )
    return lambda run: run.enter(closure, [asked, RESPONSE]) if puts else None


def _around(scope: Step) -> Iterator[Step]:
    """The scopes from the app's own to this one."""
    if scope.name == SCOPE and scope.receiver is not None and (outer := router_of(scope.receiver)) is not None:
        yield from _around(outer)
    yield scope


def _prefix(scope: Step) -> Iterator[str]:
    if scope.name == SCOPE and len(scope.args) > 1:
        yield plain((scope.args[1].fields or {}).get("prefix", Value()))


def _load_folders(flow: Flow, found: Registrations) -> None:
    """@fastify/autoload: every file of a folder is a plugin, its folder is its prefix."""
    for step in [s for key in found.of("fastify") for s in found.calls[key]]:
        if step.method != "register" or len(step.args) < 2 or "autoload" not in step.args[0].name.lower():
            continue
        wanted = (step.args[1].fields or {}).get("dir", Value())
        parts = wanted.step.args if wanted.step else (wanted,)
        below = posixpath.normpath(
            posixpath.join(posixpath.dirname(step.place.path), *(plain(p).strip("/") for p in parts))
        )
        for path in flow.project.paths():
            module = flow.project.module(path) if path.startswith(below + "/") else None
            plugin = flow.exported(path, "default") if module else None
            if module is None or plugin is None or not isinstance(plugin.function, Closure):
                continue
            prefix = re.sub(r"(?:^|/)_(\w+)", r"/:\1", posixpath.dirname(path[len(below) + 1 :]))
            options = Value(fields={"prefix": Value(constant=prefix, literal=True)})
            scope = Step(SCOPE, step.place, (step.args[0], options), receiver=step, function=path)
            given = [Value(name="fastify()", step=scope)]
            found.add(flow.registrations(module, _handing(given), plugin.function))


def _handing(given: list[Value]) -> Entered:
    return lambda step, closure: given if step is None else []
