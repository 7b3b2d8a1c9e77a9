"""Rows that the wrong people change or delete, tried in the laboratory."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.letters import BASE
from tests.support import audit_files

NAME = "access/rows_changed_by_strangers"


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_a_rule_for_changing_that_asks_for_nothing() -> None:
    (finding,) = found('create policy "Service role updates" on public.letters for update using (true);')
    assert finding.evidence == "proven"
    assert "letters" in finding.detail


def test_a_lax_rule_for_deleting() -> None:
    (finding,) = found("""
    create policy "Burn" on public.letters for delete using (auth.uid() is not null);
    create policy "See" on public.letters for select using (auth.uid() is not null);
    """)
    assert "deletes" in finding.detail


def test_rows_that_only_their_owner_changes_are_fine() -> None:
    assert not found("")


def test_a_rule_for_the_server_alone_is_fine() -> None:
    assert not found('create policy "Service role" on public.letters for all to service_role using (true);')


def test_a_rule_for_admins_is_fine_where_it_alone_names_a_role() -> None:
    assert not found("""
    create table public.user_roles (id uuid primary key default gen_random_uuid(), user_id uuid not null,
      role text not null);
    alter table public.user_roles enable row level security;
    create policy "Admins burn" on public.letters for delete using (
      exists (select from public.user_roles where user_id = auth.uid() and role = 'admin'));
    create policy "Own roles" on public.user_roles for select using (user_id = auth.uid());
    """)
