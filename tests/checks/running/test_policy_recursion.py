"""Rules that ask themselves."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "running/policy_recursion"

BASE = """
create table public.rooms (id uuid primary key, owner_id uuid);
create table public.guests (room_id uuid, user_id uuid);
alter table public.rooms enable row level security;
alter table public.guests enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_a_rule_queries_its_own_table() -> None:
    sql = """
    create policy see on public.guests for select using (
      room_id in (select g.room_id from public.guests g where g.user_id = auth.uid())
    );
    """
    assert len(found(sql)) == 1


def test_two_tables_ask_each_other() -> None:
    sql = """
    create policy a on public.rooms for select using (exists (select 1 from public.guests g where g.room_id = id));
    create policy b on public.guests for select using (exists (select 1 from public.rooms r where r.id = room_id));
    """
    assert len(found(sql)) == 1


def test_a_function_with_the_owners_rights_breaks_the_circle() -> None:
    sql = """
    create function public.is_guest(p uuid) returns boolean language sql security definer as $$
      select exists (select 1 from public.guests where room_id = p and user_id = auth.uid());
    $$;
    create policy see on public.guests for select using (public.is_guest(room_id));
    """
    assert not found(sql)


def test_one_table_may_ask_another() -> None:
    sql = """
    create policy a on public.rooms for select using (owner_id = auth.uid());
    create policy b on public.guests for select using (exists (select 1 from public.rooms r where r.id = room_id));
    """
    assert not found(sql)
