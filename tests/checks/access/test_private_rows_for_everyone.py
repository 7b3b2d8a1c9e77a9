"""Private columns that strangers read."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/private_rows_for_everyone"

BASE = """
create table public.members (
  id uuid primary key references auth.users (id), nickname text, phone_number text, date_of_birth date
);
alter table public.members enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_everybody_reads_phone_numbers() -> None:
    (finding,) = found("create policy all_see on public.members for select using (true);")
    assert finding.severity == "high"
    assert "phone_number" in finding.detail


def test_every_member_reads_them() -> None:
    (finding,) = found("create policy members_see on public.members for select to authenticated using (true);")
    assert finding.severity == "medium"


def test_a_stream_key_is_a_secret() -> None:
    sql = """
    create table public.broadcasts (id uuid primary key, title text, stream_key text);
    alter table public.broadcasts enable row level security;
    create policy watch on public.broadcasts for select using (true);
    """
    assert found(sql)[0].severity == "high"


def test_each_reads_his_own() -> None:
    assert not found("create policy own on public.members for select using (auth.uid() = id);")


def test_the_columns_are_not_given_to_clients() -> None:
    sql = """
    create policy all_see on public.members for select using (true);
    revoke select on public.members from anon, authenticated;
    grant select (id, nickname) on public.members to anon, authenticated;
    """
    assert not found(sql)


def test_a_shop_shows_its_address() -> None:
    sql = """
    create table public.shops (id uuid primary key, address text, contact_email text, email_verified boolean);
    alter table public.shops enable row level security;
    create policy browse on public.shops for select using (true);
    """
    assert not found(sql)
