"""Columns that point at other tables."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "speed/foreign_key_without_index"

BASE = """
create table public.posts (id uuid primary key);
create table public.likes (id uuid primary key, post_id uuid references public.posts (id));
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_no_index_begins_with_the_column() -> None:
    (finding,) = found("")
    assert "post_id" in finding.detail


def test_an_index_that_ends_with_it_does_not_help() -> None:
    assert found("create index on public.likes (id, post_id);")


def test_an_index_begins_with_it() -> None:
    assert not found("create index likes_post on public.likes (post_id, id);")


def test_a_unique_key_is_an_index() -> None:
    assert not found("alter table public.likes add constraint once unique (post_id);")
