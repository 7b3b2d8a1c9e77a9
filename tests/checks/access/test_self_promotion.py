"""What a user may do with his own row."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/self_promotion"

BASE = """
create table public.profiles (
  id uuid primary key references auth.users (id),
  display_name text,
  role text default 'fan',
  coin_balance integer default 0
);
alter table public.profiles enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


OWN = "create policy own on public.profiles for update to authenticated using ((select auth.uid()) = id)"


def test_a_user_changes_every_column_of_his_row() -> None:
    (finding,) = found(OWN + ";")
    assert finding.severity in ("critical", "high")
    assert "role" in finding.detail
    assert "coin_balance" in finding.detail


def test_a_user_inserts_his_row_with_a_balance() -> None:
    (finding,) = found("create policy mine on public.profiles for insert with check (auth.uid() = id);")
    assert finding.severity == "high"


def test_the_role_is_held_to_its_old_value_and_the_balance_too() -> None:
    pinned = """ with check (
        (select auth.uid()) = id
        and role = (select p.role from public.profiles p where p.id = auth.uid())
        and coin_balance = (select p.coin_balance from public.profiles p where p.id = auth.uid())
    );"""
    assert not found(OWN + pinned)


def test_the_right_is_given_column_by_column() -> None:
    rights = """;
    revoke update on public.profiles from authenticated;
    grant update (display_name) on public.profiles to authenticated;
    """
    assert not found(OWN + rights)


def test_a_trigger_puts_the_old_values_back() -> None:
    trigger = """;
    create function public.keep() returns trigger language plpgsql as $$
    begin
      new.role := old.role;
      new.coin_balance := old.coin_balance;
      return new;
    end $$;
    create trigger keep before update on public.profiles for each row execute function public.keep();
    """
    assert not found(OWN + trigger)


def test_a_trigger_that_only_looks_on_keeps_nothing() -> None:
    trigger = """;
    create function public.tell() returns trigger language plpgsql as $$
    begin
      if new.role = 'vip' then insert into public.news (what) values ('a vip'); end if;
      return new;
    end $$;
    create trigger tell after update on public.profiles for each row execute function public.tell();
    """
    assert found(OWN + trigger)


def test_a_later_migration_that_drops_the_rule_counts() -> None:
    assert not found(OWN + "; drop policy own on public.profiles;")


def test_only_admins_change_rows() -> None:
    assert not found("create policy staff on public.profiles for update using (public.is_admin());")


def test_the_row_made_at_sign_up_cannot_be_inserted_again() -> None:
    made = """
    create function public.welcome() returns trigger language plpgsql security definer as $$
    begin
      insert into public.profiles (id) values (new.id);
      return new;
    end $$;
    create trigger welcome after insert on auth.users for each row execute function public.welcome();
    create policy mine on public.profiles for insert with check (auth.uid() = id);
    """
    assert not found(made)


CREW = """
create table public.crew_members (
  id uuid primary key, user_id uuid unique references auth.users (id), name text, role text
);
alter table public.crew_members enable row level security;
create policy own on public.crew_members for update using (auth.uid() = user_id);
"""
ADMINS = """
create policy staff on public.boats for all using (
  exists (select 1 from public.crew_members c where c.user_id = auth.uid() and c.role = 'admin')
);
"""
BOATS = "create table public.boats (id uuid primary key); alter table public.boats enable row level security;"


def crew(sql: str = "", page: str = "") -> Finding:
    files = {"supabase/migrations/1.sql": CREW + sql, "src/Crew.tsx": page}
    (finding,) = audit_files(files, only=NAME)
    return finding


def test_a_job_title_that_is_only_shown_is_no_power() -> None:
    finding = crew(
        page="export const Member = ({ member }) => <p>{member.name} {member.role && <i>{member.role}</i>}</p>;"
    )
    assert finding.severity == "medium"
    assert "himself an admin" not in finding.detail


def test_a_role_that_a_rule_asks_for_is_power() -> None:
    assert crew(BOATS + ADMINS).severity == "critical"


def test_a_role_that_the_pages_ask_for_is_more_than_a_title() -> None:
    page = 'export const Menu = ({ member }) => member.role === "admin" ? <Admin /> : null;'
    assert "himself an admin" in crew(page=page).detail


def test_an_agency_ranks_those_whom_it_engages() -> None:
    sql = """
    create table public.agency_members (id uuid primary key, agency_user_id uuid references auth.users (id),
      worker_user_id uuid references auth.users (id), role text);
    alter table public.agency_members enable row level security;
    create policy keep on public.agency_members for all using (auth.uid() = agency_user_id)
      with check (auth.uid() = agency_user_id);
    create policy look on public.agency_members for select using (auth.uid() = worker_user_id);
    """
    assert not audit_files({"supabase/migrations/0001_start.sql": sql}, only="access/self_promotion")
    open_to_all = sql.replace(
        "select using (auth.uid() = worker_user_id)", "update using (auth.uid() = worker_user_id)"
    )
    assert audit_files({"supabase/migrations/0001_start.sql": open_to_all}, only="access/self_promotion")
