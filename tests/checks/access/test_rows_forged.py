"""Rows that the wrong people add, tried in the laboratory."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.letters import BASE
from tests.support import audit_files

NAME = "access/rows_forged"


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_a_row_in_another_persons_name() -> None:
    (finding,) = found('create policy "Post" on public.letters for insert with check (auth.uid() is not null);')
    assert finding.evidence == "proven"


def test_a_rule_meant_for_the_server_lets_visitors_add() -> None:
    (finding,) = found("""
    create table public.payments (
      id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id),
      amount numeric not null, status text not null default 'pending'
    );
    alter table public.payments enable row level security;
    create policy "System inserts payments" on public.payments for insert with check (true);
    """)
    assert finding.severity == "critical"
    assert "nybody, without signing in" in finding.detail


def test_rows_in_ones_own_name_are_fine() -> None:
    assert not found("")


def test_a_contact_form_is_fine() -> None:
    assert not found("""
    create table public.contact_messages (id uuid primary key default gen_random_uuid(), name text, message text);
    alter table public.contact_messages enable row level security;
    create policy "Anyone can write to us" on public.contact_messages for insert with check (true);
    """)
