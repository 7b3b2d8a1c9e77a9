"""An address that does an admin's work answers those alone whose ids stand in a setting.

For apps that know no admins: none of their addresses asks for an admin's role. The list is asked for in the handler,
behind its login and before its first deed; while the setting is empty, nobody is let in. Left as it is where the
handler's word for the id of whoever calls cannot be told, or how it turns people away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import RoutePlace
from apprescue.source.edits import indent_of
from apprescue.source.env_example import named_in_example
from apprescue.source.handled import SAYS, Handled, above_remarks, handler_of, refusal
from apprescue.source.handwriting import Handwriting
from apprescue.source.neighbours import first_deed
from apprescue.source.style import style_of
from apprescue.source.who_calls import caller_in, caller_in_python

_SETTING = "ADMIN_USER_IDS"
_ADMIN = re.compile(r"(?i)admin|staff|moderat|backoffice")
_EDGE = "supabase_functions"


@fix("access/admin_action_without_role", title="Let only listed admins do an admin's work", safety=Safety.REVIEW)
def list_admins(finding: Finding, app: App) -> Changes:
    """The question in each handler of the finding, and the setting."""
    named = {one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)}
    routes = [one for one in app.routes if str(one) in named and one.framework != _EDGE]
    edits = [] if _knows_admins(app) else [edit for route in routes for edit in _asking(app, route)]
    if edits:
        yield from dict.fromkeys(edits)
        yield from named_in_example(app, edits[0].path, [_SETTING], "The ids of your admins, divided by commas")
        yield Todo(f"Set {_SETTING} to the ids of your admins before this goes out: until then it lets nobody in.")


def _knows_admins(app: App) -> bool:
    admins = (one for one in app.routes if _ADMIN.search(one.path))
    return any(guard.kind == "role" and not guard.fail_open for route in admins for guard in route.guards)


def _asking(app: App, route: Route) -> Iterator[Edit]:
    handled = handler_of(app, route)
    at = first_deed(route, handled) if handled is not None else None
    if handled is None or at is None:
        return
    indent, start = indent_of(handled.text, at.start), above_remarks(handled.text, at.start)
    asking = _of_script if handled.is_script else _of_python
    rows, needed = asking(app, route, handled, at.start, indent)
    if rows:
        yield Edit(handled.path, start, start, "".join(f"{row}\n{indent}" for row in rows))
        yield from needed


def _of_script(app: App, route: Route, handled: Handled, before: int, indent: str) -> tuple[list[str], list[Edit]]:
    style = style_of(handled.text, handled.path)
    caller, refuses = caller_in(app, route, handled, before), refusal(handled, f"{indent}{style.step}")
    listed = f"(process.env.{_SETTING} ?? {style.text('')}).split({style.text(',')})"
    test = f"if (!{listed}.filter(Boolean).includes(String({caller}))) {{"
    return ([test, f"{style.step}{refuses}", "}"] if caller and refuses else []), []


def _of_python(app: App, route: Route, handled: Handled, before: int, indent: str) -> tuple[list[str], list[Edit]]:
    file, style = Handwriting(handled.path, handled.text), style_of(handled.text, handled.path)
    caller = caller_in_python(app, handled)
    if not caller or route.framework != "fastapi":
        return [], []
    listed = f"os.environ.get({style.text(_SETTING)}, {style.text('')})"
    test = f"if str({caller}) not in {listed}.replace({style.text(',')}, {style.text(' ')}).split():"
    refuses = f"{style.step}raise HTTPException(status_code=403, detail={style.text(SAYS)})"
    return [test, refuses], [*file.needs("os"), *file.takes("fastapi", "HTTPException")]
