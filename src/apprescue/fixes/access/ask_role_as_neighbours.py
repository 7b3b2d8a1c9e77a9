"""A Python address that does an admin's work asks for the role in the words in which its neighbours in the file ask.

The neighbours' decorator or the parameter that the framework fills, where it is for admins by its name; in FastAPI it
takes the place of a parameter of the same name that asks for a login alone. Left as it is where no neighbour asks so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source.handled import Handled, handler_of
from apprescue.source.neighbour_guards import asked_as
from apprescue.source.routes import answering, head

_STAFF = re.compile(r"(?i)admin|staff|super_?user|moderator")


@fix("access/admin_action_without_role", title="Ask for the role, as its neighbours do", safety=Safety.REVIEW)
def ask_role_as_neighbours(finding: Finding, app: App) -> Changes:
    """The neighbours' question at each address of the finding."""
    places = (finding.place, *finding.related)
    routes = [one for one in answering(app.routes) if one.place.path.endswith(".py")]
    edits: dict[Edit, None] = {}
    for route in routes:
        handled = handler_of(app, route) if head(route) in places else None
        if handled is not None:
            edits |= dict.fromkeys(_edits(app, handled, routes))
    yield from edits


def _edits(app: App, handled: Handled, routes: list[Route]) -> list[Edit]:
    edits = asked_as(handled, list(_for_staff(app, handled, routes)))
    return edits if any(_STAFF.search(one.text) for one in edits) else []


def _for_staff(app: App, handled: Handled, routes: list[Route]) -> Iterator[Handled]:
    """The other handlers of a file that ask for a role."""
    for route in routes:
        asks = any(guard.kind == "role" and not guard.fail_open for guard in route.guards)
        other = handler_of(app, route) if asks and route.place.path == handled.path else None
        if other is not None and other.path == handled.path and other.node.start != handled.node.start:
            yield other
