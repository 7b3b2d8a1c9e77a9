"""Inserts that always fail."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "running/conflict_without_unique"

BASE = """
create table public.searches (id serial primary key, term text, hits integer);
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


COUNT = """
create function public.note(p text) returns void language plpgsql as $$
begin
  insert into public.searches (term, hits) values (p, 1)
  on conflict (term) do update set hits = searches.hits + 1;
end $$;
"""


def test_no_unique_key_stands_there() -> None:
    (finding,) = found(COUNT)
    assert "term" in finding.detail


def test_a_unique_index_stands_there() -> None:
    assert not found(COUNT + "create unique index on public.searches (term);")


def test_the_primary_key_is_unique() -> None:
    assert not found(COUNT.replace("(term) do", "(id) do"))
