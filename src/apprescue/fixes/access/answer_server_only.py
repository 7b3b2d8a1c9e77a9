"""An edge function that only other functions or the database call answers to the server's own key alone.

The key has to come as the bearer, as those send it; a job of the database's clock that does not is planned anew with
the key from the vault. Nothing is done where a page or an address that is made up calls it, or where it is not sure
which key its callers send.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Todo
from apprescue.model.place import RoutePlace
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.function_callers import FUNCTIONS, called_from_outside, of_database
from apprescue.source.function_calls import Way, ways_of
from apprescue.source.handled import Handled, handler_of
from apprescue.source.keyed_jobs import keyed_jobs
from apprescue.source.style import style_of

_KEY = "SUPABASE_SERVICE_ROLE_KEY"


@fix("access/route_without_login", title="Let only the app's own server call this function")
def answer_server_only(finding: Finding, app: App) -> Changes:
    """The test, before anything else is done but answering the browser's question."""
    named = finding.place.route if isinstance(finding.place, RoutePlace) else ""
    route = next((one for one in app.routes if str(one) == named), None)
    handled = handler_of(app, route) if route else None
    if route is None or handled is None or FUNCTIONS not in handled.path:
        return
    name = route.path.rpartition("/")[2]
    if ways_of(name, app) - {Way.SERVER} or called_from_outside(name, app.files):
        return
    first, jobs = _first(handled), keyed_jobs(app, name)
    if first is None or jobs is None:
        return
    yield Edit(handled.path, first.start, first.start, _test(handled, indent_of(handled.text, first.start)))
    yield from jobs
    if not jobs and of_database(name, app.files):
        yield Todo(
            f"See that the database holds the service role key that it sends to {name}: without it nothing is done."
        )
    yield Todo(
        f"If something outside of this app calls {name} (a schedule, a webhook of the database), let it send the"
        " service role key as its bearer."
    )


def _first(handled: Handled) -> t.Node | None:
    """The statement behind which nothing may be done for strangers: the first that does not answer OPTIONS."""
    rows = [one for one in handled.node.body if "OPTIONS" not in handled.cut(one).partition("{")[0]]
    return rows[0] if rows else None


def _test(handled: Handled, indent: str) -> str:
    style = style_of(handled.text, handled.path)
    words, step, end = style.text, indent + style.step, style.end
    cors = "...corsHeaders, " if "corsHeaders" in handled.text else ""
    request = handled.cut(handled.node.params[0].target) if handled.node.params else "req"
    headers = f"{{ {cors}{words('Content-Type')}: {words('application/json')} }}"
    return (
        f"const serverKey = Deno.env.get({words(_KEY)}){end}\n"
        f"{indent}if (!serverKey || {request}.headers.get({words('Authorization')}) !== `Bearer ${{serverKey}}`) {{\n"
        f"{step}return new Response(JSON.stringify({{ error: {words('Unauthorized')} }}), {{\n"
        f"{step}{style.step}status: 401,\n{step}{style.step}headers: {headers},\n{step}}}){end}\n{indent}}}\n\n{indent}"
    )
