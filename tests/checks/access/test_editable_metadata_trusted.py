"""Roles that users write themselves."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/editable_metadata_trusted"

BASE = """
create table public.reports (id uuid primary key, body text);
alter table public.reports enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


RULE = """
create policy staff on public.reports for select using ((auth.jwt() -> 'user_metadata' ->> 'role') = 'admin');
"""


def test_a_rule_believes_the_users_own_note() -> None:
    assert found(RULE)[0].severity == "critical"


def test_a_function_believes_it() -> None:
    sql = """
    create function public.is_boss() returns boolean language sql security definer as $$
      select (raw_user_meta_data ->> 'role') = 'admin' from auth.users where id = auth.uid();
    $$;
    """
    assert found(sql)


def test_a_trigger_puts_it_back() -> None:
    sql = """
    create function public.keep_role() returns trigger language plpgsql as $$
    begin
      new.raw_user_meta_data := jsonb_set(new.raw_user_meta_data, '{role}', '"fan"');
      return new;
    end $$;
    create trigger keep_role before update on auth.users for each row execute function public.keep_role();
    """
    assert found(RULE + sql)[0].severity == "low"


def test_what_only_the_server_writes_may_be_trusted() -> None:
    assert not found(RULE.replace("user_metadata", "app_metadata"))


def test_a_name_from_the_sign_up_form_gives_no_power() -> None:
    sql = """
    create function public.welcome() returns trigger language plpgsql as $$
    begin
      insert into public.people (id, name) values (new.id, new.raw_user_meta_data ->> 'name');
      return new;
    end $$;
    """
    assert not found(sql)
