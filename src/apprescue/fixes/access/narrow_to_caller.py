"""Before an address touches a row by an id that its caller chose, it is asked whether the row is the caller's; whoever
does not own it is refused with 403, in the words in which the file refuses elsewhere.

Whose a row is, is told by the app itself: the column that it holds against, or fills with, the signed-in user's id, in
the row's own table or in the one that it hangs on, by way of his profile too. Every row that the address reaches so is
asked about. Left as it is where no such column or more than one leads to an owner of any of them (what two people
share), where many ids are sent at once, where the handler's id of the caller cannot be told, and for libraries other
than Drizzle, Prisma, supabase-js, Mongoose and the usual carriers of SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.asked_rows import AskedRow, asked_row, names_in
from apprescue.source.edits import indent_of
from apprescue.source.handled import Handled, above_remarks, bound_at, handler_of, is_list, refusal, statement_at
from apprescue.source.imports import with_imports
from apprescue.source.owner_tests import OWNED, OwnerTest, owner_test
from apprescue.source.project import bound_names
from apprescue.source.routes import head, queries_of, written_by
from apprescue.source.style import style_of
from apprescue.source.who_calls import caller_in


@fix("access/login_without_ownership", title="Refuse whoever does not own the row", safety=Safety.REVIEW)
def narrow_to_caller(finding: Finding, app: App) -> Changes:
    """One check for each thing that an address of the finding reaches."""
    places = (finding.place, *finding.related)
    by_route = queries_of(app)
    edits: dict[Edit, None] = {}
    for route in app.routes:
        if head(route) in places:
            asked = [q for q in by_route.get(str(route), ()) if q.place in places]
            edits |= dict.fromkeys(_edits(app, route, asked))
    return tuple(edits)


def _edits(app: App, route: Route, queries: Sequence[Query]) -> Iterator[Edit]:
    handled = handler_of(app, route)
    if handled is None or not handled.is_script:
        return
    found: dict[tuple[str, str], tuple[t.Node, OwnerTest, str]] = {}
    for query in (one for one in queries if not _is_added(one, queries)):
        asked = asked_row(app, handled, query)
        at = _before(handled, asked) if asked else None
        caller = caller_in(app, route, handled, at.start) if at else ""
        test = owner_test(app, handled, asked, caller) if asked and caller else None
        if asked is None or at is None or test is None or is_list(handled, asked.id):
            return
        key = ("".join(test.load), test.test)
        if key not in found or at.start < found[key][0].start:
            found[key] = (at, test, query.table)
    taken = OWNED in {name for node in handled.node.walk() for name in _gives(node)}
    for number, (at, test, table) in enumerate(found.values(), taken):
        yield from _refusing(handled, at, _named(test, number, table))


def _is_added(query: Query, queries: Sequence[Query]) -> bool:
    """Whether a query only adds a row below things that are asked about for the others' sake."""
    asked = {o for one in queries for f in one.filters for o in f.value.origins}
    named = {
        o for name, value in written_by(query).items() if meaning.words(name)[-1:] == ("id",) for o in value.origins
    }
    chosen = {one for one in named if one.startswith(("path", "query", "body"))}
    return query.operation == "insert" and bool(chosen) and chosen <= asked


def _before(handled: Handled, asked: AskedRow) -> t.Node | None:
    """The statement before which the question can be put: what it needs is known there."""
    at = statement_at(handled, asked.byte, asked.last, waits=not asked.carrier.startswith("better-sqlite3"))
    if at is None:
        return None
    given = {name for node in handled.node.walk() for name in _gives(node)}
    needs = {*names_in(handled, asked.id), *({asked.database} if not asked.needed else ())}
    return at if needs & given <= bound_at(handled, at.start) else None


def _gives(node: t.Node) -> list[str]:
    return list(bound_names(node.target)) if isinstance(node, (t.Assign, t.Parameter)) else []


def _named(test: OwnerTest, number: int, table: str) -> OwnerTest:
    """A question with a name of its own for what it loads."""
    name = "".join(word.capitalize() for word in meaning.words(table))
    own = OWNED if not number else f"{OWNED}{name}"
    load = tuple(re.sub(rf"\b{OWNED}\b", own, row) for row in test.load)
    return replace(test, load=load, test=re.sub(rf"\b{OWNED}\b", own, test.test))


def _refusing(handled: Handled, at: t.Node, test: OwnerTest) -> Iterator[Edit]:
    indent, step = indent_of(handled.text, at.start), _step(handled.text)
    refuses = refusal(handled, f"{indent}{step}")
    if refuses:
        end = style_of(handled.text, handled.path).end
        load = (row if end else row.removesuffix(";") for row in test.load)
        rows = [*load, f"if ({test.test}) {{", f"{step}{refuses}", "}"]
        start = above_remarks(handled.text, at.start)
        yield Edit(handled.path, start, start, "".join(f"{row}\n{indent}" for row in rows))
        yield from with_imports(handled.path, handled.text, handled.top, test.needed)


def _step(text: str) -> str:
    """One step of a file's indentation."""
    found = re.search(r"(?m)^(\t|  (?:  )?)(?=\S)", text)
    return found[1] if found else "  "
