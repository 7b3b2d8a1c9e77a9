"""Anybody on the internet can use this part of your app without signing in.

What we look at: every address of the server, what it does (sends money or mail, changes or reads rows with the
server's own rights) and whether anything asks who is calling before it does so: a login, a role, an owner, a
signature, a secret.
Why it matters: the address is in the app's own JavaScript; a script calls it as easily as your page does. What it
does, anybody can do, as often as they like.
How to repair: ask who is calling before anything else happens, the way the app's other addresses do; answer 401 to
nobody and 403 to the wrong person. A job that only a clock starts asks for a secret that must be set.
When it is fine: signing in and up, health, contact forms, share links and public content are open by purpose; a
webhook is open to its provider by signature.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.model.trace import INPUT, Step
from apprescue.source import meaning
from apprescue.source.passwords import compared
from apprescue.source.routes import Effect, answering, effects, head, is_left_over, open_to_all, own_queries, queries_of

_MANY = 4
_PEOPLE = re.compile(r"(?i)^(?!.*admin).*/(?:create-?)?(?:users?|accounts?|members?)(?:/(?:create|new))?$")


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-306", "CWE-862"),
    owasp=("A01:2025", "API2:2023", "API5:2023"),
)
def route_without_login(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    found = [
        (route, worst)
        for route in answering(app.routes)
        if (worst := _worst(route, own_queries(route, by_route.get(str(route), ())))) is not None
        and not _told_as_left_over(app, route, worst)
    ]
    crowded = Counter(route.place.path for route, _ in found)
    for route, effect in found:
        yield Seen(
            head(route),
            f"{route} lets anybody {effect.what} without signing in.",
            related=(effect.step.place, *_by_whom(route, effect)),
            cause=f"{route.place.path} {_severity(route, effect)}" if crowded[route.place.path] >= _MANY else "",
            severity=_severity(route, effect),
            impact=effect.impact,
        )


def _worst(route: Route, queries: Sequence[Query]) -> Effect | None:
    """The worst that somebody unknown can do here."""
    if meaning.is_webhook(route.path) or any(g.fail_open for g in route.guards) or any(compared(route.steps)):
        return None
    public = meaning.is_public_address(route.method, route.path) or _signs_up(route)
    possible = [e for e in effects(route, queries) if open_to_all(e.step.guards) and not (public and _usual(e))]
    return min(possible, key=lambda e: e.severity.rank, default=None)


def _signs_up(route: Route) -> bool:
    """Whether an address makes an account for whoever chooses a password for it."""
    asked = {one.name.lower() for one in route.parameters if one.where in ("body", "form")}
    people = _PEOPLE.search(route.path) is not None or (
        not meaning.is_admin(route.path) and "role" not in asked and any(map(_makes_account, route.steps))
    )
    names = {"email", "username", "phone"}
    return route.method == "POST" and people and "password" in asked and bool(asked & names)


def _makes_account(step: Step) -> bool:
    """Whether an account is made with the password that the caller chose."""
    fields = (step.args[0].fields if step.args else None) or {}
    return step.method == "createUser" and "password" in fields and fields["password"].comes_from("body")


def _told_as_left_over(app: App, route: Route, worst: Effect) -> bool:
    """Whether the route is reported as a left-over tool, with the same harm."""
    return worst.severity.rank <= Severity.HIGH.rank and open_to_all(route.guards) and is_left_over(app, route)


def _severity(route: Route, effect: Effect) -> Severity:
    """A job that does what is due, and nothing that the caller chooses, does less harm when strangers start it."""
    if effect.what.startswith("send money") and not _asks_caller(route):
        return Severity.HIGH
    origins = {o for link in effect.step.chain for v in link.values for o in v.all_origins}
    due = any(o == "now" or o.startswith("row.") for o in origins)
    if not effect.what.startswith(("change", "delete")) or not due or any(o.split(".")[0] in INPUT for o in origins):
        return effect.severity
    return Severity.HIGH if effect.severity is Severity.CRITICAL else Severity.MEDIUM


def _asks_caller(route: Route) -> bool:
    """Whether anything that the caller sends reaches a call, so that he may choose who gets money or how much."""
    return any(v.comes_from("body", "query", "path", "form", "cookie") for s in route.steps for v in s.values)


def _by_whom(route: Route, effect: Effect) -> Iterator[Code]:
    """Where the client with the server's rights is made that does it."""
    made = next((s for s in route.steps if s.method == "createClient" and effect.step.name.startswith(s.name)), None)
    if made is not None and made.place.path == effect.step.place.path:
        yield made.place


def _usual(effect: Effect) -> bool:
    """What an open address does anyway: it signs people up, mails them a code, keeps what they wrote."""
    return effect.what.startswith(("add", "change", "delete", "read", "send mail", "manage"))
