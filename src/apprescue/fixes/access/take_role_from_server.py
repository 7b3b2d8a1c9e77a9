"""What gives rights is no longer taken from the request.

Where somebody edits his own row, the field is left out of what is written. Where a row is added, it takes only the
words without power which the app itself knows for it, and the app's own default for all others. Left as it is where
the field is all that is written, where the app names no default, and where Python adds a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import Code, RoutePlace
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.role_words import POWER, harmless_words
from apprescue.source.routes import head, queries_of, written_by

_DEFAULTED = re.compile(r"^([\w.?]+)\s*(?:\|\||\?\?)\s*(['\"])([\w-]+)\2$")
_MOST_WORDS = 4


@fix("access/role_from_body", title="Take nobody's rights from his own request", safety=Safety.REVIEW)
def take_role_from_server(finding: Finding, app: App) -> Changes:
    """The edits of one address."""
    named = finding.place.route if isinstance(finding.place, RoutePlace) else ""
    route = next((one for one in app.routes if str(one) == named), None)
    query = next((one for one in queries_of(app).get(named, ()) if one.place in finding.related), None)
    if route is None or query is None:
        return
    fields = [
        name for name, value in written_by(query).items() if _gives_rights(name) and value.comes_from("body", "query")
    ]
    for field in fields:
        yield from (
            _left_out(app, route, query, field) if query.operation == "update" else _narrowed(app, route, query, field)
        )


def _gives_rights(name: str) -> bool:
    return bool(meaning.RIGHTS.match(name))


def _left_out(app: App, route: Route, query: Query, field: str) -> Iterator[Edit]:
    """A row of one's own without the field, where more is written than it."""
    file = hand(app, query.place.path)
    at = head(route).at
    own_row = any(one.value.comes_from("caller") for one in query.filters)
    others = own_row and [
        n for n, v in written_by(query).items() if not _gives_rights(n) and v.comes_from("body", "form")
    ]
    if file is None or at is None or at.path != file.path or not others:
        return
    if file.is_python:
        yield from _unassigned(file, query, field)
        return
    inside = [n for n in file.nodes if query.place.line <= n.line <= (query.place.end_line or query.place.line)]
    entry = next((e for n in inside if isinstance(n, t.Object) for e in _entries(file, n, field)), None)
    own = file.function(entry) if entry is not None else None
    if entry is None or own is None:
        return
    row = _row(file, entry)
    if row is None:
        return
    yield row
    uses = [n for n in own.walk() if isinstance(n, t.Name) and n.id == field and not row.start <= n.start < row.end]
    patterns = [n for n in own.walk() if isinstance(n, t.Assign)]
    targets = [n.target for n in patterns if isinstance(n.target, t.Object)]
    taken = [one for one in targets if one.get(field) in uses] if len(uses) == 1 else []
    for pattern in taken:
        shorter = re.sub(rf"(?<=[{{,])\s*{field}\s*,|,\s*{field}(?=\s*[,}}])", "", file.of(pattern), count=1)
        if shorter != file.of(pattern):
            yield file.instead(pattern, shorter)


def _unassigned(file: Handwriting, query: Query, field: str) -> Iterator[Edit]:
    """Python that assigns to a row's fields without the line for this one, or the `if` that holds nothing else."""
    own = next((file.function(n) for n in file.nodes if n.line == query.place.line), None)
    for node in own.walk() if own is not None else ():
        sets = isinstance(node, t.Assign) and isinstance(node.target, t.Member) and node.target.name == field
        if (
            not sets
            or not isinstance(node, t.Assign)
            or not isinstance(node.value, t.Member)
            or node.value.name != field
        ):
            continue
        over = next(file.above(node), None)
        alone = (
            isinstance(over, t.If)
            and len(over.then) == 1
            and not over.other
            and file.of(node.value) in file.of(over.test)
        )
        row = over if alone and over is not None else node
        start = file.code.rfind(b"\n", 0, row.start) + 1
        yield Edit(file.path, start, file.code.find(b"\n", row.end - 1) + 1, "")


def _entries(file: Handwriting, node: t.Object, field: str) -> Iterator[t.Node]:
    """The entry of a field: by its name, or spread where it was sent (`...(role && { role })`)."""
    for key, value in node.entries:
        alone = value.right if isinstance(value, t.Binary) and key is None else None
        if key == field or (isinstance(alone, t.Object) and [k for k, _ in alone.entries] == [field]):
            yield value


def _row(file: Handwriting, entry: t.Node) -> Edit | None:
    """The edit that takes out the lines of an entry, where they hold nothing else."""
    start = file.code.rfind(b"\n", 0, entry.start) + 1
    end = file.code.find(b"\n", entry.end) + 1
    text = file.code[start:end].decode("utf-8", "surrogatepass").strip()
    alone = re.fullmatch(r"(?s)(?:\.\.\.\(.*\)|\w+(?:\s*:\s*[^,{}]+)?),", text)
    return Edit(file.path, start, end, "") if alone and end else None


def _narrowed(app: App, route: Route, query: Query, field: str) -> Changes:
    """A new row with a word without power in the field: where it is written, or where the handler writes it down."""
    handler = route.trace.place if route.trace else query.place
    for place in dict.fromkeys((query.place, handler)):
        file = hand(app, place.path)
        for node in _written(file, place, field) if file and not file.is_python else ():
            value = _value(app, file, node, field) if file else ""
            if file and value and (place == query.place or _DEFAULTED.match(file.of(node))):
                short = not file.code[: node.start].rstrip().endswith(b":")
                yield file.instead(node, f"{field}: {value}" if short else value)
                yield Todo(f"See whether {file.path} names every {field} that people may give themselves.")
                return


def _written(file: Handwriting, place: Code, field: str) -> Iterator[t.Node]:
    """What objects on these lines have under the field."""
    for node in file.nodes:
        if isinstance(node, t.Object) and place.line <= node.line and node.end_line <= (place.end_line or place.line):
            found = node.get(field)
            if found is not None:
                yield found


def _value(app: App, file: Handwriting, node: t.Node, field: str) -> str:
    """The field's value from a short list of words; empty where its default is not the app's own."""
    text = file.of(node)
    found = _DEFAULTED.match(text)
    sent, default = (found[1], found[3]) if found else (text, "")
    if not re.fullmatch(r"\w+(?:\??\.\w+)*", sent) or POWER.search(default):
        return ""
    words = harmless_words(app.files, file, field, default)
    default = default or _other(file, node, sent, words)
    chosen = [one for one in words if one != default]
    if not default or len(chosen) >= _MOST_WORDS:
        return ""
    tests = "".join(f"{sent} === {file.said(one)} ? {file.said(one)} : " for one in chosen)
    return f"{tests}{file.said(default)}"


def _other(file: Handwriting, node: t.Node, sent: str, words: Sequence[str]) -> str:
    """Of two words the one that the handler takes wherever it is not the other."""
    own = file.function(node)
    asked = [n.test for n in own.walk() if isinstance(n, t.Conditional)] if own and len(words) == 2 else []
    for word in words:
        told = {f"{sent} === '{word}'", f'{sent} === "{word}"'}
        if any(file.of(test) in told for test in asked):
            return next(one for one in words if one != word)
    return ""
