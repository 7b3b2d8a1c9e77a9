"""Repairs of functions of the database that work with their owner's rights."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

CLIENT = """
import { createClient } from '@supabase/supabase-js';
export const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""
SERVER = """
import { createClient } from '@supabase/supabase-js';
const admin = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);
export async function paid(who: string) { await admin.rpc('add_coins', { p_user_id: who, p_amount: 5 }); }
"""
TABLES = """
create type public.part as enum ('fan', 'maker', 'admin');
create table public.wallets (user_id uuid primary key references auth.users (id), balance int not null default 0);
create table public.people (id uuid primary key references auth.users (id), nick text, banned boolean default false);
create table public.parts (user_id uuid references auth.users (id), part public.part, primary key (user_id, part));
create table public.notes (id uuid primary key default gen_random_uuid(), sender_id uuid references auth.users (id),
  recipient_id uuid references auth.users (id), body text);
alter table public.wallets enable row level security;
alter table public.people enable row level security;
alter table public.parts enable row level security;
alter table public.notes enable row level security;
create policy own on public.wallets for select using (auth.uid() = user_id);
create policy own on public.people for select using (auth.uid() = id);
create policy own on public.parts for select using (auth.uid() = user_id);
create policy own on public.notes for select using (auth.uid() in (sender_id, recipient_id));
create function public.is_staff(who uuid) returns boolean language sql stable security definer set search_path = public
  as $$ select exists (select 1 from public.parts p where p.user_id = who and p.part = 'admin') $$;
create policy staff on public.people for all using (public.is_staff(auth.uid()));
"""
COINS = """
create function public.add_coins(p_user_id uuid, p_amount int) returns void language plpgsql security definer
set search_path = public as $$
begin
  update public.wallets set balance = balance + p_amount where user_id = p_user_id;
end $$;
"""
RENAME = """
create function public.rename(p_user_id uuid, p_nick text) returns jsonb language plpgsql security definer
set search_path = public as $$
declare done public.people;
begin
  update public.people set nick = p_nick where id = p_user_id returning * into done;
  return to_jsonb(done);
exception when others then
  return jsonb_build_object('error', sqlerrm);
end $$;
"""
READ = """
create function public.inbox(user_uuid uuid) returns table (id uuid, body text) language sql security definer
set search_path = public as $$
  select n.id, n.body from public.notes n where n.recipient_id = user_uuid order by n.id;
$$;
"""
BAN = """
create function public.ban_person(p_person uuid, p_admin_id uuid) returns void language plpgsql security definer
set search_path = public as $$
begin
  update public.people set banned = true where id = p_person;
end $$;
"""
CHOOSE = """
create function public.choose_part(p_user_id uuid, p_part public.part) returns void language plpgsql security definer
set search_path = public as $$
begin
  insert into public.parts (user_id, part) values (p_user_id, p_part);
end $$;
"""
ASKED = "const { data: { user } } = await supabase.auth.getUser();"
OTHER = "const { data } = await supabase.from('notes').select('sender_id').eq('id', x).single();"
UP, DOWN = "supabase/migrations/20200101000001_{}.sql", "rescue/undo/20200101000001_{}.undo.sql"


def after(fix: str, sql: str, pages: str = "", path: str = "src/a.ts") -> Repaired:
    page = f"import {{ supabase }} from './client';\nexport async function go(x) {{\n  {pages}\n}}\n"
    files = {"supabase/migrations/20200101000000_a.sql": TABLES + sql, "src/client.ts": CLIENT, "server/b.ts": SERVER}
    return repaired(fix, files | ({path: page} if pages else {}))


def better(done: Repaired) -> bool:
    return any(cell.better for cell in done.cells) and not any(cell.worse for cell in done.cells)


def test_what_only_the_server_calls_is_closed() -> None:
    done = after("access/close_function", COINS)
    up = done.files[UP.format("close_add_coins")]
    assert "revoke execute on function public.add_coins(uuid,integer) from public, anon, authenticated;\n" in up
    assert "grant execute on function public.add_coins(uuid,integer) to service_role;\n" in up
    down = done.files[DOWN.format("close_add_coins")]
    assert "grant execute on function public.add_coins(uuid,integer) to public, anon, authenticated;\n" in down
    assert "revoke" not in down
    assert done.left == []
    assert better(done)


@pytest.mark.parametrize(
    ("sql", "pages"),
    [
        (COINS, "await supabase.rpc('add_coins', { p_user_id: x, p_amount: 1 });"),
        (COINS, "await call('add_coins', x);"),
        (COINS, "await fetch(`${url}/rest/v1/rpc/add_coins`, { method: 'POST' });"),
        (COINS + "alter table public.people add column coins text default public.add_coins(null, 0)::text;", ""),
        (
            COINS + "create function public.on_note() returns trigger language plpgsql as $$ begin"
            " perform public.add_coins(new.sender_id, 1); return new; end $$;",
            "",
        ),
    ],
)
def test_what_clients_need_stays_open(sql: str, pages: str) -> None:
    assert after("access/close_function", sql, pages).patches == []


def test_a_user_acts_for_himself() -> None:
    done = after(
        "access/check_the_caller", RENAME, ASKED + "supabase.rpc('rename', { p_user_id: user.id, p_nick: x });"
    )
    up = done.files[UP.format("check_caller_rename")]
    asking = "auth.role() is distinct from 'service_role' and (p_user_id = auth.uid()) is not true then\n"
    assert asking in up
    assert up.index(asking) < up.index("declare done")
    assert "end;\nend;\n" in up.replace("end ;", "end;")
    assert "auth.uid()" not in done.files[DOWN.format("check_caller_rename")]
    assert done.left == []
    assert better(done)


@pytest.mark.parametrize("name", ["currentUserId", "my_user_id", "currentUser.id"])
def test_a_name_says_who_is_calling(name: str) -> None:
    call = f"supabase.rpc('rename', {{ p_user_id: {name}, p_nick: x }});"
    page = f"export const rename = ({name.partition('.')[0]}, x) => {call}"
    assert (
        "(p_user_id = auth.uid())"
        in after("access/check_the_caller", RENAME, page).files[UP.format("check_caller_rename")]
    )


LIMITED = """
create table public.deeds (user_id uuid primary key references auth.users (id), done int not null default 0);
alter table public.deeds enable row level security;
create policy own on public.deeds for select using (auth.uid() = user_id);
create function public.may_act(p_user_id uuid, p_kind text, p_limit int) returns boolean language plpgsql
security definer set search_path = public as $$
declare n int;
begin
  select done into n from public.deeds where user_id = p_user_id;
  if n >= p_limit then
    update public.people set banned = true where id = p_user_id;
    return false;
  end if;
  update public.people set nick = p_kind where id = p_user_id;
  return true;
end $$;
"""


@pytest.mark.parametrize(("bound", "count"), [("n >= p_limit", 1), ("n >= coalesce(p_limit, 3)", 0)])
def test_a_bound_is_nothing_that_a_caller_gives_himself(bound: str, count: int) -> None:
    page = ASKED + "await supabase.rpc('may_act', { p_user_id: user.id, p_kind: x, p_limit: 10 });"
    assert len(after("access/check_the_caller", LIMITED.replace("n >= p_limit", bound), page).patches) == count


def test_a_query_gives_only_his_own() -> None:
    done = after("access/check_the_caller", READ, "await supabase.rpc('inbox', { user_uuid: x });")
    assert (
        "where auth.role() = 'service_role' or (inbox.user_uuid = auth.uid())\n"
        in (done.files[UP.format("check_caller_inbox")])
    )
    assert done.left == []
    assert better(done)


def test_the_staff_is_asked_for_as_the_rules_ask() -> None:
    page = ASKED + "await supabase.rpc('ban_person', { p_person: x, p_admin_id: user.id });"
    done = after("access/check_the_caller", BAN, page)
    up = done.files[UP.format("check_caller_ban_person")]
    assert "(p_admin_id = auth.uid() and (public.is_staff(auth.uid()))) is not true" in up
    assert done.left == []
    assert better(done)


def test_nobody_makes_himself_staff() -> None:
    page = ASKED + "await supabase.rpc('choose_part', { p_user_id: user.id, p_part: x });"
    done = after("access/check_the_caller", CHOOSE, page)
    assert "p_user_id = auth.uid() and p_part <> 'admin'" in done.files[UP.format("check_caller_choose_part")]
    assert done.left == []


def test_triggers_go_on_calling() -> None:
    sql = RENAME + (
        "create function public.on_person() returns trigger language plpgsql as $$ begin"
        " perform public.rename(new.id, 'new'); return new; end $$;"
    )
    done = after("access/check_the_caller", sql)
    assert "if pg_trigger_depth() = 0 and auth.role()" in done.files[UP.format("check_caller_rename")]
    assert done.left == []


@pytest.mark.parametrize(
    ("sql", "pages"),
    [
        (COINS, ASKED + "await supabase.rpc('add_coins', { p_user_id: user.id, p_amount: x });"),
        (RENAME, OTHER + "await supabase.rpc('rename', { p_user_id: data.sender_id, p_nick: x });"),
        (
            RENAME + "create function public.tidy() returns void language sql as $$ select public.rename(null, '') $$;",
            "",
        ),
        (RENAME.replace("where id = p_user_id", "where id = auth.uid()"), ""),
        (
            CHOOSE.replace("p_part public.part", "p_role text"),
            ASKED + "supabase.rpc('choose_part', {p_user_id: user.id})",
        ),
    ],
)
def test_what_is_not_sure_is_left(sql: str, pages: str) -> None:
    assert after("access/check_the_caller", sql, pages).patches == []
