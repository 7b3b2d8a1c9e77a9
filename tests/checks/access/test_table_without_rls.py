"""Tables whose rows nothing protects."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/table_without_rls"

BASE = """
create table public.drafts (id uuid primary key, author_id uuid references auth.users (id), body text);
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_a_table_was_never_locked() -> None:
    (finding,) = found("")
    assert finding.severity == "high"


def test_a_table_was_unlocked_again() -> None:
    locked = "alter table public.drafts enable row level security;"
    assert found(locked + locked.replace("enable", "disable"))


def test_a_locked_table_is_fine() -> None:
    assert not found("alter table public.drafts enable row level security;")


def test_a_loop_over_names_locks_it() -> None:
    sql = """
    do $$
    declare name text;
    begin
      foreach name in array array['drafts'] loop
        execute format('alter table public.%I enable row level security', name);
      end loop;
    end $$;
    """
    assert not found(sql)


def test_clients_have_no_right_on_it() -> None:
    assert not found("revoke all on public.drafts from anon, authenticated;")


def test_a_database_behind_a_server_needs_no_row_rules() -> None:
    sql = "create table drafts (id serial primary key, body text);"
    assert not audit_files({"migrations/0001_start.sql": sql}, only=NAME)
