"""Who may join what."""

from __future__ import annotations

from apprescue.model.access import Actor
from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/self_made_membership"

BASE = """
create table public.rooms (id uuid primary key, title text, owner_id uuid);
create table public.room_members (room_id uuid references public.rooms (id), user_id uuid references auth.users (id));
create table public.room_messages (id uuid primary key, room_id uuid references public.rooms (id), body text);
alter table public.rooms enable row level security;
alter table public.room_members enable row level security;
alter table public.room_messages enable row level security;
create policy hear on public.room_messages for select using (
  exists (select 1 from public.room_members m where m.room_id = room_messages.room_id and m.user_id = auth.uid())
);
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_anyone_adds_himself() -> None:
    (finding,) = found("create policy enter on public.room_members for insert with check (auth.uid() = user_id);")
    assert "room_messages" in finding.detail
    assert [(c.actor, c.own) for c in finding.claims] == [(Actor.STRANGER, True)], "what he does in his own name"


def test_only_the_owner_of_the_room_adds_members() -> None:
    sql = """
    create policy invite on public.room_members for insert with check (
      exists (select 1 from public.rooms r where r.id = room_id and r.owner_id = auth.uid())
    );
    """
    assert not found(sql)


def test_rooms_that_everyone_hears_need_no_door() -> None:
    sql = """
    drop policy hear on public.room_messages;
    create policy hear_all on public.room_messages for select using (true);
    create policy enter on public.room_members for insert with check (auth.uid() = user_id);
    """
    assert not found(sql)


def test_a_host_adds_others_to_his_own_crew_only() -> None:
    sql = """
    drop policy hear on public.room_messages;
    create table public.crew_members (id uuid primary key, owner_id uuid, user_id uuid);
    alter table public.crew_members enable row level security;
    create policy crew on public.room_messages for select using (exists (select 1 from public.crew_members m
      join public.rooms r on r.owner_id = m.owner_id where r.id = room_messages.room_id and m.user_id = auth.uid()));
    create policy engage on public.crew_members for insert with check (auth.uid() = owner_id);
    """
    assert not found(sql)
    assert found(sql.replace("check (auth.uid() = owner_id)", "check (auth.uid() = user_id)"))
