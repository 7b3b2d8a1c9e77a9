"""Histories that stop half-way."""

from __future__ import annotations

from tests.support import audit_files

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
