"""Repairs of rules by which one party of a talk rewrites the other's words."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

NAME = "access/keep_what_another_wrote"
MADE = "supabase/migrations/20250101000000_first.sql"
TALKS = """
create table public.talks (
  id uuid primary key default gen_random_uuid(),
  fan_id uuid not null references auth.users (id), host_id uuid not null references auth.users (id)
);
alter table public.talks enable row level security;
create policy "Own talks" on public.talks for select using (auth.uid() in (fan_id, host_id));
create table public.messages (
  id uuid primary key default gen_random_uuid(), talk_id uuid not null references public.talks (id) on delete cascade,
  sender_id uuid not null references auth.users (id), body text not null, read_at timestamptz
);
alter table public.messages enable row level security;
create policy "See" on public.messages for select to authenticated using (
  exists (select 1 from public.talks where talks.id = talk_id and auth.uid() in (talks.fan_id, talks.host_id)));
create policy "Send" on public.messages for insert to authenticated with check (sender_id = auth.uid());
create policy "Mark as read" on public.messages for update to authenticated using (RULE);
"""
MEMBER = "exists (select 1 from public.talks where talks.id = talk_id and auth.uid() in (talks.fan_id, talks.host_id))"
PAGE = """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
export const change = (id: string, text: string) => supabase.from('messages').update({ CHANGE }).eq('id', id);
"""


def talks(rule: str = MEMBER, change: str = "read_at: new Date().toISOString()") -> dict[str, str]:
    return {MADE: TALKS.replace("RULE", rule), "src/messages.ts": PAGE.replace("CHANGE", change)}


def test_the_other_goes_on_marking_messages_as_read_and_changes_no_word() -> None:
    found = repaired(NAME, talks())
    assert found.left == []
    (made,) = (text for path, text in found.files.items() if "migrations" in path and path != MADE)
    assert "if old.sender_id::text = (select auth.uid())::text then" in made
    assert "new.body := old.body;" in made
    assert "read_at" not in made
    assert [cell for cell in found.cells if cell.worse] == []


@pytest.mark.parametrize("files", [talks("true"), talks(change="body: text")])
def test_a_rule_for_everybody_and_words_that_a_page_changes_are_left(files: dict[str, str]) -> None:
    assert repaired(NAME, files).patches == []


def test_who_changes_his_own_words_alone_is_let() -> None:
    assert repaired(NAME, talks("sender_id = auth.uid()")).left == []
    assert repaired(NAME, talks("sender_id = auth.uid()")).patches == []
