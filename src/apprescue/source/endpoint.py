"""From what a framework's reader found (an address, its middleware, its handler) to a route with guards and steps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from apprescue.model.app import Parameter, Route, Where
from apprescue.model.place import Code
from apprescue.model.trace import INPUT, Guard, Step, Trace, Value
from apprescue.source import known
from apprescue.source.answers import guards_held, in_force, refuses, ways_out
from apprescue.source.closures import Closure
from apprescue.source.flow import Flow
from apprescue.source.guards import implied
from apprescue.source.interpreter import Binding, Hook
from apprescue.source.touches import touches

REQUEST = Value(name="request")
RESPONSE = Value(name="response")
CONTEXT = Value(name="context")
NEXT = Value(name="next")


class _Told(dict[str, Value]):
    """What is known of a request; `asked` are the parts that code looked at."""

    def __init__(self, known_parts: dict[str, Value]) -> None:
        super().__init__(known_parts)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Value:
        if name != "...":
            self.asked.add(name)
        return super().__getitem__(name)


def request(method: str = "", path: str = "") -> Value:
    """A request whose method and path are known, so that tests of them come out one way."""
    fields = _Told({"...": Value()})
    if method:
        fields |= dict.fromkeys(("method", "httpMethod"), Value(name="request.method", constant=method, literal=True))
    if path:
        known_path = Value(name="request.path", constant=path, literal=True)
        fields |= dict.fromkeys(("path", "pathname", "originalUrl", "routePath"), known_path)
    return Value(name="request", fields=fields)


@dataclass(frozen=True, slots=True)
class Middleware:
    """Something that runs before a handler, registered `under` a path."""

    value: Value
    under: str = ""


@dataclass(slots=True)
class Endpoint:
    """An address as a reader found it. `before` is what runs before the handler, in order, as values: functions of
    the app, or names of packages' guards. `given` are the handler's arguments by position, `named` by name.
    `guards` are those that stand outside any code (a decorator known by name), `gateway` what a host asks for
    that is no guard. `hooks` run before the handler in one trace with it; `binding` is how the framework gives
    parameters their values; `request` is what its global request stands for; `stands` is where the handler's text
    stands, if `handler` only wraps it."""

    method: str
    path: str
    framework: str
    place: Code
    handler: Value
    before: Sequence[Value | Middleware] = ()
    given: Sequence[Value] = ()
    named: dict[str, Value] = field(default_factory=dict)
    guards: Sequence[Guard] = ()
    gateway: str = ""
    hooks: Sequence[Hook] = ()
    binding: Binding | None = None
    request: Value | None = None
    stands: Code | None = None


def route_of(flow: Flow, endpoint: Endpoint) -> Route:
    """Follow an endpoint's middleware and handler."""
    guards = [*endpoint.guards]
    for one in endpoint.before:
        value, under = (one.value, one.under) if isinstance(one, Middleware) else (one, None)
        guards.extend(g for g in guards_of(flow, value, endpoint.place, endpoint, under) if g not in guards)
    closure = endpoint.handler.function
    if isinstance(closure, Closure):
        trace = flow.trace(
            closure,
            endpoint.given,
            "server",
            guards,
            endpoint.named,
            endpoint.hooks,
            endpoint.binding,
            endpoint.request,
        )
        trace.place = endpoint.stands or trace.place
    else:
        trace = Trace(endpoint.handler.name, endpoint.place, "server", guards=guards)
    return Route(
        endpoint.method,
        endpoint.path,
        endpoint.framework,
        endpoint.place,
        tuple(_parameters(endpoint, trace)),
        tuple(in_force(trace, guards)),
        frozenset(touches(trace, endpoint.path)),
        trace,
        endpoint.handler.name or trace.function,
        endpoint.gateway,
    )


def guards_of(
    flow: Flow, value: Value, place: Code, endpoint: Endpoint | None = None, under: str | None = None
) -> list[Guard]:
    """The guards that a middleware, dependency or hook is: followed where it is the app's own function, known by name
    where it is a package's. A middleware guards as far as every way to `next` or to its end is guarded; what it does
    for other addresses than the endpoint's is left out."""
    closure = value.function
    if not isinstance(closure, Closure):
        return _of_package(flow, value, place, endpoint, under)
    asked = _asked(endpoint, under) if endpoint is not None and under is not None else REQUEST
    facts = {name: part.constant for name, part in (asked.fields or {}).items() if part.literal}
    kept = flow.guards.setdefault((closure, frozenset(facts)), [])
    for looked_at, guards in kept:
        if all(facts[name] == value for name, value in looked_at.items()):
            return guards
    guards = _guards_of_closure(flow, closure, asked)
    seen = asked.fields.asked if isinstance(asked.fields, _Told) else set()
    kept.append(({name: facts[name] for name in seen if name in facts}, guards))
    return guards


def _asked(endpoint: Endpoint, under: str) -> Value:
    path = endpoint.path
    inner = path[len(under) :] if under and under != "/" and path.startswith(under) else path
    made = request("" if endpoint.method == "ANY" else endpoint.method, path)
    if made.fields is not None:
        made.fields["path"] = Value(name="request.path", constant=inner or "/", literal=True)
    return made


def _guards_of_closure(flow: Flow, closure: Closure, asked: Value) -> list[Guard]:
    return guards_of_function(flow, closure, _middleware_arguments(closure, asked))


def guards_of_function(flow: Flow, closure: Closure, given: Sequence[Value]) -> list[Guard]:
    """The guards that a function is which stands before others, when called with `given`."""
    trace = flow.trace(closure, given)
    return [*_guards_in(trace, closure), *_limits_in(trace, closure)]


def _limits_in(trace: Trace, closure: Closure) -> list[Guard]:
    """Whoever is told "too many requests" (429) there is limited."""
    told = (s.place for s in trace.steps for a in (*s.args, *s.keywords.values()) if a.literal and a.constant == 429)
    return [Guard("rate_limit", closure.node.name or "limit", place) for place in list(told)[:1]]


def _guards_in(trace: Trace, closure: Closure) -> list[Guard]:
    passes = [s.guards for s in trace.steps if s.name == "next" and not any(a.literal is False for a in s.args)]
    passes += [
        (*s.guards, *named_guards(s.name, s.place))
        for s in trace.steps
        if s.name != "next" and any(a.name == "next" and a.function is None for a in s.args)
    ]
    if not passes:
        passes = [guards for value, guards in ways_out(trace) if not refuses(value)]
        if "next" in [getattr(p.target, "id", "").lstrip("_") for p in closure.node.params] or not passes:
            return list(trace.guards)
    return guards_held(passes)


def guards_where_true(flow: Flow, closure: Closure, given: Sequence[Value]) -> list[Guard]:
    """The guards that hold wherever a function that decides (`canActivate`, `authorized`) says yes."""
    trace = flow.trace(closure, given)
    ways = [
        [*guards, *implied(value, True, trace.place, frozenset())]
        for value, guards in ways_out(trace)
        if not (value.literal and not value.constant) and not refuses(value)
    ]
    return guards_held([tuple(way) for way in ways])


def unwrapped(value: Value) -> tuple[list[Value], Value]:
    """A handler out of the wrappers of packages around it (`withAuth(handler)`), and those wrappers."""
    wrappers: list[Value] = []
    while not isinstance(value.function, Closure) and value.step is not None and len(wrappers) < 5:
        inner = next(
            (a for a in reversed(value.step.args) if isinstance(a.function, Closure) or a.step is not None), None
        )
        if inner is None or not (isinstance(inner.function, Closure) or unwrapped(inner)[1].function is not None):
            break
        wrappers.append(value)
        value = inner
    return wrappers, value


_SIGNS_IN = re.compile(
    r"(?i)^(?:local|google|github|facebook|twitter|apple|discord|linkedin|microsoft|oauth2?|oidc|saml)(?:-\w+)?$"
)


def _of_package(flow: Flow, value: Value, place: Code, endpoint: Endpoint | None, under: str | None) -> list[Guard]:
    if value.step is not None and _SIGNS_IN.search(str(known.plain(value.step.args[0]) if value.step.args else "")):
        return []
    wraps = value.step is not None and any(isinstance(a.function, Closure) for a in value.step.args)
    if wraps and value.step is not None and value.step.method == "auth":
        return []
    found = named_guards(value.step.name if value.step else value.name, place)
    if found or value.step is None:
        return found
    inner = [a for a in value.step.args if isinstance(a.function, Closure)]
    return [g for a in inner[:1] for g in guards_of(flow, a, place, endpoint, under)]


def _middleware_arguments(closure: Closure, asked: Value = REQUEST) -> list[Value]:
    """(req, res, next), (err, req, res, next), Hono's (c, next) or a request alone, told apart by the names."""
    context = (
        Value(name="context", fields={"req": asked, "request": asked, "...": Value()}) if asked.fields else CONTEXT
    )
    known_as = {"c": context, "ctx": context, "context": context, "next": NEXT, "done": NEXT, "res": RESPONSE,
                "reply": RESPONSE, "response": RESPONSE, "call_next": NEXT, "get_response": NEXT}  # fmt: skip
    names = [getattr(p.target, "id", "") for p in closure.node.params]
    names = [n for n in names if n not in ("self", "cls")]
    return [known_as.get(n.lstrip("_"), asked if i == 0 else Value(name=n)) for i, n in enumerate(names)]


def named_guards(name: str, place: Code) -> list[Guard]:
    """What a package's guard is, by its name; empty where the name says nothing."""
    bare = name.removesuffix("()")
    for kind, pattern in (
        ("rate_limit", known.RATE_LIMIT),
        ("signature", known.SIGNATURE),
        ("role", known.ROLE_CALL),
        ("login", known.LOGIN_CALL),
        ("validation", known.VALIDATION_CALL),
    ):
        if pattern.search(bare):
            return [Guard(kind, bare, place)]
    return []


def _parameters(endpoint: Endpoint, trace: Trace) -> Iterable[Parameter]:
    found: dict[tuple[str, Where], None] = {}
    for name in re.findall(r":(\w+)|\{([^\W\d]\w*)(?::[^}]*)?\}|\[(?:\.\.\.)?(\w+)\]|<(?:\w+:)?(\w+)>", endpoint.path):
        found[next(n for n in name if n), "path"] = None
    values: list[Value] = [v for s in trace.steps for v in s.values] + trace.asked
    values += [v for r in trace.returns for v in r.deep()] + [s.result for s in trace.steps if s.result]
    for one in endpoint.before:
        before = one.value if isinstance(one, Middleware) else one
        sent = before.step
        if sent is not None and sent.name.startswith("multer") and sent.args:
            found |= {(name, "form"): None for name in _uploaded(sent)}
            values = [v for v in values if "form.file" not in v.origins]
    for step in trace.steps:
        found |= {(name, "body"): None for name in _checked(step)}
    for value in values:
        for origin in value.origins:
            where, _, name = origin.partition(".")
            if where in INPUT and name and re.fullmatch(r"[^\W\d][\w-]*", name) and where != "path":
                found[name, where] = None  # type: ignore[index]
    return [Parameter(name, where) for name, where in sorted(found, key=lambda p: (p[1] != "path", p[1], p[0]))]


def _checked(step: Step) -> Iterable[str]:
    """The parts of a body that a schema asks for: `z.object({ title: z.string() }).parse(body)`."""
    if step.method in ("parse", "safeParse", "parseAsync", "safeParseAsync") and any(
        "body" in a.origins for a in step.args
    ):
        for link in step.chain:
            if link.method == "object" and link.args:
                yield from (name for name in link.args[0].fields or {} if name != "...")


def _uploaded(step: Step) -> Iterable[str]:
    """The form fields that multer takes files from."""
    first = step.args[0]
    if isinstance(first.constant, str):
        yield first.constant
    for item in first.items or ():
        yield known.plain((item.fields or {}).get("name", item))
