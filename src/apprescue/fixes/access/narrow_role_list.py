"""A schema of the request no longer lists the roles that have power over others: nobody signs up as an admin.

Done for a list in the schema that one address alone checks its body with (`z.enum([...])`, `.valid(...)`,
`.oneOf([...])`). Where somebody may be meant to choose such a role, as an owner's, the list is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import Code, RoutePlace
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.role_words import POWER
from apprescue.source.routes import queries_of, written_by

_SURE = re.compile(r"(?i)admin|staff|super|moderat|root")
_PARSES = ("parse", "safeParse", "parseAsync", "safeParseAsync", "validate", "validateAsync", "validateSync")
_REUSES = ("extend", "partial", "omit", "pick", "merge")
_LISTS = re.compile(r"(?:^|\.)(?:enum|valid|oneOf|isIn)$")


@fix("access/role_from_body", title="Let nobody choose an admin's role", safety=Safety.REVIEW)
def narrow_role_list(finding: Finding, app: App) -> Changes:
    """The list without the roles that have power."""
    named = finding.place.route if isinstance(finding.place, RoutePlace) else ""
    query = next((one for one in queries_of(app).get(named, ()) if one.place in finding.related), None)
    file = hand(app, query.place.path) if query else None
    if query is None or file is None or file.is_python:
        return
    fields = [n for n, v in written_by(query).items() if meaning.RIGHTS.match(n) and v.comes_from("body")]
    schema = _schema(app, file, query.place)
    edits = [edit for field in fields for edit in _narrowed(file, schema, field)] if schema else []
    if edits:
        yield from edits
        yield Todo(f"Make the first admin by hand, in the database or by a script: {named} makes none any more.")


def _schema(app: App, file: Handwriting, place: Code) -> t.Assign | None:
    """The schema that the function around a query checks its body with; none where others use it too."""
    inside = [n for n in file.nodes if isinstance(n, t.Function) and n.line <= place.line <= n.end_line]
    function = max(inside, key=lambda n: n.end - n.start, default=None)
    called = [n.callee for n in (function.walk() if function else ()) if isinstance(n, t.Call)]
    names = {dotted(one.object) for one in called if isinstance(one, t.Member) and one.name in _PARSES}
    for node in file.nodes:
        if isinstance(node, t.Assign) and isinstance(node.target, t.Name) and node.target.id in names:
            used = re.compile(rf"\b{re.escape(node.target.id)}\.(?:{'|'.join((*_PARSES, *_REUSES))})\(")
            if sum(len(used.findall(text)) for text in app.files.values()) == 1:
                return node
    return None


def _narrowed(file: Handwriting, schema: t.Assign, field: str) -> Iterator[Edit]:
    entries = (n for n in schema.walk() if isinstance(n, t.Object))
    value = next((found for n in entries if (found := n.get(field)) is not None), None)
    for call in value.walk() if value is not None else ():
        if not isinstance(call, t.Call) or not _LISTS.search(_called(call)):
            continue
        listed = call.args[0].items if len(call.args) == 1 and isinstance(call.args[0], t.Array) else call.args
        texts = [str(one.value) for one in listed if isinstance(one, t.Literal)]
        powers = [one for one in texts if POWER.search(one)]
        kept = [one for one, text in zip(listed, texts, strict=False) if text not in powers]
        if len(texts) == len(listed) and powers and kept and all(map(_SURE.search, powers)):
            yield Edit(file.path, listed[0].start, listed[-1].end, ", ".join(map(file.of, kept)))
            return


def _called(call: t.Call) -> str:
    return call.callee.name if isinstance(call.callee, t.Member) else dotted(call.callee)
