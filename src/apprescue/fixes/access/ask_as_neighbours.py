"""An address of a Python server asks who is calling in the words in which its neighbours in the file ask.

Flask, FastAPI and Django: the neighbours' decorator, the parameter that the framework fills, or their first statements
are written to it too. That it is not meant for everybody is told by neighbours that do the same to the same table for
signed-in people alone, by the pages that call it, or by nearly all that changes something in the file. Left as it is
where a page for everybody calls it, where its pages send no login along, and where its name or token says it is open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import meaning
from apprescue.source.handled import Handled, handler_of
from apprescue.source.neighbour_guards import asked_as
from apprescue.source.page_callers import Callers, callers_of
from apprescue.source.routes import answering, head, own_queries, queries_of

_FRAMEWORKS = ("flask", "fastapi", "django")
_OPEN = re.compile(
    r"(?i)(?:^|[/_-])(?:appl(?:y|ication)|join|public|shared?|track\w*|unsubscribe|checkout|guest|invit\w*|verify|feed|"
    r"browse|search|explore|view|click|embed)(?:$|[/_-])|<(?:\w+:)?\w*token>|\{\w*token\w*\}"
)
_ASKED = ("login", "role")
_MOST = 0.75
_FEW = 3


@fix("access/route_without_login", title="Ask who is calling, as its neighbours do", safety=Safety.REVIEW)
def ask_as_neighbours(finding: Finding, app: App) -> Changes:
    """The neighbours' question at each address of the finding, in the file of each."""
    places = (finding.place, *finding.related)
    by_route = queries_of(app)
    routes = [one for one in answering(app.routes) if one.framework in _FRAMEWORKS]
    edits: dict[Edit, None] = {}
    for path in {route.place.path for route in routes if head(route) in places and route.place.path.endswith(".py")}:
        file = _File(app, path, [one for one in routes if one.place.path == path], by_route)
        for route in file.routes:
            handled = handler_of(app, route) if head(route) in places and not _open(route) else None
            if handled is not None and handled.path == path:
                edits |= dict.fromkeys(_edits(file, route, handled))
    yield from edits


@dataclass(frozen=True)
class _File:
    """A file's addresses, what each of them does with the database, and the handlers that ask who is calling."""

    app: App
    path: str
    routes: Sequence[Route]
    queries: Mapping[str, Sequence[Query]]

    @cached_property
    def asking(self) -> list[tuple[Handled, set[tuple[str, str]]]]:
        """The handlers that ask, with what they do behind their question."""
        found: dict[int, tuple[Handled, set[tuple[str, str]]]] = {}
        for route in filter(_asks, self.routes):
            handled = handler_of(self.app, route)
            if handled is not None and handled.path == self.path and handled.node.start not in found:
                found[handled.node.start] = (handled, set(self.deeds(route, behind=True)))
        return list(found.values())

    def deeds(self, route: Route, behind: bool) -> Iterator[tuple[str, str]]:
        """What an address does to which tables, behind a question who calls or before it."""
        for query in own_queries(route, self.queries.get(str(route), ())):
            if any(guard.kind in _ASKED for guard in query.step.guards) is behind:
                kinds = {"update": "change", "delete": "change", "insert": "add", "upsert": "add"}
                yield kinds.get(query.operation, "read"), query.table


def _edits(file: _File, route: Route, handled: Handled) -> list[Edit]:
    deeds = set(file.deeds(route, behind=False))
    near = [one for one in file.asking if one[0].node.start != handled.node.start]
    alike = [one for one, done in near if done & deeds]
    calls = callers_of(file.app, route, handled)
    meant = bool(alike) or calls is Callers.SIGNED_IN or _mostly(file, deeds)
    return asked_as(handled, alike or [one for one, _ in near]) if meant and calls is not Callers.ANYBODY else []


def _open(route: Route) -> bool:
    """Whether an address is meant for people who are not signed in."""
    public = meaning.is_public_address(route.method, route.path) or meaning.is_sign_in(route.path)
    return public or meaning.is_webhook(route.path) or bool(_OPEN.search(route.path))


def _asks(route: Route) -> bool:
    return any(guard.kind in _ASKED and not guard.fail_open for guard in route.guards)


def _mostly(file: _File, deeds: Collection[tuple[str, str]]) -> bool:
    """Whether nearly all addresses of a file that change something ask for a login; this one changes something too."""
    writing = [one for one in file.routes if one.method != "GET" and not _open(one)]
    asking = sum(map(_asks, writing))
    changes = any(kind == "change" for kind, _ in deeds)
    return changes and asking >= _FEW and asking >= _MOST * len(writing)
