"""Before an address touches a row by an id that its caller chose, it is asked whether the row is the caller's; whoever
does not own it is refused with 403, in the words in which the file refuses elsewhere.

Whose a row is, is told by the app itself: the column that it holds against, or fills with, the signed-in user's id, in
the row's own table or in the one that it hangs on. Left as it is where no such column or more than one leads to an
owner, where the handler's id of the caller cannot be told, and for libraries other than Drizzle, Prisma, supabase-js.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Filter, Query, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import tree as t
from apprescue.source.drizzle_names import drizzle_names, table_called
from apprescue.source.edits import indent_of
from apprescue.source.handled import (
    Handled,
    above_remarks,
    handler_of,
    named_in,
    parsed,
    refusal,
    statement_at,
)
from apprescue.source.imports import Needed, imported, with_imports
from apprescue.source.owner_path import Way, same_name, shared_through, way_to_owner
from apprescue.source.prisma_names import relation_of
from apprescue.source.project import SCRIPTS
from apprescue.source.routes import head, queries_of
from apprescue.source.style import style_of
from apprescue.source.who_calls import caller_in

_CHOSEN = ("path", "query", "body")


@dataclass(frozen=True)
class _Asked:
    """A query of a handler: the byte before which its id is known, that id's text, the column that it is held against,
    and what the database is called in the handler."""

    query: Query
    byte: int
    id: str
    column: str
    database: str
    needed: tuple[Needed, ...] = ()
    last: int = 0


@fix("access/login_without_ownership", title="Refuse whoever does not own the row", safety=Safety.REVIEW)
def narrow_to_caller(finding: Finding, app: App) -> Changes:
    """One check for each address of the finding."""
    places = (finding.place, *finding.related)
    by_route = queries_of(app)
    edits: dict[Edit, None] = {}
    for route in app.routes:
        if head(route) in places:
            asked = [q for q in by_route.get(str(route), ()) if q.place in places]
            edits |= dict.fromkeys(_edits(app, route, asked))
    return tuple(edits)


def _edits(app: App, route: Route, queries: Sequence[Query]) -> Iterator[Edit]:
    handled = handler_of(app, route)
    if handled is None or not handled.is_script:
        return
    for query in queries:
        asked = _asked(app, handled, query)
        at = statement_at(handled, asked.byte, asked.last) if asked else None
        if asked is None or at is None:
            continue
        indent = indent_of(handled.text, at.start)
        caller, refuses = caller_in(app, route, handled, at.start), refusal(handled, f"{indent}{_step(handled.text)}")
        check = _check(app, asked, caller, handled) if caller and refuses else None
        if check is None:
            continue
        load, test, needed = check
        rows = [*load, f"if ({test}) {{", f"{_step(handled.text)}{refuses}", "}"]
        start = above_remarks(handled.text, at.start)
        yield Edit(handled.path, start, start, "".join(f"{row}\n{indent}" for row in rows))
        yield from with_imports(handled.path, handled.text, handled.top, needed)
        return


def _step(text: str) -> str:
    """One step of a file's indentation."""
    found = re.search(r"(?m)^(\t|  (?:  )?)(?=\S)", text)
    return found[1] if found else "  "


def _asked(app: App, handled: Handled, query: Query) -> _Asked | None:
    """The query as the handler makes it: itself, or by calling the function in which it stands."""
    condition = next((f for f in query.filters if f.operator in ("eq", "==") and f.value.comes_from(*_CHOSEN)), None)
    if condition is None:
        return None
    path = query.place.path
    top = handled.top if path == handled.path else parsed(path, app.files.get(path, ""))
    inside = [
        n for node in top for n in node.walk() if query.place.line <= n.line and n.end_line <= query.place.end_line
    ]
    value, root = _held(inside, condition.column), _root(inside, query)
    direct = _Asked(query, 0, "", condition.column, root.id if root else "")
    if value is None or root is None:
        return _by_name(handled, direct, condition, top)
    if path == handled.path and handled.node.start <= value.start < handled.node.end:
        return _Asked(query, root.start, handled.cut(value), condition.column, root.id)
    return _through_call(handled, direct, value, top) or _by_name(handled, direct, condition, top)


def _by_name(handled: Handled, asked: _Asked, condition: Filter, top: Sequence[t.Node]) -> _Asked | None:
    """The part of the request by the name that the handler gives it, where more lies between it and the query."""
    origin = next((o for o in sorted(condition.value.origins) if o.startswith(_CHOSEN)), "")
    named = named_in(handled, origin)
    needed = imported(asked.database, asked.query.place.path, top, handled.path)
    if named is None:
        return None
    return replace(asked, byte=named[1], id=named[0], needed=(needed,) if needed else ())


def _through_call(handled: Handled, asked: _Asked, value: t.Node, top: Sequence[t.Node]) -> _Asked | None:
    """The call in the handler that leads to a query in another function, with the argument that becomes its id."""
    query = asked.query
    functions = [n for node in top for n in node.walk() if isinstance(n, t.Function) and n.start <= value.start < n.end]
    own = next((f for f in functions if f.name and f.name == query.function), None)
    names = [one.target.id if isinstance(one.target, t.Name) else "" for one in own.params] if own else []
    if not isinstance(value, t.Name) or value.id not in names:
        return None
    place = names.index(value.id)
    calls = [n for n in handled.node.walk() if isinstance(n, t.Call) and _last(n.callee) == query.function]
    needed = imported(asked.database, query.place.path, top, handled.path)
    chosen = {handled.cut(call.args[place]) if place < len(call.args) else "" for call in calls}
    if len(chosen) != 1 or needed is None or "" in chosen:
        return None
    return replace(asked, byte=calls[0].start, id=chosen.pop(), needed=(needed,), last=calls[-1].start)


def _last(node: t.Node) -> str:
    return node.name if isinstance(node, t.Member) else node.id if isinstance(node, t.Name) else ""


def _held(nodes: Sequence[t.Node], column: str) -> t.Node | None:
    """What a query holds a column against: in `eq(table.column, x)`, `.eq('column', x)` or `where: { column: x }`."""
    for node in nodes:
        if isinstance(node, t.Call) and _last(node.callee) == "eq" and len(node.args) == 2:
            one, other = node.args
            name = one.name if isinstance(one, t.Member) else one.value if isinstance(one, t.Literal) else ""
            if same_name(str(name), column):
                return other
        if isinstance(node, t.Object):
            where = node.get("where")
            found = where.get(column) if isinstance(where, t.Object) else None
            if found is not None:
                return found
    return None


def _root(nodes: Sequence[t.Node], query: Query) -> t.Name | None:
    """The name of the database that a query begins with."""
    for node in nodes:
        if isinstance(node, t.Call) and isinstance(node.callee, t.Member):
            inner: t.Node = node
            while isinstance(inner, (t.Call, t.Member)):
                inner = inner.callee if isinstance(inner, t.Call) else inner.object
            if isinstance(inner, t.Name) and inner.id != "this" and query.library:
                return inner
    return None


_Check = tuple[list[str], str, list[Needed]]


def _check(app: App, asked: _Asked, caller: str, handled: Handled) -> _Check | None:
    """The lines that load the owner, the test that finds somebody else, and what must be imported for them."""
    way = way_to_owner(app, asked.query.table)
    if way is None:
        return None
    if same_name(asked.column, way.steps[0][1]):
        if len(way.steps) == 1:
            return [], f"{asked.id} !== {caller}{_unless_admin(app, caller)}", []
        way = Way(way.steps[1:])
    elif not same_name(asked.column, "id"):
        return None
    reads = asked.query.operation == "select"
    hangs_on = reads or len(way.steps) > 1
    if hangs_on and any(shared_through(app, table, not reads) for table, _ in way.steps):
        return None
    name = "owned" if "owned" not in handled.cut(handled.node) else "ownedRow"
    outside = asked.query.place.path != handled.path
    if not asked.database or (outside and not asked.needed):
        return None
    write = {"drizzle": _drizzle, "prisma": _prisma, "supabase": _supabase}.get(asked.query.library)
    return write(app, asked, caller, way, name) if write else None


def _unless_admin(app: App, caller: str) -> str:
    """The end of a test that lets admins through, where the app compares the caller's role with theirs."""
    base = caller.rpartition(".")[0]
    if not base.isprintable() or not base:
        return ""
    asks = re.compile(rf"(?<![\w.]){re.escape(base)}[?!]?\.role\s*[!=]==?\s*((['\"])\w*admin\w*\2)", re.I)
    found = (asks.search(text) for path, text in app.files.items() if path.endswith(SCRIPTS))
    role = next((one[1] for one in found if one), "")
    return f" && {base}.role !== {role}" if role else ""


def _drizzle(app: App, asked: _Asked, caller: str, way: Way, name: str) -> _Check | None:
    names = drizzle_names(app.files)
    tables = [table_called(names, table) for table, _ in way.steps]
    if not all(tables):
        return None
    known = [one for one in tables if one is not None]
    columns = [one.property_of(column) for one, (_, column) in zip(known, way.steps, strict=True)]
    if not all(columns) or not all(one.property_of("id") for one in known):
        return None
    first, last = known[0], known[-1]
    joins = [
        f"  .innerJoin({parent.variable}, eq({child.variable}.{column}, {parent.variable}.{parent.property_of('id')}))"
        for child, parent, column in zip(known, known[1:], columns, strict=False)
    ]
    load = [
        f"const [{name}] = await {asked.database}",
        f"  .select({{ {columns[-1]}: {last.variable}.{columns[-1]} }})",
        f"  .from({first.variable})",
        *joins,
        f"  .where(eq({first.variable}.{first.property_of('id')}, {asked.id}));",
    ]
    path = asked.query.place.path
    top = parsed(path, app.files[path])
    needed = [imported(one, path, top, path) for one in ("eq", *(one.variable for one in known))]
    if not all(needed):
        return None
    return (
        load,
        f"{name}?.{columns[-1]} !== {caller}{_unless_admin(app, caller)}",
        [*asked.needed, *(one for one in needed if one is not None)],
    )


def _prisma(app: App, asked: _Asked, caller: str, way: Way, name: str) -> _Check | None:
    relations = [relation_of(app.files, table, column) for table, column in way.steps[:-1]]
    if not all(relations):
        return None
    taken = f"{way.owner[1]}: true"
    for relation in reversed(relations):
        taken = f"{relation}: {{ select: {{ {taken} }} }}"
    model = asked.query.step.name.split(".")[-2]
    if len(way.steps) and not same_name(model, way.steps[0][0]) and not same_name(asked.query.table, way.steps[0][0]):
        model = way.steps[0][0][:1].lower() + way.steps[0][0][1:]
    key = "id" if asked.id == "id" else f"id: {asked.id}"
    load = [
        f"const {name} = await {asked.database}.{model}.findFirst({{",
        f"  where: {{ {key} }},",
        f"  select: {{ {taken} }},",
        "});",
    ]
    owner = "?.".join((name, *relations, way.owner[1]))
    return load, f"{owner} !== {caller}{_unless_admin(app, caller)}", [*asked.needed]


def _supabase(app: App, asked: _Asked, caller: str, way: Way, name: str) -> _Check | None:
    (table, column), further = way.steps[0], way.steps[1:]
    if further:
        return None
    style = style_of(app.files[asked.query.place.path], asked.query.place.path)
    load = [
        f"const {{ data: {name} }} = await {asked.database}",
        f"{style.step}.from({style.text(table)})",
        f"{style.step}.select({style.text(column)})",
        f"{style.step}.eq({style.text('id')}, {asked.id})",
        f"{style.step}.maybeSingle(){style.end}",
    ]
    return load, f"{name}?.{column} !== {caller}{_unless_admin(app, caller)}", [*asked.needed]
