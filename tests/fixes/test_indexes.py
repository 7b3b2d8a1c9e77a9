"""Repairs that add indexes and unique keys."""

from __future__ import annotations

from apprescue.source.script import script_of
from tests.fixes.support import Repaired, repaired

FIRST = "supabase/migrations/20260101000000_first.sql"
CLIENT = """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""
SCHEMA = """
create table public.rooms (id uuid primary key, name text);
create table public.messages (
  id uuid primary key, room_id uuid references public.rooms (id), "replyTo" uuid references public.messages (id),
  status text, created_at timestamptz default now()
);
"""


def added(schema: str, code: str = "", path: str = FIRST, **more: str) -> Repaired:
    return repaired("speed/add_indexes", {path: schema, "src/a.ts": CLIENT + code, **more})


def test_what_points_elsewhere_gets_an_index_each_alone_in_its_file() -> None:
    done = added(SCHEMA)
    first = done.files["supabase/migrations/20260101000001_index_messages_room_id.sql"]
    assert "create index concurrently if not exists messages_room_id_idx on public.messages (room_id);" in first
    second = done.files["supabase/migrations/20260101000002_index_messages_replyto.sql"]
    assert 'if not exists "messages_replyTo_idx" on public.messages ("replyTo");' in second
    assert [step.alone for step in script_of("a.sql", first).steps] == [True]
    undo = done.files["rescue/undo/20260101000001_index_messages_room_id.undo.sql"]
    assert undo.endswith("drop index concurrently if exists public.messages_room_id_idx;\n")
    assert done.left == []


def test_what_is_searched_by_gets_an_index() -> None:
    code = """
    export async function open() {
      return supabase.from('messages').select('id').eq('status', 'open').order('created_at').limit(20);
    }
    """
    done = repaired("speed/add_indexes", {FIRST: SCHEMA, "src/a.ts": CLIENT + code})
    assert any("on public.messages (status);" in text for text in done.files.values())
    assert done.left == []


def test_what_has_an_index_is_left() -> None:
    more = 'create index on public.messages (room_id, created_at); create index on public.messages ("replyTo");'
    assert not added(SCHEMA + more).patches


def test_prisma_keeps_its_indexes_elsewhere() -> None:
    assert not added(SCHEMA, path="prisma/migrations/20260101000000_first/migration.sql").patches


TIPS = """
create table public.tips (id uuid primary key, sender_id uuid, amount numeric, payment_intent_id text);
create table public.words (word text, day date, times int);
create function public.count_word(given text) returns void language plpgsql as $$
begin
  insert into public.words (word, day, times) values (given, current_date, 1)
  on conflict (word, day) do update set times = words.times + 1;
end $$;
"""
PAID = """
import { createClient } from 'https://esm.sh/@supabase/supabase-js@2';
const admin = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!);
Deno.serve(async (req: Request) => {
  const event = await req.json();
  await admin.from('tips').insert({ amount: event.amount, payment_intent_id: event.id });
  MORE
  return new Response('ok');
});
"""
HOOK = "supabase/functions/paid/index.ts"


def unique(schema: str = TIPS, more: str = "") -> Repaired:
    return repaired("running/add_unique_key", {FIRST: schema, HOOK: PAID.replace("MORE", more)})


def test_a_payment_is_booked_once_and_a_conflict_has_its_key() -> None:
    done = unique()
    made = "".join(text for path, text in done.files.items() if "/migrations/" in path)
    assert (
        "unique index concurrently if not exists tips_payment_intent_id_key on public.tips (payment_intent_id);" in made
    )
    assert "unique index concurrently if not exists words_word_day_key on public.words (word, day);" in made
    assert any("having count(*) > 1" in step for patch in done.patches for step in patch.todo)
    assert done.left == []


def test_several_rows_of_one_payment_are_left() -> None:
    more = "await admin.from('tips').insert({ amount: -event.amount, payment_intent_id: event.id });"
    done = unique(TIPS.partition("create function")[0], more)
    assert not done.patches


def test_what_is_unique_is_left() -> None:
    keys = "create unique index on public.tips (payment_intent_id); alter table public.words add unique (word, day);"
    assert not unique(TIPS + keys).patches
