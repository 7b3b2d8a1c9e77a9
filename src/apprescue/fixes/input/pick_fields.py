"""A write that takes the whole request takes only the fields that its own function says it takes.

The fields are those of the parameter's type, where it is spelled out beside it or in the same file. Left as it is where
the parameter has no such type, where it is open (an index signature, another type mixed in), and in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.handled import parsed
from apprescue.source.project import SCRIPTS
from apprescue.source.type_literals import shapes

_TAKES = ("data", "update", "create")
_WRITES = ("set", "values", "insert", "update", "upsert")
_CLOSED = "{}"
_WIDE = 60


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
    for taken in _taken([n for n in nodes if query.place.line <= n.line and n.end_line <= query.place.end_line]):
        given = _parameter(own, taken.id) if own else None
        names = _fields(text, given) if given else []
        if names:
            yield Edit(path, taken.start, taken.end, _picked(taken.id, names, indent_of(text, taken.start)))


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
