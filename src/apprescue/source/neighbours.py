"""Statements of one handler, written so that they can stand in another one and mean the same there.

What they use comes along: names that the other handler lacks are given by the same statements as at home, or imported.
None where a name means something else there, or hangs on what the request chose.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from apprescue.model.app import App, Route
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.handled import Handled, blocks, bound_at, declared, parsed, statement_at
from apprescue.source.imports import Needed, imported
from apprescue.source.project import bound_names
from apprescue.source.style import style_of

_CHOSEN = re.compile(r"(?i)\b(?:body|params?|query|form|json|searchParams)\b")
_GLOBAL = frozenset(
    "Array Boolean Date Error JSON Map Math Number Object Promise Response Set String console process undefined".split()
)
_BUILT_IN = frozenset("any all bool dict getattr int isinstance len list set str tuple".split())
_FAR = 4


@dataclass(frozen=True)
class Fitted:
    """Rows without indentation, and what they need to be imported."""

    text: str
    needed: tuple[Needed, ...]


def own_blocks(handled: Handled) -> Iterator[Sequence[t.Node]]:
    """The lists of statements of a handler that are not another function's."""
    inner = [n for n in handled.node.walk() if isinstance(n, t.Function) and n is not handled.node]
    for block in blocks(handled.node):
        if not any(n.start <= block[0].start and block[-1].end <= n.end for n in inner):
            yield block


def fitted(
    home: Handled, statements: Sequence[t.Node], there: Handled, byte: int, alike: Collection[str] = ()
) -> Fitted | None:
    """Statements of `home` as they can stand before a byte of another handler, where names `alike` mean the same."""
    rows: dict[int, str] = {}
    needed: dict[Needed, None] = {}
    known = bound_at(there, byte)
    given = {name for one in statements for name in declared(one)}
    waiting = [(one, 0) for one in statements]
    while waiting:
        one, depth = waiting.pop()
        rows[one.start] = _row(home, one)
        inside = {name for n in one.walk() if isinstance(n, (t.Assign, t.Parameter)) for name in bound_names(n.target)}
        for name in dict.fromkeys(n.id for n in one.walk() if isinstance(n, t.Name)):
            if name in inside or name in given or name in alike or name in (_GLOBAL if home.is_script else _BUILT_IN):
                continue
            source = _source(home, name, one.start)
            if source is None:
                found = _from_outside(home, name, there, known)
                if found is None:
                    return None
                needed |= dict.fromkeys(found)
            elif name in known:
                if not _same(there, name, byte, home.cut(source)):
                    return None
            elif depth >= _FAR or _CHOSEN.search(home.cut(source)) or declared(source) & _anywhere(there):
                return None
            else:
                given |= declared(source)
                waiting.append((source, depth + 1))
    if any(name in known for one in statements for name in declared(one)):
        return None
    return Fitted("\n".join(rows[start] for start in sorted(rows)), tuple(needed))


def _row(home: Handled, node: t.Node) -> str:
    end = style_of(home.text, home.path).end
    text = home.cut(node).replace("\n" + indent_of(home.text, node.start), "\n")
    return text if isinstance(node, t.If) or text.endswith(";") else f"{text}{end}"


def _source(home: Handled, name: str, before: int) -> t.Assign | None:
    """The statement of a handler that gives a name its value."""
    found = [
        one
        for block in own_blocks(home)
        for one in block
        if isinstance(one, t.Assign) and name in bound_names(one.target) and one.end <= before
    ]
    return found[-1] if found else None


def _anywhere(there: Handled) -> set[str]:
    nodes = (n for n in there.node.walk() if isinstance(n, (t.Assign, t.Parameter)))
    return {name for one in nodes for name in bound_names(one.target)}


def _same(there: Handled, name: str, before: int, text: str) -> bool:
    """Whether a name has the same value in the other handler."""
    own = _source(there, name, before)
    return own is not None and there.cut(own).rstrip(";").split() == text.rstrip(";").split()


def _from_outside(home: Handled, name: str, there: Handled, known: set[str]) -> list[Needed] | None:
    """What brings a name of the file, or a parameter, to the other handler; None where nothing does."""
    if name in _params(home) and not home.is_script:
        said = [{one.target.id: one for one in h.node.params if isinstance(one.target, t.Name)} for h in (home, there)]
        alike = name in said[1] and home.cut(said[0][name]) == there.cut(said[1][name])
        return [] if alike else None
    if name in _params(home):
        mine, theirs = _params(home), _params(there)
        return [] if name in theirs and mine.index(name) == theirs.index(name) else None
    if name in known or name not in {n for one in home.top for n in declared(one)}:
        return None
    if home.path == there.path:
        return []
    own = imported(name, home.path, home.top, there.path)
    theirs_too = imported(name, there.path, there.top, there.path)
    if own is None or (theirs_too is not None and theirs_too != own):
        return None
    taken = theirs_too is None and name in {n for one in there.top for n in declared(one)}
    return None if taken else [own]


def _params(handled: Handled) -> list[str]:
    return [one.target.id if isinstance(one.target, t.Name) else "" for one in handled.node.params]


def around(app: App, place: Code) -> Iterator[str]:
    """The names of the app's functions around a place."""
    for node in (inner for one in parsed(place.path, app.files.get(place.path, "")) for inner in one.walk()):
        named = node.value if isinstance(node, t.Assign) else node
        if isinstance(named, t.Function) and named.line <= (place.line or 0) <= named.end_line:
            yield node.target.id if isinstance(node, t.Assign) and isinstance(node.target, t.Name) else named.name


def first_deed(route: Route, handled: Handled) -> t.Node | None:
    """The first statement of a handler behind its login."""
    lines = [
        s.place.line
        for s in route.steps
        if s.place.path == handled.path and not s.refusing and any(g.kind == "login" for g in s.guards)
    ]
    rows = handled.text.encode("utf-8", "surrogatepass").split(b"\n")
    for line in sorted(one for one in lines if one and handled.node.line <= one <= handled.node.end_line):
        row = rows[line - 1]
        byte = sum(len(one) + 1 for one in rows[: line - 1]) + len(row) - len(row.lstrip())
        if (found := statement_at(handled, byte)) is not None:
            return found
    return None


def first_statement(handled: Handled) -> t.Node | None:
    """The statement before which nothing is done for strangers: the first, inside of a `try` that is all there is."""
    body: Sequence[t.Node] = handled.node.body
    while body and isinstance(body[0], t.Try):
        body = body[0].body
    is_block = body and not (isinstance(body[0], t.Return) and not handled.cut(body[0]).startswith("return"))
    return body[0] if is_block and handled.node.is_async else None
