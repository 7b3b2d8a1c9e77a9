"""What is sold and what is shown."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/paid_content_for_everyone"

BASE = """
create table public.posts (id uuid primary key, author_id uuid, content text, is_premium boolean default false);
alter table public.posts enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_the_lock_is_only_in_the_page() -> None:
    (finding,) = found("create policy feed on public.posts for select using (true);")
    assert "is_premium" in finding.detail


def test_the_rule_looks_at_the_mark() -> None:
    sql = """
    create policy feed on public.posts for select using (
      not is_premium or auth.uid() = author_id
      or exists (select 1 from public.purchases p where p.post_id = posts.id and p.buyer_id = auth.uid())
    );
    """
    assert not found(sql)


def test_posts_that_are_all_free_may_be_seen_by_all() -> None:
    sql = """
    create table public.articles (id uuid primary key, content text);
    alter table public.articles enable row level security;
    create policy feed on public.articles for select using (true);
    """
    assert not found(sql)
