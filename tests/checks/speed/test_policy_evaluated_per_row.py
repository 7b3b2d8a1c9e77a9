"""Questions asked once per row."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "speed/policy_evaluated_per_row"

BASE = """
create table public.notes (id uuid primary key, user_id uuid);
alter table public.notes enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_a_bare_call() -> None:
    assert found("create policy own on public.notes for select using (auth.uid() = user_id);")


def test_a_call_inside_a_query_on_a_table_is_bare_too() -> None:
    sql = """
    create policy own on public.notes for select using (
      id in (select n.id from public.notes n where n.user_id = auth.uid())
    );
    """
    assert found(sql)


def test_a_wrapped_call_is_asked_once() -> None:
    assert not found("create policy own on public.notes for select using ((select auth.uid()) = user_id);")


def test_a_rule_that_asks_nobody() -> None:
    assert not found("create policy all_see on public.notes for select using (true);")
