"""What the other party may change."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/whole_row_update_for_counterpart"

BASE = """
create table public.messages (
  id uuid primary key, sender_id uuid, receiver_id uuid, content text, read_at timestamptz
);
alter table public.messages enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_the_receiver_rewrites_a_message() -> None:
    (finding,) = found("create policy seen on public.messages for update using (auth.uid() = receiver_id);")
    assert "content" in finding.detail


def test_only_the_mark_of_reading_is_his() -> None:
    sql = """
    create policy seen on public.messages for update using (auth.uid() = receiver_id);
    revoke update on public.messages from authenticated;
    grant update (read_at) on public.messages to authenticated;
    """
    assert not found(sql)


def test_the_sender_edits_his_own_words() -> None:
    assert not found("create policy edit on public.messages for update using (auth.uid() = sender_id);")


def test_a_rule_for_both_sides_is_told_once_and_sealed_words_are_words() -> None:
    sql = """
    alter table public.messages rename column content to cipher_text;
    create policy either on public.messages for update using (auth.uid() = sender_id or auth.uid() = receiver_id);
    """
    (finding,) = found(sql)
    assert "cipher_text" in finding.detail
