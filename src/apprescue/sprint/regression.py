"""The test that a repair of the database leaves behind: a pgTAP file that fails without it and passes with it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from apprescue.lab.postgres import Server
from apprescue.model.access import Access, Cell
from apprescue.model.app import App
from apprescue.model.database import DatabaseError
from apprescue.model.outcome import NotExamined
from apprescue.reports.access import pgtap
from apprescue.source.history import histories
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
