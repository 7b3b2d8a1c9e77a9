"""Columns that point at other tables."""

from __future__ import annotations

from apprescue.model.finding import Finding, Severity
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


def asked(table: str, column: str) -> Finding:
    sql = f"create table public.{table} (id uuid primary key, {column} uuid references public.posts (id));"
    code = (
        "import { createClient } from '@supabase/supabase-js';\nconst db = createClient(import.meta.env.A, 'b');\n"
        f"export const a = (id) => db.from('{table}').select('*').eq('{column}', id);"
    )
    files = {"supabase/migrations/1_a.sql": "create table public.posts (id uuid primary key);" + sql, "src/a.tsx": code}
    (finding,) = audit_files(files, only=NAME)
    return finding


def test_a_growing_table_that_is_searched_weighs_more() -> None:
    assert asked("comments", "post_id").severity is Severity.MEDIUM


def test_who_looked_at_it_and_short_tables_are_low() -> None:
    assert asked("comments", "reviewed_by").severity is Severity.LOW
    assert asked("banners", "post_id").severity is Severity.LOW
    assert asked("creator_applications", "user_id").severity is Severity.LOW


def test_many_columns_alone_weigh_nothing() -> None:
    (finding,) = found(
        "".join(
            f"create table public.t{n} (id uuid primary key, made_by uuid references public.posts (id));"
            for n in range(9)
        )
    )
    assert finding.severity is Severity.LOW
