"""Any signed-in user can do what only your admins should.

What we look at: addresses that by their name or by what they do are for the people who run the app (admin pages,
banning, approving, roles, other people's accounts), and that ask for a login but for no role.
Why it matters: every customer has a login. Hiding the admin page in the browser hides nothing: the address behind it
answers to anybody who is signed in.
How to repair: after the login, load the caller's role from a table that users cannot write, and answer 403 to
everybody who is no admin. Do it in one guard that all admin addresses share.
When it is fine: addresses that merely have admin in their name and show each caller his own rows; an app that nobody
but its admins can sign in to.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Step, Value
from apprescue.source import known, meaning
from apprescue.source.passwords import only_staff_signs_in
from apprescue.source.routes import answers_with, goes_round_rules, head, queries_of

_OF_ONE = ("updateUserById", "update_user_by_id", "deleteUser", "delete_user")
_ENOUGH = {"role", "ownership", "secret", "signature"}


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-285", "CWE-269"),
    owasp=("A01:2025", "API5:2023"),
)
def admin_action_without_role(app: App) -> Iterator[Seen]:
    by_route, shown = queries_of(app), _shown_to_admins(app)
    for route in () if only_staff_signs_in(app) else app.routes:
        kinds = {g.kind for g in route.guards if not g.fail_open}
        if "login" not in kinds or kinds & _ENOUGH or meaning.is_sign_out(route.path):
            continue
        meant = meaning.is_admin(route.path) or route.path in shown
        step = _admin_step(route) or (_admin_query(route, by_route.get(str(route), [])) if meant else None)
        if step is not None:
            yield Seen(
                head(route),
                f"{route} asks for a login and for no role, so every user can use it.",
                related=(step.place,),
                cause=f"{route.place.path} admin" if meant else "",
            )


def _shown_to_admins(app: App) -> frozenset[str]:
    """The addresses that the app sends people on to once it has seen that they have a role."""
    sent = [a for t in app.traces for s in t.steps if s.method == "redirect" for a in s.args if len(a.choices) == 2]
    by_role = [a.choices[0][0].constant for a in sent if any(map(_asks_role, a.operands))]
    return frozenset(path for path in by_role if isinstance(path, str) and len(path) > 1)


def _asks_role(test: Value) -> bool:
    return bool(known.ROLE_WORD.search(test.name)) and test.comes_from("row", "caller")


def _admin_step(route: Route) -> Step | None:
    """Work on accounts that the caller names; looking one up, and telling nothing of it, is none."""
    for step in route.steps:
        told = not step.method.startswith(("get", "list")) or answers_with(route, step)
        about = step.args[:1] if step.method in _OF_ONE else step.values
        if ".auth.admin." in step.name and told and any(map(_chosen_freely, about)):
            return step
    return None


def _chosen_freely(value: Value) -> bool:
    """Whether whoever calls names the account; a name taken only after a role was asked for is none."""
    if value.choices:
        return any(_chosen_freely(v) and not any(g.kind in _ENOUGH for g in guards) for v, guards in value.choices)
    return value.comes_from("body", "path", "query")


def _of_caller(value: Value, deep: bool = True) -> bool:
    """Whether a value is the caller's, may be, or came from rows that were asked for by what is his."""
    if any(o.startswith("caller") for o in value.all_origins) or any(_of_caller(v, deep) for v, _ in value.choices):
        return True
    links = [link for v in value.deep() if v.step is not None for link in v.step.chain] if deep else []
    return any(_of_caller(v, False) for link in links for v in link.values)


def _admin_query(route: Route, queries: list[Query]) -> Step | None:
    for query in queries:
        own = any(_of_caller(f.value) for f in query.filters) or (
            query.operation == "select" and any(map(_of_caller, query.step.values))
        )
        if goes_round_rules(query) and not own:
            return query.step
    return next((s for s in route.steps if s.name.endswith(("reset", "clear", "flush"))), None)
