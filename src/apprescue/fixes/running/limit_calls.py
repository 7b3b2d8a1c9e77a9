"""Whoever is signed in calls what costs money a hundred times an hour at most; then he is told to come back later.

For Supabase functions, and for Next.js with Supabase's login, that turn strangers away at their door. The calls are
counted in the database, in one step, by a function that only the server may use. Where the count itself fails, callers
are let in and the log says so. Left are functions where the caller's name cannot be told, and where it is not known how
pages may read the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Todo
from apprescue.model.place import RoutePlace, code_of
from apprescue.source import known
from apprescue.source import tree as t
from apprescue.source.answering import answered, says
from apprescue.source.call_counts import TAKE, counts_made
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.refusals import Body, refuses
from apprescue.source.routes import open_to_all, sends
from apprescue.source.server_client import server_client

_MOST = 100
_ASKS = re.compile(r"(?i)^(?:require|get|verify|authenticate)\w*(?:user|caller)$")
_NAMES = ("mayCall", "uncounted", "callCounts")


@fix("running/costly_route_without_limit", "ai/model_call_without_limit", title="Limit calls that cost money")
def limit_calls(finding: Finding, app: App) -> Changes:
    """The limit in the function that leads the finding and in each of the others where it can be done, and the table,
    once."""
    named = [one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)]
    place = code_of(finding.place)
    edits: dict[str, list[Edit]] = {}
    for route in app.routes:
        if str(route) in named and route.place.path not in edits:
            edits[route.place.path] = _limited(app, route)
    made = counts_made(app) if place and edits.get(place.path) else None
    if made is not None:
        yield from made
        for found in edits.values():
            yield from found
        yield Todo(f"A caller has {_MOST} calls an hour of each of these functions: look whether that fits each.")


def _limited(app: App, route: Route) -> list[Edit]:
    file = hand(app, route.place.path) if route.framework in ("supabase_functions", "nextjs") else None
    costly = next((one for one in route.steps if sends(one) or known.is_model(one)), None)
    if not file or not costly or not route.trace or open_to_all(costly.guards) or "<Database>" in file.text:
        return []
    handlers = [n for n in file.nodes if isinstance(n, t.Function) and n.line == route.trace.place.line]
    doors = [(handler, *door) for handler in handlers if (door := _door(file, handler))]
    if len(doors) != 1 or any(name in file.text for name in _NAMES):
        return []
    handler, who, after = doors[0]
    told = f"{{ {says(file)}: {file.said('Too many calls. Please try again later.')} }}"
    answer = list(answered(file, handler, 429, told))
    inside = costly.place.path == file.path and costly.place.line >= after.line
    if not answer or (costly.place.path == file.path and not inside and not costly.entered):
        return []
    client, made = server_client(file, after, "callCounts")
    what = route.path.strip("/").removeprefix("functions/v1/").removeprefix("api/")
    rows = [*made, *_count(file, client, who, what, answer)]
    return [file.after(after, *rows)] if client else []


def _door(file: Handwriting, handler: t.Function) -> tuple[str, t.Node] | None:
    """What the caller is called, and the statement behind which he is somebody."""
    body, in_function = Body(file.path, file.text, handler), "supabase/functions/" in file.path
    blocks = [handler.body, *(one.body for one in handler.body if isinstance(one, t.Try))]
    for rows in blocks:
        for at, row in enumerate(rows):
            name = _asked(row, in_function)
            asked = _refused(file, body, name, rows[at + 1 : at + 6]) if name else None
            if asked:
                return asked[0], asked[1]
            if name and _throws(row):
                return name, row
    return None


def _throws(row: t.Node) -> bool:
    """Whether a function of the app's own gives back the caller, or throws."""
    call = row.value.value if isinstance(row, t.Assign) and isinstance(row.value, t.Await) else None
    return isinstance(call, t.Call) and isinstance(call.callee, t.Name) and call.callee.id.startswith("require")


def _asked(row: t.Node, in_function: bool) -> str:
    """The name that the caller gets in a statement that asks who he is, or that of the answer which holds him."""
    call = row.value.value if isinstance(row, t.Assign) and isinstance(row.value, t.Await) else None
    if not isinstance(row, t.Assign) or not isinstance(call, t.Call):
        return ""
    if isinstance(row.target, t.Name):
        own = isinstance(call.callee, t.Name) and _ASKS.match(call.callee.id)
        return row.target.id if own and in_function else ""
    data = row.target.get("data") if isinstance(row.target, t.Object) else None
    if not isinstance(call.callee, t.Member) or call.callee.name != "getUser":
        return ""
    user = data.get("user") if isinstance(data, t.Object) else data
    return user.id if isinstance(user, t.Name) else ""


def _refused(file: Handwriting, body: Body, name: str, rows: Sequence[t.Node]) -> tuple[str, t.Node] | None:
    """The caller's name and the statement that turns away whoever is nobody."""
    for row in rows:
        told = file.of(row.value) if isinstance(row, t.Assign) and row.value else ""
        if isinstance(row, t.Assign) and isinstance(row.target, t.Name) and told in (f"{name}.user", f"{name}?.user"):
            name = row.target.id
        if isinstance(row, t.If) and refuses(body, row.then):
            said = re.search(rf"!\s*({name}(?:\??\.user)?)(?:\?\.\w+)?\s*(?:\)|\|\||$)", file.of(row.test))
            if said and "&&" not in file.of(row.test):
                return said[1].replace("?.", "."), row
    return None


def _count(file: Handwriting, client: str, who: str, what: str, answer: Sequence[str]) -> Iterator[str]:
    said, end, step = file.said, file.end, file.step
    yield f"const {{ data: mayCall, error: uncounted }} = await {client}.rpc({said(TAKE)}, {{"
    yield f"{step}who: {who}.id,"
    yield f"{step}what: {said(what)},"
    yield f"{step}most: {_MOST},"
    yield f"{step}within: {said('1 hour')},"
    yield f"}}){end}"
    yield f"if (uncounted) console.error({said('A call was not counted')}, uncounted.message){end}"
    yield "if (mayCall === false) {"
    yield from (f"{step}{row}" for row in answer)
    yield "}"
