"""An edge function that pages call for signed-in people asks the login who is calling, before anything else is done.

The token that the pages send along is given to `auth.getUser`; the public key, which everybody has, names nobody there
and is turned away with 401. Functions and triggers of the app's own that call it with the server's key are let in as
before. Nothing is done where somebody who is not signed in may call it, or where it asks for guests' sake already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit
from apprescue.model.place import RoutePlace
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.function_callers import FUNCTIONS
from apprescue.source.function_calls import Way, ways_of
from apprescue.source.handled import Handled, handler_of, parsed
from apprescue.source.imports import Needed, imported, with_imports
from apprescue.source.style import style_of

_ASKED_ALREADY = re.compile(r"\.auth\s*\.\s*(?:getUser|getClaims)\(")
_MAKER = "createClient"


@fix("access/route_without_login", title="Let only signed-in people call this function")
def require_caller(finding: Finding, app: App) -> Changes:
    """The question, before anything else is done but answering the browser's own."""
    named = finding.place.route if isinstance(finding.place, RoutePlace) else ""
    route = next((one for one in app.routes if str(one) == named), None)
    handled = handler_of(app, route) if route else None
    if route is None or handled is None or FUNCTIONS not in handled.path or not handled.node.is_async:
        return
    first, request = first_statement(handled), _request(handled)
    needed = _client_maker(app, handled)
    if first is None or not request or needed is None or _ASKED_ALREADY.search(handled.text):
        return
    ways = ways_of(route.path.rpartition("/")[2], app)
    if Way.UNSURE in ways or not ways - {Way.SERVER}:
        return
    rows = _asking(handled, request, Way.SERVER in ways)
    yield Edit(handled.path, first.start, first.start, _indented(rows, indent_of(handled.text, first.start)))
    yield from with_imports(handled.path, handled.text, handled.top, needed)


def first_statement(handled: Handled) -> t.Node | None:
    """The statement before which nothing is done for strangers: the first that does not answer OPTIONS."""
    rows = (one for one in handled.node.body if "OPTIONS" not in handled.cut(one).partition("{")[0])
    return next(rows, None)


def _request(handled: Handled) -> str:
    target = handled.node.params[0].target if handled.node.params else None
    return target.id if isinstance(target, t.Name) else ""


def _client_maker(app: App, handled: Handled) -> list[Needed] | None:
    """What has to be imported to make a client, as other functions import it; None where none does."""
    if any(isinstance(n, t.Import) and _MAKER in (local for _, local in n.names) for n in handled.top):
        return []
    found = (
        imported(_MAKER, path, parsed(path, text), handled.path)
        for path, text in sorted(app.files.items())
        if path.startswith(FUNCTIONS) and _MAKER in text
    )
    needed = next((one for one in found if one and "supabase-js" in one.module), None)
    return [needed] if needed else None


def _asking(handled: Handled, request: str, servers: bool) -> Iterator[str]:
    style = style_of(handled.text, handled.path)
    words, step, end = style.text, style.step, style.end
    key = f"Deno.env.get({words('SUPABASE_SERVICE_ROLE_KEY')})"
    cors = "...corsHeaders, " if "corsHeaders" in handled.text else ""
    sent = f"({request}.headers.get({words('Authorization')}) ?? {words('')})"
    yield f"const callerToken = {sent}.replace({words('Bearer ')}, {words('')}){end}"
    yield "const { data: { user: caller } } = await createClient("
    yield f"{step}Deno.env.get({words('SUPABASE_URL')}) ?? {words('')},"
    yield f"{step}{key} ?? {words('')},"
    yield f").auth.getUser(callerToken){end}"
    yield f"if (!caller{f' && callerToken !== {key}' if servers else ''}) {{"
    yield f"{step}return new Response(JSON.stringify({{ error: {words('Unauthorized')} }}), {{"
    yield f"{step}{step}status: 401,"
    yield f"{step}{step}headers: {{ {cors}{words('Content-Type')}: {words('application/json')} }},"
    yield f"{step}}}){end}"
    yield "}"
    yield ""


def _indented(rows: Iterator[str], indent: str) -> str:
    return "".join(f"{row}\n{indent}" if row else f"\n{indent}" for row in rows).replace(f"\n{indent}\n", "\n\n")
