"""Money moves or a message is taken as handled, although storing it failed.

What we look at: code on the way of a payment or in a provider's webhook that writes to the database, looks at the
error, and only logs it before it goes on as if all were well.

Why it matters: a webhook that answers 200 is never sent again, so the sale is lost for good. A payout that is not
recorded is paid once more the next time.

How to repair: stop there: answer a webhook with 500, so that the provider tries again; after money has moved, record it
in a way that is tried again (an outbox table), and alert a person.

When it is fine: writes that nothing depends on, such as a statistic.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source import meaning
from apprescue.source.project import Project
from apprescue.source.routes import WRITES, pays, queries_of
from apprescue.source.tree import Assign, Call, Function, If, Jump, Member, Name, Node, Object, Return, Throw

_LOGGERS = ("console", "logger", "log")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.MONEY,
    cwe=("CWE-391", "CWE-754"),
    owasp=("A10:2025",),
)
def success_despite_error(app: App, code: Project) -> Iterator[Seen]:
    """One finding for each route."""
    by_route = queries_of(app)
    told: set[Code] = set()
    for route in app.routes:
        paid = next((s.place for s in route.steps if pays(s)), None)
        if paid is None and not _is_webhook(route):
            continue
        for query in by_route.get(str(route), ()):
            place = _only_logged(code, query) if query.operation in WRITES else None
            if place is None or place in told or (paid is not None and not _after(query, paid)):
                continue
            told.add(place)
            after = "the money has moved" if paid else "the provider is told that all is well"
            yield Seen(
                place,
                f"Where writing {query.table} fails, that is only logged, and {after}.",
                related=(query.place,),
                cause=str(route),
                severity=Severity.HIGH if paid else Severity.MEDIUM,
            )


def _is_webhook(route: Route) -> bool:
    return meaning.is_webhook(route.path) or route.guarded("signature")


def _after(query: Query, paid: Code) -> bool:
    return query.place.path != paid.path or query.place.line > paid.line


def _only_logged(code: Project, query: Query) -> Code | None:
    """Where the error of a write is looked at and only logged; also where nobody takes the error at all."""
    module = code.module(query.place.path)
    for body in (b for top in (module.body if module else ()) for n in top.walk() for b in _bodies(n)):
        for number, node in enumerate(body):
            if isinstance(node, Assign) and node.line <= query.place.line <= query.place.end_line <= node.end_line:
                name = _error_name(node)
                follows = body[number + 1] if number + 1 < len(body) else None
                if name and isinstance(follows, If) and _tests(follows.test, name) and _logs_alone(follows):
                    return Code(query.place.path, follows.line, follows.end_line)
    return None


def _bodies(node: Node) -> Iterator[list[Node]]:
    for name in ("body", "then", "other", "final"):
        body = getattr(node, name, None)
        if isinstance(body, list) and (isinstance(node, Function) or name != "params"):
            yield body


def _error_name(node: Assign) -> str:
    """The name that the error of a destructured answer gets."""
    found = node.target.get("error") if isinstance(node.target, Object) else None
    return found.id if isinstance(found, Name) else ""


def _tests(test: Node, name: str) -> bool:
    return isinstance(test, Name) and test.id == name


def _logs_alone(node: If) -> bool:
    """Whether the branch for an error does nothing but log."""
    if not node.then or any(isinstance(n, (Return, Throw, Jump)) for s in node.then for n in s.walk()):
        return False
    return all(isinstance(s, Call) and _is_log(s) for s in node.then)


def _is_log(call: Call) -> bool:
    callee = call.callee
    return isinstance(callee, Member) and isinstance(callee.object, Name) and callee.object.id in _LOGGERS
