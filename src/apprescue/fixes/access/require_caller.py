"""An edge function that pages call for signed-in people asks the login who is calling, before anything else is done.

The token that the pages send along is given to `auth.getUser`; the public key, which everybody has, names nobody there
and is turned away with 401. The app's own functions, triggers and jobs that call it with the server's key are let in as
before, and jobs that do not send it are made to. Nothing is done where somebody who is not signed in may call it, or
where it asks for guests' sake already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Todo
from apprescue.model.place import RoutePlace
from apprescue.source import tree as t
from apprescue.source.admin_asked import WHO, AdminTest, admin_test
from apprescue.source.edits import indent_of
from apprescue.source.function_callers import FUNCTIONS
from apprescue.source.function_calls import Way, ways_of
from apprescue.source.handled import Handled, handler_of, parsed
from apprescue.source.imports import Needed, imported, with_imports
from apprescue.source.keyed_jobs import keyed_jobs
from apprescue.source.style import Style, style_of

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
    name = route.path.rpartition("/")[2]
    ways, jobs = ways_of(name, app), keyed_jobs(app, name)
    if jobs is None or Way.UNSURE in ways or not ways - {Way.SERVER}:
        return
    test = admin_test(app) if Way.STAFF in ways and Way.USER not in ways else None
    asking = _Asking(handled, request, _free_name(handled, Way.SERVER in ways))
    rows = asking.of_staff(test, Way.SERVER in ways) if test else asking.of_users(Way.SERVER in ways)
    yield Edit(handled.path, first.start, first.start, _indented(rows, indent_of(handled.text, first.start)))
    yield from with_imports(handled.path, handled.text, handled.top, needed)
    yield from jobs
    if Way.STAFF in ways and test is None:
        yield Todo("The pages of your staff call this function: let it ask for their role too, once it is known.")


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


def _free_name(handled: Handled, plainly: bool) -> str:
    """What whoever calls is called: `user`, as elsewhere, where only he may call and no other is called so."""
    known = {n.id for top in handled.top for n in top.walk() if isinstance(n, t.Name)}
    return next(one for one in (("caller",) if plainly else ("user", "currentUser", "caller")) if one not in known)


@dataclass(frozen=True)
class _Asking:
    """The rows that ask who calls, in the words of a file. The server's own calls may be let in beside."""

    handled: Handled
    request: str
    who: str

    @property
    def style(self) -> Style:
        return style_of(self.handled.text, self.handled.path)

    @property
    def key(self) -> str:
        return f"Deno.env.get({self.style.text('SUPABASE_SERVICE_ROLE_KEY')})"

    def of_users(self, servers: bool) -> Iterator[str]:
        """Somebody signed in."""
        yield from self._known()
        yield from self._refusing(f"!{self.who}", 401, servers)

    def of_staff(self, test: AdminTest, servers: bool) -> Iterator[str]:
        """Somebody of the staff."""
        style = self.style
        yield from self._known()
        if not servers:
            yield from self._refusing(f"!{self.who}", 401, False)
        who = f"{self.who}?.id ?? {style.text('')}" if servers else f"{self.who}.id"
        asked = test.query.replace(WHO, who).replace('"', style.quote)
        yield f"const {{ data: staff }} = await callerDb.{asked}{style.end}"
        yield from self._refusing(test.refused.replace('"', style.quote), 403, servers)

    def _known(self) -> Iterator[str]:
        words, end = self.style.text, self.style.end
        sent = f"({self.request}.headers.get({words('Authorization')}) ?? {words('')})"
        url = f"Deno.env.get({words('SUPABASE_URL')})"
        named = self.who if self.who == "user" else f"user: {self.who}"
        yield f"const callerToken = {sent}.replace({words('Bearer ')}, {words('')}){end}"
        yield f"const callerDb = createClient({url} ?? {words('')}, {self.key} ?? {words('')}){end}"
        yield f"const {{ data: {{ {named} }} }} = await callerDb.auth.getUser(callerToken){end}"

    def _refusing(self, test: str, status: int, servers: bool) -> Iterator[str]:
        words, step, end = self.style.text, self.style.step, self.style.end
        cors = "...corsHeaders, " if "corsHeaders" in self.handled.text else ""
        yield f"if ({test}{f' && callerToken !== {self.key}' if servers else ''}) {{"
        said = "Unauthorized" if status == 401 else "Forbidden"
        yield f"{step}return new Response(JSON.stringify({{ error: {words(said)} }}), {{"
        yield f"{step}{step}status: {status},"
        yield f"{step}{step}headers: {{ {cors}{words('Content-Type')}: {words('application/json')} }},"
        yield f"{step}}}){end}"
        yield "}"
        yield ""


def _indented(rows: Iterator[str], indent: str) -> str:
    return "".join(f"{row}\n{indent}" if row else f"\n{indent}" for row in rows).replace(f"\n{indent}\n", "\n\n")
