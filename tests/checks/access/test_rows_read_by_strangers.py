"""Rows that the wrong people read, tried in the laboratory."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.letters import BASE
from tests.support import audit_files

NAME = "access/rows_read_by_strangers"


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_a_rule_that_lets_everyone_read_private_rows() -> None:
    (finding,) = found('create policy "Readable" on public.profiles for select using (true);')
    assert finding.evidence == "proven"
    assert "email" in finding.detail
    assert finding.proof
    assert "set local role anon" in finding.proof.script


def test_a_view_with_its_owners_rights() -> None:
    (finding,) = found("create view public.directory as select id, email from public.profiles;")
    assert "directory" in str(finding.place)


def test_rows_that_only_their_owner_reads_are_fine() -> None:
    assert not found("")


def test_a_view_with_the_readers_rights_is_fine() -> None:
    assert not found(
        "create view public.directory with (security_invoker = true) as select id, email from public.profiles;"
    )


def test_published_rows_are_fine() -> None:
    assert not found("""
    create table public.posts (
      id uuid primary key default gen_random_uuid(), author_id uuid not null references auth.users (id), title text,
      is_published boolean not null default false
    );
    alter table public.posts enable row level security;
    create policy "Published posts are public" on public.posts for select
      using (is_published or auth.uid() = author_id);
    """)
