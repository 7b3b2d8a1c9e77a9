"""A query of a handler as the handler makes it: the id that it asks by, and where in the handler that id is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from apprescue.model.app import App, Filter, Query
from apprescue.source import tree as t
from apprescue.source.handled import Handled, named_in, parsed
from apprescue.source.imports import Needed, imported
from apprescue.source.owner_path import same_name

_CHOSEN = ("path", "query", "body")
_MARK = r"(?i)(?:\b\w+\.)?[\"`]?\b{}[\"`]?\s*=\s*(\$\d+|\?)"


@dataclass(frozen=True)
class AskedRow:
    """A query of a handler: the byte before which its id is known, that id's text, the column that it is held against,
    what the database is called in the handler, and the call on it as it is written (`pool.query`, `Order.findById`);
    `wrapped` where that is a function of the app's own."""

    query: Query
    byte: int
    id: str
    column: str
    database: str
    call: str = ""
    needed: tuple[Needed, ...] = ()
    last: int = 0
    wrapped: bool = False

    @property
    def carrier(self) -> str:
        """The package's name of the call, which begins with the package's own."""
        return next(iter(self.query.step.chain)).name


def asked_row(app: App, handled: Handled, query: Query) -> AskedRow | None:
    """The query as the handler makes it: itself, or by calling the function in which it stands."""
    condition = next((f for f in query.filters if f.operator in ("eq", "==") and f.value.comes_from(*_CHOSEN)), None)
    if condition is None:
        return None
    path = query.place.path
    top = handled.top if path == handled.path else parsed(path, app.files.get(path, ""))
    inside = [
        n for node in top for n in node.walk() if query.place.line <= n.line and n.end_line <= query.place.end_line
    ]
    file = replace(handled, path=path, text=app.files.get(path, ""), top=top)
    value, begins = _held(file, inside, condition.column), _begins(inside, query)
    root, call = begins or (None, None)
    said = file.cut(call.callee) if call is not None else ""
    direct = AskedRow(query, 0, "", condition.column, root.id if root else "", said)
    if query.library == "sql" and path != handled.path:
        return _by_statement(handled, direct)
    if value is None or root is None:
        return _by_name(handled, direct, condition, top)
    if path == handled.path and handled.node.start <= value.start < handled.node.end:
        return _outside(handled, replace(direct, byte=root.start, id=handled.cut(value)))
    return _through_call(handled, direct, value, top) or _by_name(handled, direct, condition, top)


def _outside(handled: Handled, asked: AskedRow) -> AskedRow:
    """A query within a transaction is asked about before it, of the database that the transaction is begun on."""
    for one in handled.node.walk():
        inside = isinstance(one, t.Call) and one.start < asked.byte < one.end
        if inside and isinstance(one, t.Call) and isinstance(one.callee, t.Member) and one.args:
            given = one.args[0].params if isinstance(one.args[0], t.Function) else []
            named = [part.target.id for part in given if isinstance(part.target, t.Name)]
            begun = one.callee.object
            if one.callee.name.endswith("transaction") and isinstance(begun, t.Name) and asked.database in named:
                return replace(asked, database=begun.id, byte=one.start)
    return asked


def _by_statement(handled: Handled, asked: AskedRow) -> AskedRow | None:
    """The handler's call of the app's own function that is given the statement."""
    for call in (n for n in handled.node.walk() if isinstance(n, t.Call) and n.args):
        first = call.args[0]
        if isinstance(first, t.Literal) and str(first.value).split() == asked.query.sql.split():
            value, said = _given(handled, call, asked.column), handled.cut(call.callee)
            database = re.match(r"\w+", said)
            if value is not None and database and "\n" not in said:
                own = replace(asked, byte=call.start, id=handled.cut(value), database=database[0], call=said)
                return replace(own, wrapped=True)
    return None


def _by_name(handled: Handled, asked: AskedRow, condition: Filter, top: Sequence[t.Node]) -> AskedRow | None:
    """The part of the request by the name that the handler gives it, where more lies between it and the query."""
    origin = next((o for o in sorted(condition.value.origins) if o.startswith(_CHOSEN)), "")
    named = named_in(handled, origin)
    needed = imported(asked.database, asked.query.place.path, top, handled.path)
    if named is None:
        return None
    return replace(asked, byte=named[1], id=named[0], needed=(needed,) if needed else ())


def _through_call(handled: Handled, asked: AskedRow, value: t.Node, top: Sequence[t.Node]) -> AskedRow | None:
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


def _held(file: Handled, nodes: Sequence[t.Node], column: str) -> t.Node | None:
    """What a query holds a column against: in `eq(table.column, x)`, `.eq('column', x)`, `where: { column: x }`,
    `findById(x)`, `findOne({ _id: x })` or in a statement's text."""
    for node in nodes:
        if isinstance(node, t.Object):
            where = node.get("where")
            found = where.get(column) if isinstance(where, t.Object) else None
            if found is not None:
                return found
        found = _given(file, node, column) if isinstance(node, t.Call) else None
        if found is not None:
            return found
    return None


def _given(file: Handled, call: t.Call, column: str) -> t.Node | None:
    first = call.args[0] if call.args else None
    if _last(call.callee) == "eq" and first is not None and len(call.args) == 2:
        name = first.name if isinstance(first, t.Member) else first.value if isinstance(first, t.Literal) else ""
        return call.args[1] if same_name(str(name), column) else None
    if re.search(r"ById(?:And\w+)?$", _last(call.callee)) and column == "_id":
        return first
    if isinstance(first, t.Object) and column == "_id":
        return first.get(column)
    if isinstance(first, (t.Literal, t.Template)):
        return _in_statement(file, call, column)
    return None


def _in_statement(file: Handled, call: t.Call, column: str) -> t.Node | None:
    """What is put in for a mark of a statement: `where id = $1` with `[x]`, `where id = ?` with `x`."""
    sql = file.cut(call.args[0])
    mark = re.search(_MARK.format(re.escape(column)), sql[sql.lower().rfind("where") :])
    if isinstance(call.args[0], t.Template) and "${" in sql:
        before = re.compile(rf"(?i)\b{re.escape(column)}[\"`]?\s*=\s*$")
        pairs = zip(call.args[0].pieces, call.args[0].pieces[1:], strict=False)
        said = (n for one, n in pairs if isinstance(one, t.Literal) and before.search(str(one.value)))
        return next(said, None) if _is_tagged(call) else None
    if mark is None:
        return None
    start = len(sql) - len(sql[sql.lower().rfind("where") :])
    number = sql[: start + mark.start(1)].count("?") if mark[1] == "?" else int(mark[1][1:]) - 1
    given = call.args[1:] or _run_with(file, call)
    if given and isinstance(given[0], t.Array):
        given = list(given[0].items)
    return given[number] if 0 <= number < len(given) else None


def _run_with(file: Handled, prepared: t.Call) -> list[t.Node]:
    """The arguments with which a prepared statement is run."""
    for node in (inner for one in file.top for inner in one.walk()):
        if isinstance(node, t.Call) and isinstance(node.callee, t.Member) and node.callee.object is prepared:
            return list(node.args)
    return []


def _begins(nodes: Sequence[t.Node], query: Query) -> tuple[t.Name, t.Call] | None:
    """The name of the database that a query begins with, and the first call on it."""
    for node in nodes:
        if isinstance(node, t.Call) and isinstance(node.callee, t.Name) and _is_tagged(node):
            return node.callee, node
        if isinstance(node, t.Call) and isinstance(node.callee, t.Member):
            inner: t.Node = node
            first = node
            while isinstance(inner, (t.Call, t.Member)):
                first = inner if isinstance(inner, t.Call) else first
                inner = inner.callee if isinstance(inner, t.Call) else inner.object
            if isinstance(inner, t.Name) and inner.id != "this" and query.library:
                return inner, first
    return None


def _is_tagged(call: t.Call) -> bool:
    """Whether a call is a name before a text: sql`...`."""
    return isinstance(call.callee, t.Name) and len(call.args) == 1 and isinstance(call.args[0], t.Template)


def database_of(handled: Handled, query: Query) -> str:
    """What a query of the handler's own file begins with; empty where it stands elsewhere."""
    inside = [n for n in handled.node.walk() if query.place.line <= n.line and n.end_line <= query.place.end_line]
    begins = _begins(inside, query) if query.place.path == handled.path else None
    return begins[0].id if begins else ""


def names_in(handled: Handled, text: str) -> Iterator[str]:
    """The names that an expression needs."""
    for node in parsed(handled.path, text):
        yield from (n.id for n in node.walk() if isinstance(n, t.Name))
