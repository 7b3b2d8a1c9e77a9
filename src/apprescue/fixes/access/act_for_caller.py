"""An address that acts for the user whom its request names refuses whoever is somebody else.

The id in the request is held against the id of whoever signed in, below the statement that takes it from the request;
with FastAPI at the head of the handler. Left as it is where the handler's word for the caller's id cannot be told,
where it may do without the id in the request, where it speaks of roles or admins, and where more than one id of the
request tells whose the rows are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.trace import Value
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.handled import SAYS, Handled, above_remarks, at_head, handler_of, refusal
from apprescue.source.handwriting import Handwriting
from apprescue.source.neighbours import own_blocks
from apprescue.source.owner_path import holds_people, same_name, table_named, told_owner, way_to_owner
from apprescue.source.routes import head, queries_of, written_by
from apprescue.source.staff_words import unless_staff
from apprescue.source.style import style_of
from apprescue.source.who_calls import caller_in, caller_in_python

_ROLES = re.compile(r"(?i)\b\w*(?:role|admin|staff)\w*\b")
_CHOSEN = ("body.", "query.", "path.")
_TAKES = re.compile(r"body|json\(\)|query|[sS]earchParams|params|formData")


@fix(
    "access/login_without_ownership",
    "access/identity_from_body",
    title="Act for nobody but whoever is calling",
    safety=Safety.REVIEW,
)
def act_for_caller(finding: Finding, app: App) -> Changes:
    """The test in each handler of the finding."""
    places = (finding.place, *finding.related)
    by_route = queries_of(app)
    edits: dict[Edit, None] = {}
    for route in (one for one in app.routes if head(one) in places):
        handled = handler_of(app, route)
        reached = [one for one in by_route.get(str(route), ()) if one.place in places]
        origins = {origin for one in reached for origin in _whose(app, one)}
        logged_in = any(g.kind == "login" and not g.fail_open for g in route.guards)
        if handled and len(origins) == 1 and logged_in and not _ROLES.search(handled.cut(handled.node)):
            write = _in_script if handled.is_script else _in_python
            edits |= dict.fromkeys(write(app, route, handled, origins.pop()))
    yield from edits


def _whose(app: App, query: Query) -> Iterator[str]:
    """The parts of the request that say whose the rows of a query are."""
    way = way_to_owner(app, query.table) or told_owner(app, query.table)
    table = table_named(app.schema, query.table)
    held: list[tuple[str, Value]] = [(f.column, f.value) for f in query.filters if f.operator in ("eq", "==")]
    for column, value in [*held, *written_by(query).items()]:
        known = way is None or (len(way.steps) == 1 and same_name(way.owner[1], column))
        spelled = next((c.name for c in table.columns if same_name(c.name, column)), "") if table else ""
        known = known and (table is None or holds_people(app.schema, table, spelled))
        if known and meaning.OWNER.match(column) and meaning.words(column)[-1:] in (("id",), ("uid",)):
            yield from (origin for origin in value.origins if origin.startswith(_CHOSEN))


def _in_script(app: App, route: Route, handled: Handled, origin: str) -> Iterator[Edit]:
    name = origin.partition(".")[2]
    for block in own_blocks(handled):
        for at, one in enumerate(block[:-1]):
            said = _said(handled, one, name)
            behind = next((n for n, row in enumerate(block) if n > at and not _is_missing(handled, row, said)), 0)
            caller = caller_in(app, route, handled, block[behind].start) if said and behind else ""
            if caller and not _may_lack(handled, said):
                yield from _refusing(app, handled, block[behind], said, caller)
                return


def _said(handled: Handled, row: t.Node, name: str) -> str:
    """What a statement makes a handler call a part of the request; empty where it is about something else."""
    if not isinstance(row, t.Assign) or row.value is None or not _TAKES.search(handled.cut(row.value)):
        return ""
    if isinstance(row.target, t.Object):
        found = row.target.get(name)
        return found.id if isinstance(found, t.Name) else ""
    text = handled.cut(row.value)
    if isinstance(row.target, t.Name) and re.search(
        rf"(?:\.|\[['\"]|\.get\(['\"]){name}(?:['\"][\])])?(?: as \w+)?$", text
    ):
        return row.target.id
    whole = isinstance(row.target, t.Name) and re.search(r"json\(\)$|\.body$", text)
    return f"{row.target.id}.{name}" if whole and isinstance(row.target, t.Name) else ""


def _is_missing(handled: Handled, row: t.Node, said: str) -> bool:
    """Whether a statement only turns away who does not send the id."""
    return (
        isinstance(row, t.If)
        and bool(said)
        and re.search(rf"!{re.escape(said)}(?![\w.])", handled.cut(row.test)) is not None
    )


def _may_lack(handled: Handled, said: str) -> bool:
    """Whether a handler goes on without the id in the request."""
    word = re.escape(said)
    text = handled.cut(handled.node)
    return (
        re.search(
            rf"(?<![\w.!]){word}\s*(?:\|\||\?\?|\?(?!\.))|if \({word}\)|(?<!const )(?<![\w.!]){word}\s*=(?!=|>)", text
        )
        is not None
    )


def _refusing(app: App, handled: Handled, at: t.Node, said: str, caller: str) -> Iterator[Edit]:
    indent, style = indent_of(handled.text, at.start), style_of(handled.text, handled.path)
    refuses = refusal(handled, f"{indent}{style.step}")
    staff = unless_staff(app, caller, handled.cut(handled.node))
    rows = [f"if (String({said}) !== String({caller}){staff}) {{", f"{style.step}{refuses}", "}"]
    if refuses:
        start = above_remarks(handled.text, at.start)
        yield Edit(handled.path, start, start, "".join(f"{row}\n{indent}" for row in rows))


def _in_python(app: App, route: Route, handled: Handled, origin: str) -> Iterator[Edit]:
    where, _, name = origin.partition(".")
    params = [one.target.id for one in handled.node.params if isinstance(one.target, t.Name)]
    text = handled.cut(handled.node)
    bodies = [one for one in params if re.search(rf"(?<![\w.]){one}\.{name}\b", text)] if where == "body" else []
    said = name if name in params else f"{bodies[0]}.{name}" if len(bodies) == 1 else ""
    caller = caller_in_python(app, handled)
    if not said or not caller or route.framework != "fastapi" or re.search(rf"{re.escape(said)} (?:or|if)\b", text):
        return
    style = style_of(handled.text, handled.path)
    refuses = f"{style.step}raise HTTPException(status_code=403, detail={style.text(SAYS)})"
    yield at_head(handled, f"if str({said}) != str({caller}):", refuses)
    yield from Handwriting(handled.path, handled.text).takes("fastapi", "HTTPException")
