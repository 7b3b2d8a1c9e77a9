"""Functions with the rights of the owner."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/definer_function_without_caller_check"

BASE = """
create table public.wallets (user_id uuid primary key references auth.users (id), balance integer);
alter table public.wallets enable row level security;
create policy own on public.wallets for select using (auth.uid() = user_id);
create table public.pages (id uuid primary key, views integer);
alter table public.pages enable row level security;
create policy see on public.pages for select using (true);
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


CREDIT = """
create function public.credit(p_user uuid, p_amount integer) returns void language plpgsql security definer
set search_path = '' as $$
begin
  update public.wallets set balance = balance + p_amount where user_id = p_user;
end $$;
"""


def test_anybody_credits_anybody() -> None:
    (finding,) = found(CREDIT)
    assert finding.severity == "critical"


def test_anybody_reads_anybodys_wallet() -> None:
    sql = """
    create function public.wallet_of(p_user uuid) returns table (balance integer) language sql security definer as $$
      select w.balance from public.wallets w where w.user_id = p_user;
    $$;
    """
    assert found(sql)


def test_the_right_to_call_it_was_taken_away() -> None:
    taken = "revoke execute on function public.credit(uuid, integer) from public, anon, authenticated;"
    assert not found(CREDIT + taken)


def test_it_asks_who_is_calling() -> None:
    sql = CREDIT.replace("begin", "begin if auth.uid() <> p_user then raise exception 'no'; end if;")
    assert not found(sql)


def test_it_runs_with_the_callers_own_rights() -> None:
    assert not found(CREDIT.replace("security definer", ""))


def test_a_trigger_function_cannot_be_called() -> None:
    sql = """
    create function public.open_wallet() returns trigger language plpgsql security definer as $$
    begin
      insert into public.wallets (user_id, balance) values (new.id, 0);
      return new;
    end $$;
    """
    assert not found(sql)


def test_a_question_for_the_rules_is_harmless() -> None:
    sql = """
    create function public.is_rich(p_user uuid) returns boolean language sql security definer as $$
      select exists (select 1 from public.wallets where user_id = p_user and balance > 100);
    $$;
    """
    assert not found(sql)


def test_adding_one_to_a_public_counter_is_harmless() -> None:
    sql = """
    create function public.seen(p_page uuid) returns void language sql security definer set search_path = '' as $$
      update public.pages set views = views + 1 where id = p_page;
    $$;
    """
    assert not found(sql)


def test_what_everybody_may_read_anyway_is_harmless() -> None:
    sql = """
    create function public.page(p_id uuid) returns table (views integer) language sql security definer as $$
      select p.views from public.pages p where p.id = p_id;
    $$;
    """
    assert not found(sql)
