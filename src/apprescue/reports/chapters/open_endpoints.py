"""Every address that the outside can call, what it asks for, and which gaps were closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apprescue.model.app import Route
from apprescue.model.document import Block, Chapter, Code, Figure, Folded, Line, Strong, Table, Text
from apprescue.model.place import RoutePlace, code_of
from apprescue.model.sprint import Standing, Stood
from apprescue.reports.chapters.interface import reviewed
from apprescue.reports.page.stood import SHOWN, figure, sides

CHECKS = (
    "access/access_without_payment",
    "access/admin_action_without_role",
    "access/amount_from_client",
    "access/debug_route",
    "access/fail_open_guard",
    "access/identity_from_body",
    "access/login_without_ownership",
    "access/mail_relay",
    "access/private_fields_returned",
    "access/private_files_served",
    "access/role_from_body",
    "access/route_without_login",
    "ai/model_call_without_limit",
    "ai/model_call_without_login",
    "release/left_over_route",
    "running/costly_route_without_limit",
)
ABOUT = (
    "Every address that the outside can call, what it asks of a caller at the start, and what was closed. That an "
    "address asks nothing is right for a price list and wrong for an invoice: judged is what it gives away or changes."
)
ASKS = {
    "login": "who is calling",
    "role": "a role",
    "ownership": "whose row it is",
    "signature": "a signature",
    "secret": "a secret",
    "plan": "a paid plan",
    "development": "not to be in production",
}


def chapter(standing: Standing) -> Chapter:
    """The review of the addresses, gaps first."""
    return reviewed(standing, "endpoints", "Open endpoints", ABOUT, CHECKS, tuple(_review(standing)))


def _review(standing: Standing) -> Iterator[Block]:
    routes = standing.audit.routes if standing.audit else ()
    if not routes:
        yield Text(
            ("No address of a server of the app's own was seen: its pages speak to the database alone.",), "quiet"
        )
        return
    told = sorted(((route, _of(route, standing.findings)) for route in routes), key=lambda one: (-len(sides(one[1])[1]),
                  -len(one[1]), str(one[0])))  # fmt: skip
    rows = [_row(route, found) for route, found in told]
    yield Text(("Addresses that were looked at: ", _number(standing, routes), "."))
    headings = ("Address", "Asks for", "Touches", "Gaps")
    yield Table(headings, tuple(rows[:SHOWN]))
    if rows[SHOWN:]:
        yield Folded(("The other addresses",), (Table(headings, tuple(rows[SHOWN:])),))


def _number(standing: Standing, routes: Sequence[Route]) -> Figure:
    return figure(len(routes), standing.rows.get("audit_before", 0), "audit.routes#")


def _of(route: Route, found: Sequence[Stood]) -> list[Stood]:
    return [one for one in found if _is_at(route, one)]


def _is_at(route: Route, one: Stood) -> bool:
    place = one.finding.place
    if isinstance(place, RoutePlace):
        return place.route == str(route)
    code, own = code_of(place), route.place
    return code is not None and code.path == own.path and own.line <= code.line <= max(own.line, own.end_line)


def _row(route: Route, found: Sequence[Stood]) -> tuple[Line, ...]:
    holding = dict.fromkeys(ASKS[g.kind] for g in route.guards if g.kind in ASKS and not g.fail_open)
    asks: Line = (", ".join(holding),) if holding else (Strong("nothing", "warn"),)
    if any(guard.fail_open for guard in route.guards):
        asks = (*asks, "; one guard opened when a setting was missing")
    touches = ", ".join(sorted(route.touches)) or "nothing of note"
    return (Code(str(route)),), asks, (touches,), _gaps(found)


def _gaps(found: Sequence[Stood]) -> Line:
    closed, open_, accepted = sides(found)
    told: list[Line] = []
    told += [(Strong("left: ", "bad"), *_titles(open_))] if open_ else []
    told += [(Strong("closed: ", "good"), *_titles(closed))] if closed else []
    told += [(Strong("accepted: ", "warn"), *_titles(accepted))] if accepted else []
    return tuple(span for one in told for span in (*one, " ")) if told else ("none seen",)


def _titles(found: Sequence[Stood]) -> Line:
    return (f"{'; '.join(dict.fromkeys(one.finding.title for one in found))}.",)
