"""A query whose rows are answered as they are names its columns, all but the private ones.

For Prisma: a query without `select` gets one (its `include` goes on inside), a relation that is read along whole gets
one of its own. Left as it is where the handler itself uses one of the private columns, and for other libraries, whose
functions promise whole rows to others as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import RoutePlace
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.handled import parsed
from apprescue.source.prisma_names import columns_of, model_named

_PERSON = re.compile(r"(?i)email|phone|address|birth|stripe_?(?:account|customer)|bank|payout")
_WIDE = 80
_READS = ("findMany", "findUnique", "findFirst", "findUniqueOrThrow", "findFirstOrThrow")


@fix("access/private_fields_returned", title="Send the columns that are meant, not whole rows", safety=Safety.REVIEW)
def hide_private_fields(finding: Finding, app: App) -> Changes:
    """One edit for each query or relation."""
    places = (finding.place, *finding.related)
    paths = {place.at.path for place in places if isinstance(place, RoutePlace) and place.at}
    here = [q for q in app.queries if q.place in places and q.place.path in paths]
    queries = {q.place: q for q in here if q.library == "prisma"}
    return tuple(edit for query in queries.values() for edit in _edits(app, query))


def _edits(app: App, query: Query) -> Iterator[Edit]:
    path = query.place.path
    text = app.files.get(path, "")
    nodes = [node for top in parsed(path, text) for node in top.walk()]
    for call in nodes:
        if not isinstance(call, t.Call) or not isinstance(call.callee, t.Member) or call.callee.name not in _READS:
            continue
        own = query.place.line <= call.line and call.end_line <= query.place.end_line
        model = call.callee.object
        if own and isinstance(model, t.Member) and len(call.args) < 2:
            asked = call.args[0] if call.args else None
            if asked is None or isinstance(asked, t.Object):
                yield from _narrowed(app, path, text, model.name, call, asked, nodes)
            return


def _narrowed(
    app: App, path: str, text: str, model: str, call: t.Call, asked: t.Object | None, nodes: list[t.Node]
) -> Iterator[Edit]:
    fields = model_named(app.files, model)
    kept = _kept(app, model, fields)
    included = asked.get("include") if asked else None
    if kept and (asked is None or asked.get("select") is None):
        hidden = [name for name in fields if name not in kept]
        used = any(isinstance(node, t.Member) and node.name in hidden for node in nodes)
        if not used and (included is None or isinstance(included, t.Object)):
            yield _selected(path, text, call, asked, included, kept)
    elif isinstance(included, t.Object):
        for name, value in included.entries:
            kind = fields.get(name, "") if isinstance(name, str) else ""
            inner = _kept(app, kind, model_named(app.files, kind)) if kind else []
            if inner and isinstance(value, t.Literal) and value.value is True:
                indent = indent_of(text, value.start)
                yield Edit(path, value.start, value.end, f"{{ {_select(inner, indent, _step(indent))} }}")


def _kept(app: App, model: str, fields: dict[str, str]) -> list[str]:
    """The columns of a model of people that may be shown; none where it has nothing to hide."""
    if not (meaning.is_personal(model) or "creator" in model.lower()):
        return []
    columns = columns_of(app.files, fields)
    secret = [name for name in columns if meaning.SECRET_COLUMN.search(name)]
    hidden = secret or [name for name in columns if _PERSON.search(name)]
    return [name for name in columns if name not in hidden] if hidden else []


def _step(indent: str) -> str:
    return "\t" if indent.startswith("\t") else "  "


def _select(names: list[str], indent: str, step: str) -> str:
    """A select of columns, in one row where it is short."""
    short = f"select: {{ {', '.join(f'{name}: true' for name in names)} }}"
    if len(short) <= _WIDE:
        return short
    return "select: {" + "".join(f"\n{indent}{step}{name}: true," for name in names) + f"\n{indent}}}"


def _selected(
    path: str, text: str, call: t.Call, asked: t.Object | None, included: t.Object | None, kept: list[str]
) -> Edit:
    """The edit by which a query names its columns: in place of its `include`, or behind what it asks for."""
    code = text.encode("utf-8", "surrogatepass")
    indent = indent_of(text, call.start)
    if asked is None or not asked.entries:
        start, end = (asked.start, asked.end) if asked else (call.end - 1, call.end - 1)
        return Edit(path, start, end, f"{{ {_select(kept, indent, _step(indent))} }}")
    if included is not None:
        key = code.rfind(b"include", asked.start, included.start)
        indent = indent_of(text, key)
        names = "".join(f"\n{indent}{_step(indent)}{name}: true," for name in kept)
        return Edit(path, key, included.start + 1, f"select: {{{names}")
    last = asked.entries[-1][1].end
    own_row = code[asked.start : asked.entries[0][1].start].count(b"\n") > 0
    indent = indent_of(text, asked.entries[0][1].start)
    glue = f",\n{indent}" if own_row else ", "
    return Edit(path, last, last, glue + _select(kept, indent, _step(indent)))
