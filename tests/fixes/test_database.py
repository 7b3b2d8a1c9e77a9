"""Repairs of the database's rules and functions, each as a migration that is tried."""

from __future__ import annotations

from tests.fixes.support import Repaired, repaired

FIRST = "supabase/migrations/20260101000000_first.sql"
NEXT = "supabase/migrations/20260101000001"
ROOMS = """
create table public.rooms (id uuid primary key default gen_random_uuid(), name text);
create table public.members (
  room_id uuid references public.rooms (id), user_id uuid references auth.users (id), primary key (room_id, user_id)
);
alter table public.rooms enable row level security;
alter table public.members enable row level security;
create policy "members see rooms" on public.rooms for select to authenticated
  using (exists (select 1 from public.members m where m.room_id = id and m.user_id = auth.uid()));
create policy "members see members" on public.members for select to authenticated using (RULE);
"""
CIRCLE = "exists (select 1 from public.members o where o.room_id = members.room_id and o.user_id = auth.uid())"


def only_better(done: Repaired) -> bool:
    return bool(done.cells) and not any(one.worse for one in done.cells)


def test_rules_that_ask_each_other_are_broken_up() -> None:
    done = repaired("running/break_recursion", {FIRST: ROOMS.replace("RULE", CIRCLE)})
    made = done.files[f"{NEXT}_break_policy_recursion.sql"]
    assert "security definer set search_path to ''" in made
    assert 'lock table "public"."members" in access exclusive mode' in made
    assert "drop function" in done.files["rescue/undo/20260101000001_break_policy_recursion.undo.sql"]
    assert done.left == []
    assert only_better(done)
    assert any(str(one).startswith("owner select public.members") for one in done.cells)


def test_rules_that_end_are_left() -> None:
    done = repaired("running/break_recursion", {FIRST: ROOMS.replace("RULE", "user_id = auth.uid()")})
    assert not done.patches


def test_a_circle_that_does_not_name_the_caller_is_left() -> None:
    rule = "exists (select 1 from public.members o where o.room_id = members.room_id)"
    assert not repaired("running/break_recursion", {FIRST: ROOMS.replace("RULE", rule)}).patches


def test_the_caller_is_asked_for_once() -> None:
    done = repaired("speed/ask_caller_once", {FIRST: ROOMS.replace("RULE", "user_id = auth.uid()")})
    assert "( SELECT auth.uid()" not in done.files[FIRST]
    assert done.files[f"{NEXT}_ask_caller_once.sql"].count("(select auth.uid())") == 2
    assert done.left == []
    assert not done.cells


def test_who_asks_once_is_left() -> None:
    text = ROOMS.replace("RULE", "user_id = auth.uid()").replace("auth.uid()", "(select auth.uid())")
    assert not repaired("speed/ask_caller_once", {FIRST: text}).patches


FUNCTION = """
create table public.notes (id uuid primary key, body text);
alter table public.notes enable row level security;
create function public.how_many(word text) returns bigint language sql stable security definer PATH
as $$ select count(*) from notes where body like word $$;
"""


def test_a_function_finds_its_names_where_it_was_written_for() -> None:
    done = repaired("database/fix_search_path", {FIRST: FUNCTION.replace("PATH", "")})
    made = done.files[f"{NEXT}_fix_search_path.sql"]
    assert "alter function public.how_many(text) set search_path to public, extensions, pg_temp;" in made
    assert "reset search_path" in done.files["rescue/undo/20260101000001_fix_search_path.undo.sql"]
    assert done.left == []
    assert not done.cells


def test_a_fixed_path_is_left() -> None:
    done = repaired("database/fix_search_path", {FIRST: FUNCTION.replace("PATH", "set search_path to ''")})
    assert not done.patches
