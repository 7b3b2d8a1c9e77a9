"""From what a framework's reader found (an address, its middleware, its handler) to a route with guards and steps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from apprescue.model.app import Parameter, Route, Where
from apprescue.model.place import Code
from apprescue.model.trace import INPUT, Guard, Step, Trace, Value
from apprescue.source import known
from apprescue.source.flow import Closure, Flow

REQUEST = Value(name="request")
RESPONSE = Value(name="response")
CONTEXT = Value(name="context")
NEXT = Value(name="next")

_TOUCHES = {
    "money": re.compile(r"(?i)^(?:stripe|razorpay|paypal|square|@paypal|paystack|flutterwave|braintree|@solana|adyen)\b|payout|transfer"),
    "email": re.compile(r"(?i)^(?:resend|nodemailer|@sendgrid|sendgrid|postmark|mailgun|smtplib|aiosmtplib)\b|send_?e?mail"),
    "storage": re.compile(r"(?i)\.storage\b|@aws-sdk/client-s3|boto3|multer|writeFile|cloudinary|upload"),
    "admin": re.compile(r"(?i)auth\.admin\."),
}


@dataclass(slots=True)
class Endpoint:
    """An address as a reader found it. `before` is what runs before the handler, in order, as values: functions of
    the app, or names of packages' guards. `given` are the handler's arguments by position, `named` by name.
    `guards` are those that stand outside any code (a gateway's setting, a decorator known by name)."""

    method: str
    path: str
    framework: str
    place: Code
    handler: Value
    before: Sequence[Value] = ()
    given: Sequence[Value] = ()
    named: dict[str, Value] = field(default_factory=dict)
    guards: Sequence[Guard] = ()


def route_of(flow: Flow, endpoint: Endpoint) -> Route:
    """Follow an endpoint's middleware and handler."""
    guards = [*endpoint.guards]
    for value in endpoint.before:
        guards.extend(g for g in guards_of(flow, value, endpoint.place) if g not in guards)
    closure = endpoint.handler.function
    if isinstance(closure, Closure):
        trace = flow.trace(closure, endpoint.given, "server", guards, endpoint.named)
    else:
        trace = Trace(endpoint.handler.name, endpoint.place, "server", guards=guards)
    return Route(
        endpoint.method,
        endpoint.path,
        endpoint.framework,
        endpoint.place,
        tuple(_parameters(endpoint, trace)),
        tuple(in_force(trace, guards)),
        frozenset(_touches(trace, endpoint.path)),
        trace,
        endpoint.handler.name or trace.function,
    )


def in_force(trace: Trace, guards: Iterable[Guard]) -> list[Guard]:
    """Middleware's guards and the handler's own, each kind and name once, in order."""
    seen: dict[tuple[str, str, bool], Guard] = {}
    for guard in (*guards, *trace.guards):
        seen.setdefault((guard.kind, guard.name, guard.fail_open), guard)
    return list(seen.values())


def guards_of(flow: Flow, value: Value, place: Code) -> list[Guard]:
    """The guards that a middleware, dependency or hook is: followed where it is the app's own function, known by name
    where it is a package's. A middleware guards as far as every way to `next` or to its end is guarded."""
    closure = value.function
    if isinstance(closure, Closure):
        trace = flow.trace(closure, _middleware_arguments(closure))
        passes = [s.guards for s in trace.steps if s.name == "next"]
        if passes:
            kinds = set.intersection(*({g.kind for g in gs} for gs in passes))
            return [g for g in passes[0] if g.kind in kinds]
        return list(trace.guards)
    return named_guards(value.step.name if value.step else value.name, place)


def _middleware_arguments(closure: Closure) -> list[Value]:
    """(req, res, next), (err, req, res, next), Hono's (c, next) or a request alone, told apart by the names."""
    known_as = {"c": CONTEXT, "ctx": CONTEXT, "context": CONTEXT, "next": NEXT, "done": NEXT, "res": RESPONSE,
                "reply": RESPONSE, "response": RESPONSE, "call_next": NEXT, "get_response": NEXT}
    names = [getattr(p.target, "id", "") for p in closure.node.params]
    names = [n for n in names if n not in ("self", "cls")]
    return [known_as.get(n.lstrip("_"), REQUEST if i == 0 else Value(name=n)) for i, n in enumerate(names)]


def named_guards(name: str, place: Code) -> list[Guard]:
    """What a package's guard is, by its name; empty where the name says nothing."""
    bare = name.removesuffix("()")
    for kind, pattern in (
        ("rate_limit", known.RATE_LIMIT),
        ("signature", known.SIGNATURE),
        ("role", known.ROLE_CALL),
        ("login", known.LOGIN_CALL),
    ):
        if pattern.search(bare):
            return [Guard(kind, bare, place)]
    return []


def _parameters(endpoint: Endpoint, trace: Trace) -> Iterable[Parameter]:
    found: dict[tuple[str, Where], None] = {}
    for name in re.findall(r":(\w+)|\{(\w+)(?::[^}]*)?\}|\[(?:\.\.\.)?(\w+)\]|<(?:\w+:)?(\w+)>", endpoint.path):
        found[next(n for n in name if n), "path"] = None
    values: list[Value] = [v for s in trace.steps for v in s.values]
    values += [v for r in trace.returns for v in r.deep()] + [s.result for s in trace.steps if s.result]
    for value in values:
        for origin in value.origins:
            where, _, name = origin.partition(".")
            if where in INPUT and name and name.isidentifier() and where != "path":
                found[name, where] = None  # type: ignore[index]
    return [Parameter(name, where) for name, where in sorted(found, key=lambda p: (p[1] != "path", p[1], p[0]))]


def _touches(trace: Trace, path: str) -> Iterable[str]:
    for step in trace.steps:
        yield from (what for what, pattern in _TOUCHES.items() if pattern.search(step.name))
        if known.is_model(step):
            yield "ai"
        if step.result is not None and step.result.comes_from("row"):
            yield "data"
        if step.name == "fetch" and step.args:
            yield from _touched_by_address(step)
    if re.search(r"(?i)(?:^|/)admin(?:/|-|$)", path):
        yield "admin"


def _touched_by_address(step: Step) -> Iterable[str]:
    address = known.plain(step.args[0])
    if re.search(r"api\.(?:resend|sendgrid|postmarkapp|mailgun|brevo)\.|api\.mailersend", address):
        yield "email"
    if re.search(r"api\.(?:stripe|paystack|flutterwave|razorpay)|paypal\.com|squareup", address):
        yield "money"
