"""A Python server takes from the request only those roles that give no power, and the app's own default for all others.

The roles are those that the app's code compares with; the default is the field's, in the model of the request. Done
where a new row is written with the field as it came. Left as it is where the model names no default, or one with power.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import RoutePlace
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.role_words import POWER
from apprescue.source.routes import queries_of, written_by

_MOST_WORDS = 4
_CHAT = ("assistant", "system", "tool")


@fix("access/role_from_body", title="Let people choose a harmless role alone", safety=Safety.REVIEW)
def choose_harmless_role(finding: Finding, app: App) -> Changes:
    """The field of the new row."""
    named = finding.place.route if isinstance(finding.place, RoutePlace) else ""
    for query in queries_of(app).get(named, ()):
        file = hand(app, query.place.path) if query.place in finding.related and query.operation == "insert" else None
        edits = list(_narrowed(app, file, query)) if file is not None and file.is_python else []
        if edits:
            yield from edits
            yield Todo(f"See whether {query.place.path} names every role that people may give themselves.")


def _narrowed(app: App, file: Handwriting, query: Query) -> Iterator[Edit]:
    fields = [n for n, v in written_by(query).items() if meaning.RIGHTS.match(n) and v.comes_from("body")]
    made = [n for n in file.nodes if isinstance(n, t.Function) and n.line <= query.place.line <= n.end_line]
    for node in made[-1].walk() if made else ():
        for field in fields:
            value = _given(node, field)
            root, _, name = dotted(value).partition(".") if value is not None else ("", "", "")
            default = _default(app, made[-1], root, name) if name else ""
            if value is not None and default and not POWER.search(default):
                yield file.instead(value, _chosen(app, file, dotted(value), name, default))


def _given(node: t.Node, field: str) -> t.Node | None:
    if isinstance(node, t.Call):
        return node.keywords.get(field)
    return node.get(field) if isinstance(node, t.Object) else None


def _default(app: App, function: t.Function, param: str, field: str) -> str:
    """The field's default in the class that a parameter is of; empty where it has none."""
    kinds = [one.annotation for one in function.params if isinstance(one.target, t.Name) and one.target.id == param]
    name = kinds[0].id if kinds and isinstance(kinds[0], t.Name) else ""
    files = (hand(app, path) for path, text in app.files.items() if path.endswith(".py") and f"class {name}(" in text)
    nodes = [n for file in files if name and file for n in file.top if isinstance(n, t.Class) and n.name == name]
    given = [n.value for one in nodes for n in one.body if isinstance(n, t.Assign) and dotted(n.target) == field]
    texts = [one.value for one in given if isinstance(one, t.Literal) and isinstance(one.value, str)]
    return texts[0] if len(given) == len(texts) == 1 else ""


def _chosen(app: App, file: Handwriting, sent: str, field: str, default: str) -> str:
    """The default, or what is sent where that is another harmless word that the app knows."""
    compared = re.compile(rf"\b{field}\s*[=!]=\s*['\"]([\w-]+)['\"]")
    known = {word for path, text in app.files.items() if path.endswith(".py") for word in compared.findall(text)}
    words = sorted(one for one in known - {default, *_CHAT} if not POWER.search(one))
    tests = [f"{file.said(one)} if {sent} == {file.said(one)} else " for one in words]
    return ("".join(tests) if len(words) < _MOST_WORDS else "") + file.said(default)
