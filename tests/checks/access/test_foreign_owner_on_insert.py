"""Rows written in the name of others."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/foreign_owner_on_insert"

BASE = """
create table public.comments (id uuid primary key, user_id uuid references auth.users (id), body text);
alter table public.comments enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_any_signed_in_user_writes_as_any_other() -> None:
    (finding,) = found("create policy say on public.comments for insert with check (auth.uid() is not null);")
    assert "user_id" in finding.detail


def test_a_rule_for_authenticated_that_asks_nothing() -> None:
    assert found("create policy say on public.comments for insert to authenticated with check (true);")


def test_the_id_must_be_the_callers() -> None:
    assert not found("create policy say on public.comments for insert with check ((select auth.uid()) = user_id);")


def test_a_trigger_writes_the_callers_id() -> None:
    sql = """
    create function public.sign() returns trigger language plpgsql as $$
    begin
      new.user_id := auth.uid();
      return new;
    end $$;
    create trigger sign before insert on public.comments for each row execute function public.sign();
    create policy say on public.comments for insert to authenticated with check (true);
    """
    assert not found(sql)
