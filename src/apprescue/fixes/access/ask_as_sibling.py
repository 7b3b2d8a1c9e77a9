"""An address asks whose a row is as its neighbour in the same file does, before it gives the row or changes it.

For handlers of one file that load a row of the same table by the same id: what stands between the neighbour's load and
its deeds, and was seen to refuse whom the row is not for, goes behind the load here, with what it needs, or in the
place of the test that the row is there, if it asks that too. Left as it is where a part of the row is not read, and
where a name would mean something else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.handled import Handled, above_remarks, handler_of
from apprescue.source.neighbours import fitted, own_blocks
from apprescue.source.routes import head, queries_of

_REFUSES = re.compile(r"\b40[34]\b|(?i:forbidden|not allowed|permission|unauthori[sz]ed)")
_CHOSEN = ("path", "query", "body")
_READS = ("select", "count")


@fix("access/login_without_ownership", title="Ask whose the row is as the neighbour does", safety=Safety.REVIEW)
def ask_as_sibling(finding: Finding, app: App) -> Changes:
    """The question in each handler of the finding."""
    places = (finding.place, *finding.related)
    for route in (one for one in app.routes if head(one) in places):
        handled = handler_of(app, route)
        reached = [q for q in queries_of(app).get(str(route), ()) if q.place in places]
        chosen = {o for q in reached for f in q.filters for o in f.value.origins if o.startswith(_CHOSEN)}
        if handled is not None and len(chosen) == 1:
            yield from islice(_edits(app, route, handled, {q.table for q in reached}), 1)


def _edits(app: App, route: Route, there: Handled, tables: Collection[str]) -> Iterator[Edit]:
    for other in (one for one in app.routes if one.place.path == route.place.path and one is not route):
        home = handler_of(app, other)
        found = (_asked(app, route, there, other, home, table) for table in sorted(tables) if home is not None)
        yield from (edit for edit in found if edit is not None)


def _asked(app: App, route: Route, there: Handled, other: Route, home: Handled, table: str) -> Edit | None:
    if home.path != there.path or home.node.start == there.node.start:
        return None
    mine = _load(app, route, there, table)
    theirs = _load(app, other, home, table)
    question = _question(app, other, home, *theirs) if theirs else None
    if mine is None or theirs is None or question is None or mine[1] != theirs[1]:
        return None
    name = mine[1]
    gone, at = _behind(there, mine[0], name)
    used = {n.name for n in question.walk() if isinstance(n, t.Member) and _is(n.object, name)}
    if at is None or not used or not _reads(there, mine[0], used):
        return None
    made = fitted(home, [question], there, at.start, alike=[name])
    if made is None or made.needed:
        return None
    text = made.text.replace("\n", f"\n{indent_of(there.text, at.start)}")
    if gone is not None and _asks_too(home, question, name):
        return Edit(there.path, gone.start, gone.end, text)
    start = above_remarks(there.text, at.start)
    return Edit(there.path, start, start, f"{text}\n{indent_of(there.text, at.start)}")


def _load(app: App, route: Route, handled: Handled, table: str) -> tuple[t.Assign, str] | None:
    """The statement by which a handler loads a row of a table that its request names, and what it calls the row."""
    for query in queries_of(app).get(str(route), ()):
        if query.table == table and query.operation == "select" and query.place.path == handled.path:
            for one in (one for block in own_blocks(handled) for one in block):
                here = one.line <= (query.place.line or 0) <= one.end_line
                if here and isinstance(one, t.Assign) and isinstance(one.target, t.Name) and _by_request(query):
                    return one, one.target.id
    return None


def _by_request(query: Query) -> bool:
    return any(f.operator in ("eq", "==") and f.value.comes_from(*_CHOSEN) for f in query.filters)


def _question(app: App, route: Route, home: Handled, load: t.Assign, name: str) -> t.If | None:
    """The test behind a load by which a handler was seen to ask for whom the row is; it changes nothing."""
    guards = [g.place for g in route.guards if g.kind in ("ownership", "role") and not g.fail_open]
    writes = [q.place for q in queries_of(app).get(str(route), ()) if q.operation not in _READS]
    for block in own_blocks(home):
        for one in block if any(b is load for b in block) else ():
            if not isinstance(one, t.If) or one.start < load.end or not _REFUSES.search(home.cut(one)):
                continue
            seen = any(g.path == home.path and one.line <= (g.line or 0) <= one.end_line for g in guards)
            changes = any(p.path == home.path and one.line <= (p.line or 0) <= one.end_line for p in writes)
            if seen and not changes and any(_is(n, name) for n in one.walk()):
                return one
    return None


def _is(node: t.Node, name: str) -> bool:
    return isinstance(node, t.Name) and node.id == name


def _behind(handled: Handled, load: t.Assign, name: str) -> tuple[t.If | None, t.Node | None]:
    """The test behind a load that the row is there, and the statement behind both."""
    gone = None
    for block in own_blocks(handled):
        for one in (one for one in block if one.start >= load.end) if any(b is load for b in block) else ():
            if not isinstance(one, t.If) or one.other or not _is_gone(name).fullmatch(_test(handled, one)):
                return gone, one
            gone = one
    return gone, gone


def _is_gone(name: str) -> re.Pattern[str]:
    return re.compile(rf"!{name}|not {name}|{name} is None")


def _test(handled: Handled, one: t.If) -> str:
    return handled.cut(one.test).strip("()")


def _asks_too(home: Handled, question: t.If, name: str) -> bool:
    """Whether a question also asks whether the row is there, before it asks whose it is."""
    first = re.split(r"\s*(?:\|\||\bor\b)\s*", _test(home, question), maxsplit=1)
    return len(first) == 2 and bool(_is_gone(name).fullmatch(first[0]))


def _reads(handled: Handled, load: t.Assign, used: set[str]) -> bool:
    """Whether a load reads these parts of the row."""
    shapes = [n.get("select") for n in load.walk() if isinstance(n, t.Object)]
    chosen: Iterator[t.Object] = (one for one in shapes if isinstance(one, t.Object))
    first = next(chosen, None)
    return first is None or used <= {key for key, _ in first.entries if isinstance(key, str)}
