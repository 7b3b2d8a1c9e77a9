"""Repairs of the database's rules and functions, each as a migration that is tried."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired
from tests.letters import BASE

FIRST = "supabase/migrations/20260101000000_first.sql"
NEXT = "supabase/migrations/20260101000001"
ROOMS = """
create table public.rooms (id uuid primary key default gen_random_uuid(), name text);
create table public.members (
  room_id uuid references public.rooms (id), user_id uuid references auth.users (id), primary key (room_id, user_id)
);
alter table public.rooms enable row level security;
alter table public.members enable row level security;
create policy "members see rooms" on public.rooms for select to authenticated
  using (exists (select 1 from public.members m where m.room_id = id and m.user_id = auth.uid()));
create policy "members see members" on public.members for select to authenticated using (RULE);
"""
CIRCLE = "exists (select 1 from public.members o where o.room_id = members.room_id and o.user_id = auth.uid())"


def only_better(done: Repaired) -> bool:
    return bool(done.cells) and not any(one.worse for one in done.cells)


def test_rules_that_ask_each_other_are_broken_up() -> None:
    done = repaired("running/break_recursion", {FIRST: ROOMS.replace("RULE", CIRCLE)})
    made = done.files[f"{NEXT}_break_policy_recursion.sql"]
    assert "security definer set search_path to ''" in made
    assert 'lock table "public"."members" in access exclusive mode' in made
    assert "drop function" in done.files["rescue/undo/20260101000001_break_policy_recursion.undo.sql"]
    assert done.left == []
    assert only_better(done)
    assert any(str(one).startswith("owner select public.members") for one in done.cells)


def test_rules_that_end_are_left() -> None:
    done = repaired("running/break_recursion", {FIRST: ROOMS.replace("RULE", "user_id = auth.uid()")})
    assert not done.patches


def test_a_circle_that_does_not_name_the_caller_is_left() -> None:
    rule = "exists (select 1 from public.members o where o.room_id = members.room_id)"
    assert not repaired("running/break_recursion", {FIRST: ROOMS.replace("RULE", rule)}).patches


def test_the_caller_is_asked_for_once() -> None:
    done = repaired("speed/ask_caller_once", {FIRST: ROOMS.replace("RULE", "user_id = auth.uid()")})
    assert "( SELECT auth.uid()" not in done.files[FIRST]
    assert done.files[f"{NEXT}_ask_caller_once.sql"].count("(select auth.uid())") == 2
    assert done.left == []
    assert not done.cells


def test_who_asks_once_is_left() -> None:
    text = ROOMS.replace("RULE", "user_id = auth.uid()").replace("auth.uid()", "(select auth.uid())")
    assert not repaired("speed/ask_caller_once", {FIRST: text}).patches


FUNCTION = """
create table public.notes (id uuid primary key, body text);
alter table public.notes enable row level security;
create function public.how_many(word text) returns bigint language sql stable security definer PATH
as $$ select count(*) from notes where body like word $$;
"""


def test_a_function_finds_its_names_where_it_was_written_for() -> None:
    done = repaired("database/fix_search_path", {FIRST: FUNCTION.replace("PATH", "")})
    made = done.files[f"{NEXT}_fix_search_path.sql"]
    assert "alter function public.how_many(text) set search_path to public, extensions, pg_temp;" in made
    assert "reset search_path" in done.files["rescue/undo/20260101000001_fix_search_path.undo.sql"]
    assert done.left == []
    assert not done.cells


def test_a_fixed_path_is_left() -> None:
    done = repaired("database/fix_search_path", {FIRST: FUNCTION.replace("PATH", "set search_path to ''")})
    assert not done.patches


CALLED = """
create table public.notes (id uuid primary key default gen_random_uuid(), owner_id uuid, title text, read_count int);
alter table public.notes enable row level security;
create policy "own notes" on public.notes for all to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
create function public.FUNCTION language plpgsql security definer PATH as $$
begin
  BODY
end $$;
"""


def called(name: str, function: str, body: str, path: str = "set search_path to ''") -> Repaired:
    text = CALLED.replace("FUNCTION", function).replace("BODY", body).replace("PATH", path)
    return repaired(name, {FIRST: text})


def test_a_function_finds_what_it_names() -> None:
    count = "count_my_notes() returns bigint"
    done = called("running/find_its_names", count, "return (select count(*) from notes where owner_id = auth.uid());")
    made = done.files[f"{NEXT}_find_notes.sql"]
    assert "alter function public.count_my_notes() set search_path to public, pg_temp;" in made
    assert "set search_path to '';" in done.files["rescue/undo/20260101000001_find_notes.undo.sql"]
    assert done.left == []
    assert only_better(done)


def test_what_lies_in_extensions_is_found() -> None:
    body = "return encode(gen_random_bytes(8), 'hex');"
    done = called("running/find_its_names", "new_code() returns text", body, "set search_path to public")
    assert "set search_path to public, extensions, pg_temp;" in done.files[f"{NEXT}_find_gen_random_bytes.sql"]
    assert done.left == []


def test_what_is_nowhere_is_left() -> None:
    body = "return (select count(*) from letters where owner_id = auth.uid());"
    assert not called("running/find_its_names", "count_letters() returns bigint", body).patches


LISTED = "my_notes() returns table (title text, times int)"


def test_a_column_and_a_name_called_alike_are_told_apart() -> None:
    body = "return query select title, n.read_count from public.notes n where n.owner_id = auth.uid();"
    done = called("running/tell_names_apart", LISTED, body)
    assert "#variable_conflict use_column\nbegin" in done.files[f"{NEXT}_tell_names_apart_in_my_notes.sql"]
    assert done.left == []
    assert only_better(done)


def test_a_name_that_the_function_sets_is_left() -> None:
    body = "title := 'x'; return query select title, n.read_count from public.notes n where n.owner_id = auth.uid();"
    assert not called("running/tell_names_apart", LISTED, body).patches


def test_an_argument_that_picks_rows_is_left() -> None:
    body = "return (select count(*) from public.notes where owner_id = auth.uid() and title = title);"
    assert not called("running/tell_names_apart", "count_titled(title text) returns bigint", body).patches


PICKED = "where owner_id = auth.uid() and title = title"


def test_a_column_and_an_argument_held_against_each_other_are_named() -> None:
    body = f"return (select count(*) from public.notes {PICKED});"
    done = called("running/name_both_sides", "count_titled(title text) returns bigint", body)
    made = done.files[f"{NEXT}_name_both_sides_in_count_titled.sql"]
    assert "where owner_id = auth.uid() and notes.title = count_titled.title);" in made
    assert done.left == []
    assert only_better(done)


def test_a_variable_is_named_by_a_label() -> None:
    body = f"declare title text := 'a';\nbegin return (select count(*) from public.notes n {PICKED});"
    text = CALLED.replace("begin\n  BODY", body).replace("FUNCTION", "count_a() returns bigint").replace("PATH", "")
    done = repaired("running/name_both_sides", {FIRST: text})
    made = done.files[f"{NEXT}_name_both_sides_in_count_a.sql"]
    assert "<<own>>\ndeclare title" in made
    assert "n.title = own.title" in made
    assert done.left == []


def test_rows_to_delete_are_picked_by_the_argument() -> None:
    body = f"delete from public.notes {PICKED};"
    done = called("running/name_both_sides", "drop_titled(title text) returns void", body)
    made = done.files[f"{NEXT}_name_both_sides_in_drop_titled.sql"]
    assert "owner_id = auth.uid() and notes.title = drop_titled.title;" in made
    assert done.left == []


@pytest.mark.parametrize("tables", ["public.notes a, public.notes b", "public.notes, public.letters"])
def test_a_name_of_two_tables_or_of_an_unknown_one_is_left(tables: str) -> None:
    body = f"return (select count(*) from {tables} where title = title);"
    assert not called("running/name_both_sides", "count_titled(title text) returns bigint", body).patches


INVITES = """
create table public.invites (
  id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users (id),
  invited_email text not null, note text
);
alter table public.invites enable row level security;
create policy "invited see" on public.invites for select to authenticated using (RULE);
"""


def test_the_token_tells_the_email() -> None:
    rule = "invited_email = (select email from auth.users where id = auth.uid())::text or owner_id = auth.uid()"
    done = repaired("running/ask_token_for_email", {FIRST: INVITES.replace("RULE", rule)})
    made = done.files[f"{NEXT}_ask_token_for_email.sql"]
    assert "invited_email = (select auth.jwt() ->> 'email')::text" in made
    assert done.left == []
    assert only_better(done)


def test_another_question_to_the_accounts_is_left() -> None:
    rule = "exists (select 1 from auth.users u where u.id = auth.uid() and u.raw_user_meta_data ->> 'role' = 'admin')"
    assert not repaired("running/ask_token_for_email", {FIRST: INVITES.replace("RULE", rule)}).patches


PEOPLE = """
create table public.people (id uuid primary key references auth.users (id), name text, phone text, email text);
alter table public.people enable row level security;
create policy "own" on public.people for select to authenticated using (id = (select auth.uid()));
create view public.people_list OPTION as select id, name, phone, email from public.people;
"""


def test_a_view_respects_its_reader() -> None:
    done = repaired("access/respect_reader_rights", {FIRST: PEOPLE.replace("OPTION", "")})
    made = done.files[f"{NEXT}_view_people_list_with_its_readers_rights.sql"]
    assert "alter view public.people_list set (security_invoker = true);" in made
    assert done.left == []
    assert only_better(done)


def test_a_view_that_sums_up_what_is_private_respects_its_reader() -> None:
    sql = """
    create table public.artists (id uuid primary key references auth.users (id), username text);
    alter table public.artists enable row level security;
    create policy "all see artists" on public.artists for select using (true);
    create table public.earnings (id uuid primary key default gen_random_uuid(), artist_id uuid not null
      references public.artists (id), amount numeric not null);
    alter table public.earnings enable row level security;
    create policy "own earnings" on public.earnings for select using (auth.uid() = artist_id);
    create view public.artist_earnings_summary as
      select a.id as artist_id, coalesce(sum(e.amount), 0) as total_earnings, sum(e.amount) as available_balance
      from public.artists a left join public.earnings e on e.artist_id = a.id group by a.id;
    """
    done = repaired("access/respect_reader_rights", {FIRST: sql})
    made = done.files[f"{NEXT}_view_artist_earnings_summary_with_its_readers_rights.sql"]
    assert "alter view public.artist_earnings_summary set (security_invoker = true);" in made
    assert done.left == []
    assert not any(cell.worse for cell in done.cells)


ACCOUNTS = """
create table public.contacts (email text primary key, opted_in boolean not null default false);
alter table public.contacts enable row level security;
create view public.contacts_with_account as
  select c.email, c.opted_in, u.id as user_id, u.last_sign_in_at
  from public.contacts c left join auth.users u on lower(u.email) = c.email;
"""


def test_a_view_of_the_accounts_is_the_servers() -> None:
    done = repaired("access/respect_reader_rights", {FIRST: ACCOUNTS})
    made = done.files[f"{NEXT}_leave_view_contacts_with_account_to_server.sql"]
    assert "revoke all on public.contacts_with_account from anon, authenticated;" in made
    assert done.left == []
    assert only_better(done)


def test_a_view_of_the_accounts_that_a_page_asks_is_left() -> None:
    page = CLIENT + "export const all = () => supabase.from('contacts_with_account').select('email');\n"
    assert not repaired("access/respect_reader_rights", {FIRST: ACCOUNTS, "src/a.ts": page}).patches


def test_a_view_that_does_is_left() -> None:
    option = "with (security_invoker = on)"
    assert not repaired("access/respect_reader_rights", {FIRST: PEOPLE.replace("OPTION", option)}).patches


CLIENT = """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""
COMMENTS = """
create table public.comments (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), body text
);
alter table public.comments enable row level security;
create policy "read" on public.comments for select using (true);
create policy "add" on public.comments for insert to authenticated with check (user_id = (select auth.uid()));
"""
REMOVE = "export const remove = (id: string) => supabase.from('comments').delete().eq('id', id);\n"


def test_people_may_delete_what_is_theirs_where_the_app_does_so() -> None:
    done = repaired("running/permit_own_writes", {FIRST: COMMENTS, "src/a.ts": CLIENT + REMOVE})
    made = done.files[f"{NEXT}_permit_delete_on_own_comments.sql"]
    assert 'create policy "Users delete their own comments" on public.comments' in made
    assert "for delete to authenticated\n  using ((select auth.uid()) = user_id);" in made
    assert done.left == []
    assert only_better(done)
    assert {one.cell.actor.value for one in done.cells} <= {"owner"}


def test_what_is_the_firms_to_set_is_left() -> None:
    wallet = COMMENTS.replace("comments", "wallets").replace("body text", "balance numeric default 0")
    wallet = wallet.partition('create policy "add"')[0]
    code = "export const open = (me: string) => supabase.from('wallets').insert({ user_id: me, balance: 0 });\n"
    assert not repaired("running/permit_own_writes", {FIRST: wallet, "src/a.ts": CLIENT + code}).patches


SECOND = "supabase/migrations/20260102000000_second.sql"
AGAIN = """
-- the same once more
CREATE TABLE public.comments (id uuid primary key, user_id uuid, body text);
create policy "read" on public.comments for select using (false);
alter table public.comments add column body text;
"""


def test_what_stands_already_is_passed_over() -> None:
    done = repaired("database/make_once", {FIRST: COMMENTS, SECOND: AGAIN})
    after = done.files[SECOND]
    assert "-- the same once more\nCREATE TABLE IF NOT EXISTS public.comments (" in after
    assert 'do $once$ begin\ncreate policy "read" on public.comments for select using (false);\nexception' in after
    assert "add column if not exists body" in after
    assert done.left == []
    assert not done.cells


def test_what_was_never_made_is_left() -> None:
    text = "alter table public.letters add column body text;"
    assert not repaired("database/make_once", {FIRST: COMMENTS, SECOND: text}).patches


def test_an_argument_among_the_values_of_an_insert_is_told_apart_and_its_conflict_has_a_key() -> None:
    body = "insert into public.notes (title, read_count) values (title, 1) on conflict (title) do nothing;"
    done = called("running/tell_names_apart", "note(title text) returns void", body)
    assert "unique index concurrently" in done.files[f"{NEXT}_unique_notes_title.sql"]
    assert done.left == []


ROLES = """
create type public.app_role as enum ('admin', 'user');
create table public.user_roles (
  user_id uuid references auth.users (id), role public.app_role, primary key (user_id, role)
);
alter table public.user_roles enable row level security;
create function public.has_role(_user_id uuid, _role public.app_role) returns boolean language sql stable
security definer set search_path = public as
$$ select exists (select 1 from user_roles where user_id = _user_id and role = _role) $$;
create policy "Own" on public.user_roles for select to authenticated
  using (auth.uid() = user_id or public.has_role(auth.uid(), 'admin'));
revoke execute on function public.has_role(uuid, public.app_role) from public, anon, authenticated;
"""


def test_a_rule_may_call_the_function_that_it_asks_again() -> None:
    after = repaired("running/let_rules_ask", {"supabase/migrations/0001_start.sql": BASE + ROLES})
    assert after.left == []
    (path,) = (one for one in after.files if "let_rules_ask" in one and "undo" not in one)
    assert "grant execute on function public.has_role(uuid,public.app_role) to authenticated;" in after.files[path]
    assert not [one for one in after.cells if one.worse]
