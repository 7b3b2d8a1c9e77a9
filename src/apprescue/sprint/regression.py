"""The test that a repair leaves behind, which fails without it: of the database a pgTAP file, of code one that watches
its lines in the app's own runner."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from apprescue.lab.postgres import Server
from apprescue.model.access import Access, Cell
from apprescue.model.app import App
from apprescue.model.database import DatabaseError
from apprescue.model.outcome import NotExamined
from apprescue.model.repair import Repair
from apprescue.reports.access import pgtap
from apprescue.source.history import histories
from apprescue.source.tripwire import Watched, tripwire, watched
from apprescue.sprint.rebuild import rebuild

PGTAP = """
create table public.results (number int generated always as identity, passed boolean, name text);
create function public.plan(n int) returns text language sql as $$ select '1..' || n $$;
create function public."is"(got text, wanted text, name text) returns text language sql as $$
  insert into public.results (passed, name) values (got is not distinct from wanted, name) returning name $$;
create function public.finish() returns setof text language sql as $$ select ''::text where false $$;
"""
"""What such a file uses of pgTAP, which notes the results down."""
RESULTS = "select name, passed from public.results order by number"


def regression(cells: Iterable[Cell], app: App, name: str) -> tuple[str, str] | None:
    """A file's path and text that tries these cells again; None where none of them can be tried alone."""
    text = pgtap.render(Access(tuple(cells)), app.name or "the app")
    if "select plan(0)" in text:
        return None
    found = next(iter(histories(app.files)), None)
    inside = PurePosixPath(found.root if found else "")
    folder = "supabase/tests/rescue" if found and found.kind == "supabase" else "rescue/tests"
    return str(inside / folder / f"{name}.sql"), text


def results(server: Server, app: App, text: str, dump: str = "") -> dict[str, bool] | None:
    """Which of a file's tests pass on the app's database, made anew; None where they could not be run."""
    rebuilt = rebuild(server, app, dump)
    if isinstance(rebuilt, NotExamined):
        return None
    try:
        with server.connect(rebuilt.database) as session:
            session.run(PGTAP)
            session.run(text.removesuffix("rollback;\n"))
            told = session.query(RESULTS)
            session.run("rollback")
            return {str(test): bool(passed) for test, passed in told}
    except DatabaseError:
        return None
    finally:
        server.drop(rebuilt.database)


class Tripwires:
    """The tests of texts that a run left behind. `redact` hides secrets: no line that holds one is repeated."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact
        self._told: dict[str, tuple[Watched, ...]] = {}

    def of(self, made: Repair, before: App, after: App, name: str) -> tuple[str, str] | None:
        """A test's path and text; None where the app has no runner for it, or it would not tell before from after."""
        paths = made.patch.paths if made.patch else ()
        told = watched(before.files, after.files, paths, lambda row: self._redact(row) != row)
        if not told or any(one.holds(before.files) or not one.holds(after.files) for one in told):
            return None
        why = f"{made.finding.title}: repaired by App Rescue. Fails when that is undone."
        test = tripwire(after, told, name, why)
        if test:
            self._told[test[0]] = told
        return test

    def outdated(self, after: App) -> tuple[str, ...]:
        """The tests that a later repair makes fail, for it writes the same lines another way. They are told once."""
        gone = tuple(path for path, told in self._told.items() if not all(one.holds(after.files) for one in told))
        for path in gone:
            del self._told[path]
        return gone
