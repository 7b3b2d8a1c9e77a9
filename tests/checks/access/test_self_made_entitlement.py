"""Rows that are worth money, written by the one who gains."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/self_made_entitlement"

BASE = """
create table public.subscriptions (
  id uuid primary key,
  fan_id uuid references auth.users (id),
  status text default 'active',
  expires_at timestamptz
);
alter table public.subscriptions enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_a_fan_inserts_his_subscription() -> None:
    (finding,) = found("create policy join_in on public.subscriptions for insert with check (auth.uid() = fan_id);")
    assert finding.severity == "high"
    assert finding.impact == "money"


def test_a_fan_changes_his_subscription() -> None:
    assert found("create policy renew on public.subscriptions for update using (auth.uid() = fan_id);")


def test_the_status_is_held_to_pending() -> None:
    sql = "create policy a on public.subscriptions for insert with check (auth.uid() = fan_id and status = 'pending');"
    assert not found(sql)


def test_only_the_service_role_writes() -> None:
    assert not found("create policy server on public.subscriptions for all using (auth.role() = 'service_role');")


def test_reading_ones_own_is_fine() -> None:
    assert not found("create policy see on public.subscriptions for select using (auth.uid() = fan_id);")


def test_a_newsletter_subscription_is_worth_nothing() -> None:
    sql = """
    create table public.newsletter_subscriptions (id uuid primary key, user_id uuid, status text);
    alter table public.newsletter_subscriptions enable row level security;
    create policy letter on public.newsletter_subscriptions for insert with check (auth.uid() = user_id);
    """
    assert not found(sql)


def test_a_row_that_is_itself_the_key_to_what_was_bought() -> None:
    sql = """
        create table public.song_purchases (
          id uuid primary key,
          fan_id uuid references auth.users (id),
          song_id uuid
        );
        alter table public.song_purchases enable row level security;
        create policy buy on public.song_purchases for insert with check (auth.uid() = fan_id);
    """
    assert found(sql)
