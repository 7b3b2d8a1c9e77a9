"""Views beside locked tables."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/view_around_rls"

BASE = """
create table public.clients (id uuid primary key references auth.users (id), nickname text, email text);
alter table public.clients enable row level security;
create policy own on public.clients for select using (auth.uid() = id);
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_a_view_shows_whole_rows() -> None:
    assert found("create view public.all_clients as select * from public.clients;")


def test_a_view_shows_a_private_column() -> None:
    (finding,) = found("create view public.contacts as select nickname, email from public.clients;")
    assert "email" in finding.detail


def test_the_readers_own_rights_hold() -> None:
    assert not found("create view public.all_clients with (security_invoker = true) as select * from public.clients;")
    later = "alter view public.v set (security_invoker = on);"
    assert not found("create view public.v as select * from public.clients;" + later)


def test_a_view_of_harmless_columns_is_meant() -> None:
    assert not found("create view public.names as select nickname from public.clients;")


def test_a_view_of_ones_own_rows_is_fine() -> None:
    assert not found("create view public.me as select * from public.clients where id = auth.uid();")
