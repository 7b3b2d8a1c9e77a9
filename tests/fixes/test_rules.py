"""Rules that hold for everyone hold for those whom they are meant for: the server, owners, authors."""

from __future__ import annotations

import pytest

from apprescue.model.access import Actor
from tests.fixes.support import Repaired, repaired

MADE = "supabase/migrations/20240101000000_made.sql"
NEXT = "supabase/migrations/20240101000001_"
PAYMENTS = """
create table public.payments (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id),
  amount numeric not null, status text not null default 'pending'
);
alter table public.payments enable row level security;
create policy "Users see own payments" on public.payments for select using (user_id = auth.uid());
create policy "Service role can update payments" on public.payments for update using (true);
"""
NOTES = """
create table public.notes (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), body text
);
"""
RULES = """
alter table public.notes enable row level security;
create policy "Own notes" on public.notes for select using (user_id = auth.uid());
"""


def new(after: Repaired) -> str:
    """The migration that was written."""
    return next(text for path, text in after.files.items() if path.startswith(NEXT))


def proved(after: Repaired) -> bool:
    """Whether the finding is gone, cells changed, and none for the worse."""
    bad = [str(cell) for cell in after.cells if cell.worse or not cell.better]
    assert not bad
    return bool(after.patches and after.cells) and after.left == []


def test_a_rule_for_the_server_holds_for_the_servers_role() -> None:
    after = repaired("access/narrow_to_service_role", {MADE: PAYMENTS})
    assert proved(after)
    assert 'alter policy "Service role can update payments" on public.payments\n  to service_role;' in new(after)
    undo = next(text for path, text in after.files.items() if path.startswith("rescue/undo/"))
    assert 'alter policy "Service role can update payments" on public.payments\n  to public;' in undo


def test_a_page_that_wrote_through_it_is_named() -> None:
    page = """
    import { createClient } from '@supabase/supabase-js';
    const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
    export const Paid = () => supabase.from('payments').update({ status: 'paid' }).eq('id', 1);
    """
    after = repaired("access/narrow_to_service_role", {MADE: PAYMENTS, "src/Paid.tsx": page})
    assert [todo for patch in after.patches for todo in patch.todo if "src/Paid.tsx" in todo]


def test_everybodys_rule_becomes_the_owners() -> None:
    rule = 'create policy "Anyone can change notes" on public.notes for update using (true);'
    after = repaired("access/narrow_to_owner", {MADE: NOTES + RULES + rule})
    assert 'drop policy if exists "Anyone can change notes" on public.notes;' in new(after)
    assert 'create policy "Users change their own notes" on public.notes' in new(after)
    assert "using ((select auth.uid()) = user_id)" in new(after)
    assert proved(after)


def test_what_is_held_to_the_owner_is_left() -> None:
    rule = 'create policy "Users change notes" on public.notes for update using (auth.uid() = user_id);'
    for fix in ("narrow_to_owner", "narrow_to_service_role", "check_owner_on_insert", "enable_rls"):
        assert repaired(f"access/{fix}", {MADE: NOTES + RULES + rule}).patches == []


def test_a_new_row_names_its_author() -> None:
    rule = """
    create policy "Members add notes" on public.notes for insert to authenticated with check (auth.uid() is not null);
    """
    after = repaired("access/check_owner_on_insert", {MADE: NOTES + RULES + rule})
    assert "with check ((select auth.uid()) = user_id)" in new(after)
    assert proved(after)


def test_a_table_without_rules_gets_its_owners() -> None:
    after = repaired("access/enable_rls", {MADE: NOTES})
    written = new(after)
    assert "alter table public.notes enable row level security;" in written
    assert 'create policy "Users manage their own notes"' in written or "Owners read their own notes" in written
    assert proved(after)
    assert any(cell.cell.actor is Actor.ANON for cell in after.cells)


def test_parts_get_the_owners_of_the_whole() -> None:
    """Whoever moves a part into another's whole would give it away: that it is refused then is no loss."""
    lines = "create table public.lines (id uuid primary key default gen_random_uuid(), note_id uuid not null references"
    lines += " public.notes (id) on delete cascade, said text); grant all on public.lines to anon, authenticated;"
    after = repaired("access/enable_rls", {MADE: NOTES + RULES + lines})
    assert "alter table public.lines enable row level security;" in new(after)
    assert proved(after)
    assert [cell for cell in after.cells if cell.worse] == []


CHANNELS = """
create table public.channels (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), title text,
  stream_key text not null default 'none'
);
alter table public.channels enable row level security;
create policy "Everyone sees channels" on public.channels for select using (true);
create policy "Own channels" on public.channels for update using (user_id = auth.uid());
"""
ASKING = """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
export const Channels = () => supabase.from('channels').select('COLUMNS');
"""


def test_a_private_column_of_public_rows_is_hidden() -> None:
    page = ASKING.replace("COLUMNS", "id, title")
    after = repaired("access/hide_columns", {MADE: CHANNELS, "src/Channels.tsx": page})
    assert (
        "revoke select on public.channels from anon, authenticated;\n"
        "grant select (id, user_id, title) on public.channels to anon, authenticated;\n"
    ) in new(after)
    assert proved(after)


SHOWS = """
create table public.shows (
  id uuid primary key default gen_random_uuid(), host uuid not null references public.channels (id), title text
);
alter table public.shows enable row level security;
create policy "Everyone sees shows" on public.shows for select using (true);
"""


@pytest.mark.parametrize("inner", ["channels(id, title)", "at:channels!shows_host_fkey(title)", "host(title)"])
def test_a_page_that_embeds_other_columns_goes_on(inner: str) -> None:
    page = ASKING.replace("channels", "shows").replace("COLUMNS", f"id, {inner}")
    after = repaired("access/hide_columns", {MADE: CHANNELS + SHOWS, "src/Channels.tsx": page})
    assert "grant select (id, user_id, title)" in new(after)


@pytest.mark.parametrize("inner", ["channels(*)", "channels(id, key:stream_key)", "tags(id, host(stream_key))"])
def test_a_private_column_that_a_page_embeds_is_left(inner: str) -> None:
    page = ASKING.replace("channels", "shows").replace("COLUMNS", f"id, {inner}")
    assert repaired("access/hide_columns", {MADE: CHANNELS + SHOWS, "src/Channels.tsx": page}).patches == []


def test_a_column_that_a_page_or_a_rule_reads_is_left() -> None:
    for columns in ("*", "id, stream_key"):
        page = ASKING.replace("COLUMNS", columns)
        assert repaired("access/hide_columns", {MADE: CHANNELS, "src/Channels.tsx": page}).patches == []
    rule = "create policy \"By key\" on public.channels for delete using (stream_key = 'gone');"
    assert repaired("access/hide_columns", {MADE: CHANNELS + rule}).patches == []
