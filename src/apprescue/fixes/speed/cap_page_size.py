"""A list whose length the caller chooses has an upper end: 100 rows, or as many as the app itself ever asks for.

Left as it is where the app asks for more than a thousand at once, and where the number does not stand in the query as
a name, a part of the request or a call that reads a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import Code
from apprescue.model.trace import Value
from apprescue.source import tree as t
from apprescue.source.handled import parsed

_TAKES = ("limit", "take", "to_list", "first", "fetchmany")
_NUMBERS = ("parseInt()", "Number()", "Number.parseInt()", "parseFloat()", "int()")
_USUAL = 100
_MOST = 1000


@fix("speed/endless_page_size", title="Give lists an upper end", safety=Safety.REVIEW)
def cap_page_size(finding: Finding, app: App) -> Changes:
    """One edit for each number that comes as the caller wrote it."""
    places = {(p.path, p.line) for p in (finding.place, *finding.related) if isinstance(p, Code)}
    edits: dict[Edit, None] = {}
    for query in app.queries:
        if query.route and (query.place.path, query.place.line) in places:
            edits |= dict.fromkeys(_edits(app, query))
    return tuple(edits)


def _edits(app: App, query: Query) -> Iterator[Edit]:
    path = query.place.path
    text = app.files.get(path, "")
    nodes = [node for top in parsed(path, text) for node in top.walk()]
    last = max(query.place.line, query.place.end_line)
    around = [n for n in nodes if n.line <= last and query.place.line <= n.end_line]
    inside = [n for n in around if isinstance(n, t.Call) or (query.place.line <= n.line and n.end_line <= last)]
    code = text.encode("utf-8", "surrogatepass")
    for size, node in ((size, node) for size in _sizes(query) for node in _taken(inside)):
        asked = [o.partition(".")[2] for o in size.origins if o.partition(".")[0] in ("query", "body", "path")]
        if not asked or not isinstance(node, (t.Name, t.Member, t.Call)) or _ends(node):
            continue
        most = max((_USUAL, *(n for name in asked for n in _asked_for(app, name, query.function))))
        if most <= _MOST:
            said = code[node.start : node.end].decode("utf-8", "surrogatepass")
            yield Edit(path, node.start, node.end, _capped(path, said, size, most))


def _sizes(query: Query) -> Iterator[Value]:
    for link in query.step.chain:
        if link.method in _TAKES and link.args:
            yield link.args[-1]
        elif link.args and link.args[0].fields:
            yield from (v for k, v in link.args[0].fields.items() if k in ("take", "limit"))


def _taken(nodes: Sequence[t.Node]) -> Iterator[t.Node]:
    """What stands for a number of rows."""
    for node in nodes:
        if isinstance(node, t.Call) and isinstance(node.callee, t.Member) and node.callee.name in _TAKES and node.args:
            yield node.args[-1]
        if isinstance(node, t.Object):
            yield from (v for k, v in node.entries if k in ("take", "limit"))


def _ends(node: t.Node) -> bool:
    """Whether a number already has an upper end."""
    callee = node.callee if isinstance(node, t.Call) else None
    return (isinstance(callee, t.Member) and callee.name == "min") or (
        isinstance(callee, t.Name) and callee.id == "min"
    )


def _asked_for(app: App, name: str, function: str) -> Iterator[int]:
    """The numbers that the app's own code gives to a part of a request, or to the function that reads the rows."""
    given = re.compile(rf"\b{re.escape(name)}['\"]?\s*[=:]\s*['\"]?(\d{{1,9}})\b")
    called = re.compile(rf"\b{re.escape(function)}\([^()\n]*?\b(\d{{1,9}})\s*\)") if function else None
    for text in app.files.values():
        if name in text:
            yield from (int(found[1]) for found in given.finditer(text))
        if called is not None and function in text:
            yield from (int(found[1]) for found in called.finditer(text))


def _capped(path: str, said: str, size: Value, most: int) -> str:
    if path.endswith(".py"):
        return f"min({said}, {most})"
    number = size.name in _NUMBERS or not size.name.startswith("request.")
    return f"Math.min({said if number else f'Number({said})'}, {most})"
