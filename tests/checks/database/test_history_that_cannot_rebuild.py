"""Histories that stop half-way."""

from __future__ import annotations

from dataclasses import replace

from apprescue.model.finding import Evidence, Finding, Severity
from apprescue.model.outcome import Found
from apprescue.model.rebuilt import Mend, Played, Rebuilt, Refusal
from apprescue.sprint.audit import audit
from apprescue.sprint.run import world_of
from tests.support import audit_files, check_named

NAME = "database/history_that_cannot_rebuild"


def found(*migrations: str) -> list[str]:
    files = {f"supabase/migrations/000{n}_step.sql": sql for n, sql in enumerate(migrations)}
    return [finding.detail for finding in audit_files(files, only=NAME)]


TABLE = "create table public.things (id uuid primary key);"


def test_a_table_is_made_twice() -> None:
    assert "already" in found(TABLE, TABLE)[0]


def test_a_table_is_changed_that_nothing_made() -> None:
    assert "no migration makes it" in found("alter table public.ghosts add column name text;")[0]


def test_what_is_no_sql_is_said() -> None:
    assert "no valid SQL" in found(TABLE, "create policy if not exists p on public.things;")[0]


def test_making_only_what_is_missing_is_fine() -> None:
    assert not found(TABLE, "create table if not exists public.things (id uuid primary key);")


def test_dropping_first_is_fine() -> None:
    rule = "drop policy if exists p on public.things; create policy p on public.things for select using (true);"
    assert not found(TABLE, rule, rule)


def run(rebuilt: Rebuilt, **files: str) -> list[Finding]:
    """What is found where the history was run in the laboratory."""
    world = world_of(files, needs=()) | {"rebuilt": rebuilt}
    return [outcome.finding for outcome in audit(world, [check_named(NAME)]) if isinstance(outcome, Found)]


RAN = Rebuilt("app_1", (Played("1.sql", 3, 0), Played("2.sql", 2, 1)))


def refused(sqlstate: str, message: str, statement: str) -> Rebuilt:
    return replace(RAN, refusals=(Refusal("2.sql", 4, sqlstate, message, statement),))


def test_a_refused_statement_is_proven() -> None:
    (finding,) = run(refused("42P07", 'relation "things" already exists', "create table things ()"))
    assert (finding.evidence, finding.severity) == (Evidence.PROVEN, Severity.HIGH)
    assert str(finding.place) == "2.sql:4"
    assert finding.proof
    assert finding.proof.script == "\\i '1.sql'\n\\i '2.sql'"


def test_what_was_put_down_for_a_migration_is_told_with_who_needs_it() -> None:
    mend = Mend("create table ghosts ()", ("table public.ghosts",), "types.ts", ("2.sql", 7))
    (finding,) = run(replace(RAN, mends=(mend,)))
    assert "public.ghosts is needed here, but no migration makes it" in finding.detail
    assert str(finding.place) == "public.ghosts"


def test_what_was_put_down_and_nobody_needs_is_no_matter_of_the_history() -> None:
    assert not run(replace(RAN, mends=(Mend("create table ghosts ()", ("table public.ghosts",), "types.ts"),)))


def test_a_run_without_refusals_is_fine_whatever_reading_says() -> None:
    assert not run(RAN, **{"supabase/migrations/1_a.sql": "alter table ghosts add x int;"})


def test_what_the_laboratory_lacks_is_not_held_against_the_history() -> None:
    rebuilt = refused("42883", "function st_distance() does not exist", "select st_distance()")
    assert run(rebuilt)
    assert not run(replace(rebuilt, unavailable=("postgis",)))


def test_rows_of_production_that_are_missing_weigh_little() -> None:
    (finding,) = run(refused("23503", "violates foreign key constraint", "insert into things values (1)"))
    assert finding.severity is Severity.LOW
