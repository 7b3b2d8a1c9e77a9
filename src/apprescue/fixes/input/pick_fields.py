"""A write that takes the whole request takes only the fields that are meant.

The fields are those of the parameter's type, where it is spelled out beside it or in the same file. Where somebody
changes his own row otherwise, they are the columns of its table that give no power, name nobody and nothing else, and
are filled by nobody but him. Left as it is where neither is known, and in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.drizzle_names import drizzle_names, table_called
from apprescue.source.edits import indent_of
from apprescue.source.handled import parsed
from apprescue.source.owner_path import table_named
from apprescue.source.powers import kind_of
from apprescue.source.project import SCRIPTS
from apprescue.source.type_literals import shapes

_TAKES = ("data", "update", "create")
_WRITES = ("set", "values", "insert", "update", "upsert")
_CLOSED = "{}"
_WIDE = 60
_OTHERS = re.compile(
    r"(?i)(?:^|_)(?:id|uuid|uid|email|phone|password|hash|token|secret|key|at|count|total|score|rating|status|state|views?|"
    r"stripe|customer|paid|price|fee|points|followers?|likes?|slug|ip)(?:$|_)"
)


@fix("input/mass_assignment", title="Write only the fields that are meant", safety=Safety.REVIEW)
def pick_fields(finding: Finding, app: App) -> Changes:
    """One edit for each write."""
    places = (finding.place, *finding.related)
    queries = {q.place: q for q in app.queries if q.place in places and q.place.path.endswith(SCRIPTS)}
    return tuple(edit for query in queries.values() for edit in _edits(app, query))


def _edits(app: App, query: Query) -> Iterator[Edit]:
    path = query.place.path
    text = app.files.get(path, "")
    nodes = [node for top in parsed(path, text) for node in top.walk()]
    functions = [n for n in nodes if isinstance(n, t.Function) and n.line <= query.place.line <= n.end_line]
    own = min(functions, key=lambda n: n.end - n.start, default=None)
    inside = [n for n in nodes if query.place.line <= n.line and n.end_line <= query.place.end_line]
    for taken in _taken(inside):
        given = _parameter(own, taken.id) if own else None
        names = _fields(text, given) if given else []
        if names:
            yield Edit(path, taken.start, taken.end, _picked(taken.id, names, indent_of(text, taken.start)))
    asked = [one for one in app.queries if one.place == query.place and one.route]
    his = asked and all(any(f.value.comes_from("caller") for f in one.filters) for one in asked)
    names = _columns(app, query) if his and query.operation == "update" else []
    for start, end, name in _whole(inside) if names else ():
        picked = _picked(name, names, indent_of(text, start))
        alone = text.encode("utf-8", "surrogatepass")[start : start + 1] == b"{"
        yield Edit(path, start, end, picked if alone else picked.strip("{}").lstrip(" ").rstrip().rstrip(","))


def _columns(app: App, query: Query) -> list[str]:
    """What a person may change of a row of his own, as the code calls it."""
    table = table_named(app.schema, query.table)
    columns = [one.name for one in table.columns if not kind_of(app, table, one)] if table else []
    meant = [one for one in columns if not _OTHERS.search(one) and not meaning.RIGHTS.match(one)]
    if query.library != "drizzle":
        return meant if query.library == "supabase" else []
    named = table_called(drizzle_names(app.files), query.table)
    return [said for one in meant if (said := named.property_of(one))] if named else []


def _whole(nodes: Sequence[t.Node]) -> Iterator[tuple[int, int, str]]:
    """What a write is given whole and is no name of a typed parameter: `{ ...name }`, alone or before other fields."""
    for node in nodes:
        writes = isinstance(node, t.Call) and isinstance(node.callee, t.Member) and node.callee.name in _WRITES
        row = node.args[0] if isinstance(node, t.Call) and writes and node.args else None
        spread = [v for k, v in row.entries if k is None and isinstance(v, t.Name)] if isinstance(row, t.Object) else []
        if isinstance(row, t.Object) and len(spread) == 1:
            part = row if len(row.entries) == 1 else spread[0]
            yield part.start - (0 if part is row else len("...")), part.end, spread[0].id


def _taken(nodes: Sequence[t.Node]) -> Iterator[t.Name]:
    """The names that a write takes whole: `data: name`, `.set(name)`, `.insert(name)`."""
    for node in nodes:
        if isinstance(node, t.Object):
            yield from (v for k, v in node.entries if k in _TAKES and isinstance(v, t.Name))
        writes = isinstance(node, t.Call) and isinstance(node.callee, t.Member) and node.callee.name in _WRITES
        if isinstance(node, t.Call) and writes:
            yield from (arg for arg in node.args[:1] if isinstance(arg, t.Name))


def _parameter(function: t.Function, name: str) -> str:
    """The text of a parameter's type; empty where it has none."""
    for one in function.params:
        if isinstance(one.target, t.Name) and one.target.id == name and isinstance(one.annotation, t.Name):
            return one.annotation.id
    return ""


def _fields(text: str, kind: str) -> list[str]:
    """The fields of a type as written, or by the name that the same file gives it; none where it is open to others."""
    named = re.fullmatch(r"\w+", kind)
    said, name = (text, kind) if named else (f"type Taken = {kind}", "Taken")
    mixed = re.search(rf"\binterface\s+{name}\s+extends\b|\b{name}\b[^}}]*\[\s*\w+\s*(?::|in\b)", said)
    found = next(shapes(said, name), None)
    return list(found.fields) if found and found.text == _CLOSED and not mixed else []


def _picked(name: str, names: Sequence[str], indent: str) -> str:
    parts = [f"{one}: {name}.{one}" for one in names]
    short = f"{{ {', '.join(parts)} }}"
    if len(short) <= _WIDE:
        return short
    step = "\t" if indent.startswith("\t") else "  "
    return "{" + "".join(f"\n{indent}{step}{part}," for part in parts) + f"\n{indent}}}"
