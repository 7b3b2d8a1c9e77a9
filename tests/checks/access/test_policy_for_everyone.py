"""Rules that let everybody write."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/policy_for_everyone"

BASE = """
create table public.payments (id uuid primary key, payer_id uuid references auth.users (id), status text);
alter table public.payments enable row level security;
create table public.contact_requests (id uuid primary key, email text, message text);
alter table public.contact_requests enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_a_rule_named_after_the_server_holds_for_all() -> None:
    (finding,) = found('create policy "Service role inserts" on public.payments for insert with check (true);')
    assert finding.severity == "critical"
    assert "named as if" in finding.detail


def test_one_rule_for_everything_is_one_finding() -> None:
    (finding,) = found('create policy "System manages payments" on public.payments for all using (true);')
    assert "delete" in finding.detail


def test_anyone_signed_in_changes_all_rows() -> None:
    assert found("create policy edit on public.payments for update to authenticated using (true);")


def test_a_condition_that_asks_nothing_about_the_caller_is_open_too() -> None:
    assert found("create policy edit on public.payments for update using (status = 'open');")


def test_the_rule_really_tests_the_service_role() -> None:
    sql = """
    create policy a on public.payments for all using (auth.role() = 'service_role');
    create policy b on public.payments for insert to service_role with check (true);
    create policy c on public.payments for update using ((select auth.jwt() ->> 'role') = 'service_role');
    """
    assert not found(sql)


def test_a_restrictive_rule_closes_it_again() -> None:
    sql = """
    create policy open on public.payments for update using (true);
    create policy shut on public.payments as restrictive for update using (auth.uid() = payer_id);
    """
    assert not found(sql)


def test_strangers_may_write_to_a_contact_form() -> None:
    assert not found("create policy write_us on public.contact_requests for insert with check (true);")


def test_an_owner_changes_his_own() -> None:
    assert not found("create policy own on public.payments for update using (auth.uid() = payer_id);")
