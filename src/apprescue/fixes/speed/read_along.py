"""A row that is read once for every element of a list is read along with the list, as an embedded part of its select.

The list must be read by supabase-js in the same function with a select that is spelled out, and the loop must look up
one row by the key that one of the list's own columns refers to: then the database can join both, under the same row
rules, and what it gives is the same. Everything else is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.schema import Schema, Table
from apprescue.source import tree as t
from apprescue.source.growth import by_step, loops_around, query_behind, table_named
from apprescue.source.javascript import parse

_LINKS = ["from", "select", "eq"]
_ONE = ("single", "maybeSingle")


@fix("speed/query_in_loop", title="Read rows along with their list, not one by one", safety=Safety.SAFE)
def read_along(finding: Finding, app: App) -> Changes:
    """The list's select with the parts in it, and each call in the loop as a look at its part."""
    known = by_step(app.queries)
    found: dict[int, tuple[Query, list[Query]]] = {}
    for query in app.queries:
        loops = loops_around(query)
        source = query_behind(loops[-1].of, known) if loops and query.place in finding.related else None
        if source is not None and source.place.path == query.place.path:
            found.setdefault(id(source), (source, []))[1].append(query)
    return tuple(edit for source, asked in found.values() for edit in _edits(source, asked, app))


def _edits(source: Query, asked: Sequence[Query], app: App) -> Iterator[Edit]:
    path = source.place.path
    text = app.files.get(path, "")
    code = text.encode("utf-8", "surrogatepass")
    nodes = [node for top in parse(text, jsx=not path.endswith(".ts")) for node in top.walk()]
    select = _select(nodes, source)
    parent = table_named(app.schema, source.table)
    if select is None or parent is None:
        return
    parts = []
    for query in asked:
        found = _look_up(nodes, query)
        child = table_named(app.schema, query.table)
        if found is None or child is None or (embed := _embed(found, parent, child, query, app.schema)) is None:
            continue
        word = code[found.statement.start : found.statement.end].split()[0].decode()
        end = ";" if code[: found.statement.end].endswith(b";") else ""
        parts.append(embed)
        told = f"{word} {found.name} = {found.item}.{found.name}{end}"
        yield Edit(path, found.statement.start, found.statement.end, told)
    if parts:
        yield Edit(path, select.end - 1, select.end - 1, "".join(f", {part}" for part in parts))


def _select(nodes: Sequence[t.Node], source: Query) -> t.Literal | None:
    """The text of the list's select."""
    inside = (n for n in nodes if source.place.line <= n.line and n.end_line <= source.place.end_line)
    texts = [
        call.args[0]
        for call in inside
        if isinstance(call, t.Call) and isinstance(call.callee, t.Member) and call.callee.name == "select" and call.args
    ]
    return texts[0] if len(texts) == 1 and isinstance(texts[0], t.Literal) and texts[0].value else None


class _Found:
    """`const { data: name } = await supabase.from(table).select(columns).eq(key, item.column).single()`."""

    def __init__(self, statement: t.Assign, name: str, columns: str, key: str, item: str, column: str) -> None:
        self.statement, self.name, self.columns = statement, name, columns
        self.key, self.item, self.column = key, item, column


def _look_up(nodes: Sequence[t.Node], query: Query) -> _Found | None:
    for node in nodes:
        if isinstance(node, t.Assign) and node.declares and isinstance(node.value, t.Await):
            own = node.line <= query.place.line and query.place.end_line <= node.end_line
            name, links = _named(node.target), _links(node.value.value)
            if own and name and [word for word, _ in links[:3]] == _LINKS and len(links) == 4 and links[3][0] in _ONE:
                columns, (key, value) = links[1][1], _two(links[2][1])
                whole = len(columns) == 1 and isinstance(columns[0], t.Literal) and isinstance(key, t.Literal)
                if whole and isinstance(value, t.Member) and isinstance(value.object, t.Name):
                    told = str(columns[0].value), str(key.value)  # type: ignore[attr-defined, union-attr]  # literals
                    return _Found(node, name, *told, value.object.id, value.name)
    return None


def _named(target: t.Node) -> str:
    """What `{ data: name }` or `{ data }` calls its data; nothing for a pattern that takes more."""
    if isinstance(target, t.Object) and len(target.entries) == 1 and target.entries[0][0] == "data":
        inner = target.entries[0][1]
        return inner.id if isinstance(inner, t.Name) else ""
    return ""


def _links(node: t.Node) -> list[tuple[str, list[t.Node]]]:
    """The calls of a chain with their arguments, first to last."""
    links = []
    while isinstance(node, t.Call) and isinstance(node.callee, t.Member):
        links.append((node.callee.name, node.args))
        node = node.callee.object
    return links[::-1]


def _two(args: Sequence[t.Node]) -> tuple[t.Node | None, t.Node | None]:
    return (args[0], args[1]) if len(args) == 2 else (None, None)


def _embed(found: _Found, parent: Table, child: Table, query: Query, schema: Schema) -> str | None:
    """The part of the select that reads the row along: by the reference that leads from the list's column to it."""
    keys = [key for key in parent.foreign_keys if key.to_table == child.name]
    if not any(key.columns == (found.column,) and key.to_columns == (found.key,) for key in keys):
        return None
    hint = f"!{found.column}" if len(keys) > 1 or _otherwise(parent, child, schema) else ""
    return f"{found.name}:{query.table}{hint}({found.columns})"


def _otherwise(parent: Table, child: Table, schema: Schema) -> bool:
    """Whether another way leads from one table to the other: back, or through a third one."""
    both = {parent.name, child.name}
    third = any(both <= {key.to_table for key in table.foreign_keys} for table in schema.tables)
    return third or any(key.to_table == parent.name for key in child.foreign_keys)
