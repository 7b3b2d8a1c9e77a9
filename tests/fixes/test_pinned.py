"""Columns that give power are kept from the people whom they are about; the server, functions and staff write them."""

from __future__ import annotations

from tests.fixes.support import repaired

MADE = "supabase/migrations/20240101000000_made.sql"
NEXT = "supabase/migrations/20240101000001_keep_profiles_columns.sql"
UNDO = "rescue/undo/20240101000001_keep_profiles_columns.undo.sql"
PROFILES = """
create table public.profiles (
  id uuid primary key references auth.users (id), username text, bio text,
  role text not null default 'fan', balance numeric not null default 0
);
alter table public.profiles enable row level security;
create policy "Everyone sees profiles" on public.profiles for select using (true);
create policy "Users update own profile" on public.profiles for update to authenticated
  using (id = auth.uid()) with check (id = auth.uid());
create function public.is_admin() returns boolean language sql stable security definer set search_path = public as
  $$ select exists (select 1 from profiles where id = auth.uid() and role = 'admin') $$;
create policy "Admins manage profiles" on public.profiles for all to authenticated using (public.is_admin());
"""
TOP_UP = """
create function public.top_up(amount numeric) returns void language sql SECURITY set search_path = public as
  $$ update profiles set balance = balance + amount where id = auth.uid() $$;
"""


def test_a_trigger_keeps_role_and_balance_and_lets_the_staff_through() -> None:
    after = repaired("access/pin_columns", {MADE: PROFILES})
    assert [patch.title for patch in after.patches] == ["Keep columns that give power out of users' hands"]
    assert after.left == []
    written = after.files[NEXT]
    assert "if current_user not in ('anon', 'authenticated') or pg_trigger_depth() > 1 then" in written
    assert "if public.is_admin() then" in written
    assert "  new.role := old.role;\n  new.balance := old.balance;\n" in written
    assert "create trigger keep_profiles_columns before update on public.profiles" in written
    assert "drop trigger if exists keep_profiles_columns on public.profiles;" in after.files[UNDO]
    assert after.cells
    assert all(cell.better and not cell.worse for cell in after.cells), [str(cell) for cell in after.cells]


def test_a_function_with_its_owners_rights_goes_on_paying_out() -> None:
    after = repaired("access/pin_columns", {MADE: PROFILES + TOP_UP.replace("SECURITY", "security definer")})
    assert len(after.patches) == 1
    assert not [str(cell) for cell in after.cells if cell.worse]


def test_a_function_with_the_callers_rights_would_stop_working() -> None:
    after = repaired("access/pin_columns", {MADE: PROFILES + TOP_UP.replace("SECURITY", "security invoker")})
    assert after.patches == []


def test_what_is_kept_already_is_left() -> None:
    kept = PROFILES.replace("with check (id = auth.uid())", "with check (id = auth.uid())") + (
        "revoke update on public.profiles from anon, authenticated;\n"
        "grant update (username, bio) on public.profiles to authenticated;\n"
    )
    assert repaired("access/pin_columns", {MADE: kept}).patches == []


def test_staff_are_asked_for_so_that_the_call_is_clear() -> None:
    one, other = (
        f"""
        create function public.is_admin(who uuid, rank {kind} default 'admin') returns boolean
          language sql stable security definer set search_path = public as
          $$ select exists (select 1 from profiles where id = who and role::text in (rank::text, 'owner')) $$;
        """
        for kind in ("public.level", "text")
    )
    staff = (
        'create policy "Staff manage" on public.profiles for all to authenticated using (public.is_admin(auth.uid()));'
    )
    profiles = PROFILES[: PROFILES.index("create function")]
    made = "create type public.level as enum ('admin', 'owner');" + profiles + one + staff + other
    after = repaired("access/pin_columns", {MADE: made})
    assert after.left == []
    assert "if public.is_admin(auth.uid(), 'admin'::public.level) then" in after.files[NEXT]
    assert after.cells
    assert all(cell.better and not cell.worse for cell in after.cells), [str(cell) for cell in after.cells]
