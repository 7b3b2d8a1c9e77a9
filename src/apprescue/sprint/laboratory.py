"""The laboratory's part of an audit: rebuild the database, fill it with people and their rows, try who can do what."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from apprescue.lab.postgres import PostgresError, Server, serve
from apprescue.methods import catalog
from apprescue.methods.filling import files, rows
from apprescue.methods.trying import access_matrix
from apprescue.model.access import Access, Cell, Verdict
from apprescue.model.app import App
from apprescue.model.catalog import Catalog
from apprescue.model.database import Database, DatabaseError
from apprescue.model.facts import Fact
from apprescue.model.outcome import NotExamined
from apprescue.model.rebuilt import Rebuilt
from apprescue.sprint.bench import LEFT_OUT, Bench, Trial, without
from apprescue.sprint.intent import intent_of
from apprescue.sprint.rebuild import rebuild
from apprescue.sprint.regression import results

Tell = Callable[[str], None]
SECONDS = 60.0
ASKING = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".css", ".html", ".md", ".svg")
MAKING = "drizzle-orm"
_DENIED, _UNTESTED = Verdict.DENIED, Verdict.UNTESTED
_LACKS = re.compile(
    r'(?:relation "(?P<table>.+?)"|column "?(?P<column>[\w.]+)"?|function (?P<function>[\w.]+)\(.*?\)|operator|type)'
    r" does not exist|is of type"
)


def trial(app: App, bench: Bench, facts: Collection[Fact] = (), progress: Tell = lambda _: None) -> Trial:
    """Set a server up and try it there; `facts` are asked of the rebuilt database. What cannot be had is NotExamined,
    with the reason."""
    try:
        with serve(url=bench.url) as server:
            return trial_in(server, app, bench.dump, facts, progress)
    except (PostgresError, DatabaseError) as error:
        return without(f"the laboratory failed: {error}", failed=True)
    except Exception as error:  # a trial that breaks must not take what was read with it
        return without(f"the laboratory broke off: {type(error).__name__}: {error}", failed=True)


class Laboratory:
    """A server that stays, for an app that is tried again and again: what the database is made of decides whether a
    trial is made anew. Without a server nothing is tried."""

    def __init__(self, server: Server | None, bench: Bench) -> None:
        self._server, self._bench = server, bench
        self._known: dict[str, tuple[frozenset[Fact], Trial]] = {}

    def trial(self, app: App, facts: Collection[Fact] = (), progress: Tell = lambda _: None) -> Trial:
        """What comes of the app's database; what cannot be had is NotExamined, with the reason."""
        if self._server is None:
            return without(LEFT_OUT)
        key = _made_of(app)
        asked, known = self._known.get(key, (frozenset(), None))
        if known is not None and asked >= set(facts):
            return known
        try:
            known = trial_in(self._server, app, self._bench.dump, facts, progress)
        except (PostgresError, DatabaseError) as error:
            return without(f"the laboratory failed: {error}", failed=True)
        if isinstance(known.rebuilt, Rebuilt):
            self._server.drop(known.rebuilt.database)
        self._known[key] = frozenset(facts), known
        return known

    def tells_apart(self, text: str, without: App, with_it: App) -> bool:
        """Whether a file of pgTAP tests fails on the database without a repair, in each of its tests, and passes on the
        one with it."""
        if self._server is None:
            return False
        before, after = (results(self._server, app, text, self._bench.dump) or {} for app in (without, with_it))
        return bool(before and after) and not any(before.values()) and all(after.values())


def _made_of(app: App) -> str:
    """A name for all that a database and its intent are made of: every file but the code that only asks it."""
    made = hashlib.sha256()
    for path, text in app.files.items():
        if not path.endswith(ASKING) or MAKING in text:
            made.update(f"{path}\0{text}\0".encode("utf-8", "surrogatepass"))
    return made.hexdigest()


def trial_in(
    server: Server, app: App, dump: str = "", facts: Collection[Fact] = (), progress: Tell = lambda _: None
) -> Trial:
    """Try it on a server. Raises PostgresError and DatabaseError where the laboratory itself fails."""
    progress("rebuilding the database")
    rebuilt = rebuild(server, app, dump)
    if isinstance(rebuilt, NotExamined):
        return Trial(Access(), rebuilt)
    with server.connect(rebuilt.database, seconds=SECONDS) as session:
        answers = dict(_answers(session, rebuilt, facts))
        known = catalog.read(session)
        if not app.schema.exposed:
            return Trial(Access(), rebuilt, answers, known)
        known = files.furnished(session, known)
        progress("filling it with people and their rows")
        filled = rows.fill(session, known)
        progress("trying who can do what to whose rows")
        intent = intent_of(app, known)
        access = access_matrix.matrix(session, known, filled, intent)
        return Trial(_without_guesses(app, access, known, rebuilt), rebuilt, answers, known, intent)


def _without_guesses(app: App, access: Access, known: Catalog, rebuilt: Rebuilt) -> Access:
    """A refusal by a table that no file made and no file rules says nothing of the real one: such a table is told once
    as one of which nothing is known."""
    guessed = {r.name for r in known.relations if f"table {r.name}" in rebuilt.guessed and not r.policies}
    empty = {cell for cell in access.cells if cell.object in guessed and cell.verdict in (_DENIED, _UNTESTED)}
    why = "no file makes this table, so its real rules are not known"
    unmade = {name.rpartition(".")[2] for name in rebuilt.guessed if name.startswith("table ")}
    asked = {one.table for one in app.queries if one.operation != "rpc" and one.table}
    unmade |= {name for name in asked if not known.relation(name)}
    others = [one.statement for one in rebuilt.refusals]
    others += [app.files[path] for path, _ in rebuilt.left_out if path in app.files]
    lacking = {cell for cell in access.cells if _lacks_any(cell, unmade, others, known)}
    what = "it fails here by what no file makes, so nothing is known of the real one"
    told = [(cell.object, why) for cell in empty] + [(cell.object, what) for cell in lacking]
    return replace(
        access,
        cells=tuple(cell for cell in access.cells if cell not in empty | lacking),
        missing=(*access.missing, *sorted(set(told))),
    )


def _lacks_any(cell: Cell, unmade: Collection[str], others: Collection[str], known: Catalog) -> bool:
    """Whether something fails by what is not there but may be: a table that no file makes, or its shape, or what
    stands in `others`, the statements and files that were not run."""
    gap = _LACKS.search(cell.detail) if cell.verdict is Verdict.BROKEN else None
    if gap is None:
        return False
    name = next((one.rpartition(".")[2] for one in gap.groupdict().values() if one), "")
    if name and any(re.search(rf"\b{re.escape(name)}\b", text) for text in others):
        return True
    body = next((one.body for one in known.routines if one.name == cell.name), "")
    return bool(unmade) and (bool(gap["table"]) or any(re.search(rf"\b{re.escape(one)}\b", body) for one in unmade))


def _answers(session: Database, rebuilt: Rebuilt, facts: Collection[Fact]) -> Iterator[tuple[Fact, bool]]:
    """Which facts hold. Of what was only guessed nothing is known, nor of what is not there."""
    for fact in facts:
        if not any(name.endswith(fact.table) or f"{fact.table}." in name for name in rebuilt.guessed):
            with contextlib.suppress(DatabaseError):
                ((holds,),) = session.query(fact.sql)
                yield fact, bool(holds)
