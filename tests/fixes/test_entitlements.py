"""Repairs of rules by which users write themselves what others pay for."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

FIX = "access/leave_entitlements_to_server"
CLIENT = """
import { createClient } from '@supabase/supabase-js';
export const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""
SERVED = """
import { createClient } from '@supabase/supabase-js';
const admin = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);
export async function paid(row: any) { await admin.from('TABLE').insert({ user_id: row.who, status: 'active' }); }
"""
TABLE = """
create table public.{} (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id),
  status text not null default '{}', note text
);
alter table public.{} enable row level security;
create policy "read own" on public.{} for select using (auth.uid() = user_id);
"""
ADD = 'create policy "add own" on public.{} for insert with check (auth.uid() = user_id);\n'
CHANGE = 'create policy "change own" on public.{} for update using (auth.uid() = user_id);\n'
PAGE = "await supabase.from('{}').insert({{ user_id: me, note: 'a' }});"


def after(table: str, rules: str, page: str = "", served: bool = False, start: str = "active") -> Repaired:
    sql = TABLE.format(table, start, table, table) + rules.format(table, table)
    files = {"supabase/migrations/20200101000000_a.sql": sql, "src/client.ts": CLIENT}
    if page:
        text = f"import {{ supabase }} from './client';\nexport async function go(me) {{\n  {page.format(table)}\n}}\n"
        files["src/a.ts"] = text
    if served:
        files["server/b.ts"] = SERVED.replace("TABLE", table)
    return repaired(FIX, files)


def better(done: Repaired) -> bool:
    return any(cell.better for cell in done.cells) and not any(cell.worse for cell in done.cells)


def told(done: Repaired, table: str = "subscriptions") -> tuple[str, str]:
    name = f"20200101000001_leave_{table}_to_server"
    return done.files[f"supabase/migrations/{name}.sql"], done.files[f"rescue/undo/{name}.undo.sql"]


def test_a_rule_to_add_what_is_sold_is_taken_away() -> None:
    done = after("subscriptions", ADD, served=True)
    up, down = told(done)
    assert 'drop policy if exists "add own" on public.subscriptions;\n' in up
    assert "create " not in up
    assert 'create policy "add own" on public.subscriptions\n  for insert to public\n' in down
    assert "  with check ((auth.uid() = user_id));\n" in down
    assert done.left == []
    assert better(done)


def test_orders_that_the_server_alone_adds_are_no_longer_added_by_others() -> None:
    up, _ = told(after("ticket_orders", ADD + CHANGE, served=True, start="paid"), "ticket_orders")
    assert 'drop policy if exists "add own" on public.ticket_orders;' in up
    kept = after("ticket_orders", ADD, page=PAGE, served=True, start="paid")
    assert not any("drop policy" in text for path, text in kept.files.items() if path.startswith("supabase/"))


def test_the_staff_whom_a_rule_names_beside_the_owner_keep_their_way() -> None:
    staff = "create table public.staff (user_id uuid primary key references auth.users (id));\n"
    staff += "alter table public.staff enable row level security;\n"
    staff += "create function public.is_admin() returns boolean language sql security definer as $$ select exists "
    staff += "(select 1 from public.staff where user_id = auth.uid()) $$;\n"
    staff += "create policy s on public.staff for select using (public.is_admin());\n"
    rule = 'create policy "add own" on public.{} for insert with check (auth.uid() = user_id or public.is_admin());\n'
    up, _ = told(after("subscriptions", staff + rule, served=True))
    assert "for insert to public\n  with check (public.is_admin());" in up
    assert "user_id" not in up


def test_who_added_it_in_his_browser_is_told() -> None:
    done = after("subscriptions", ADD, PAGE, served=True)
    assert done.patches[0].todo[0].startswith("src/a.ts:3 writes to subscriptions from the visitor's browser.")
    assert done.left == []


def test_deciding_columns_are_kept_from_him_and_the_rest_stays_his() -> None:
    done = after("subscriptions", CHANGE, served=True)
    up, down = told(done)
    assert "new.status := old.status;" in up
    assert "drop policy" not in up
    assert "drop trigger if exists keep_subscriptions_columns on public.subscriptions;\n" in down
    assert done.left == []
    assert better(done)


def test_one_migration_does_both() -> None:
    done = after("subscriptions", ADD + CHANGE, served=True)
    assert len(done.patches) == 1
    assert done.left == []
    assert better(done)


def test_a_rule_for_everything_keeps_what_is_fine() -> None:
    rules = 'create policy "all own" on public.{} for all using (auth.uid() = user_id);\n'
    done = after("subscriptions", rules, served=True)
    up, down = told(done)
    assert 'create policy "all own (select)" on public.subscriptions\n  for select to public\n' in up
    assert 'create policy "all own (delete)" on public.subscriptions\n  for delete to public\n' in up
    assert "for insert" not in up
    assert 'create policy "all own" on public.subscriptions\n  for all to public\n' in down
    assert done.left == []
    assert better(done)


@pytest.mark.parametrize("served", [False, True])
def test_a_wish_waits_for_the_server(served: bool) -> None:
    asks = "alter table public.{} add column amount int not null;\n"
    done = after("payout_requests", asks + ADD.replace("{}", "payout_requests"), PAGE, served=served, start="pending")
    up, _ = told(done, "payout_requests")
    assert "new.status := 'pending'::text;" in up
    assert "new.amount" not in up
    assert "drop policy" not in up
    assert done.left == []
    assert better(done)


def test_a_row_that_begins_as_done_is_no_wish() -> None:
    fee = "alter table public.{} add column fee int not null default 0;\n"
    done = after("tips", fee.replace("{}", "tips") + ADD.replace("{}", "tips"), PAGE, start="completed")
    assert done.patches == []


def test_an_active_row_of_no_plan_is_one() -> None:
    plan = "alter table public.{} add column tier text not null default 'none';\n".replace("{}", "subscriptions")
    page = "await supabase.from('{}').insert({{ user_id: me, tier: 'none', status: 'active' }});"
    done = after("subscriptions", plan + ADD.replace("{}", "subscriptions"), page)
    assert better(done)
    assert done.left == []


@pytest.mark.parametrize(
    ("table", "rules", "page"),
    [
        ("subscriptions", ADD, PAGE),
        ("subscriptions", CHANGE, "await supabase.from('{}').update({{ status: 'cancelled' }}).eq('user_id', me);"),
        ("diaries", ADD + CHANGE, ""),
    ],
)
def test_what_is_not_sure_is_left(table: str, rules: str, page: str) -> None:
    assert after(table, rules, page).patches == []


GUESTS = (
    CHANGE
    + """
alter table public.{0} add column guest_id uuid references auth.users (id);
create policy "guests" on public.{0} for select using (auth.uid() = guest_id);
"""
)
JOIN = "await supabase.from('{}').update({{ guest_id: me, status: 'in' }}).eq('id', invite);"


@pytest.mark.parametrize(("page", "count"), [("", 1), (JOIN, 0)])
def test_who_joins_by_a_page_goes_on_joining(page: str, count: int) -> None:
    done = after("invites", GUESTS.replace("{0}", "invites").replace("{}", "invites"), page, served=True)
    assert len(done.patches) == count


FUNCTION = """
import { serve } from 'https://deno.land/std@0.168.0/http/server.ts'
import { createClient } from 'https://esm.sh/@supabase/supabase-js@2'

serve(async (req) => {
  const supabase = createClient(Deno.env.get('SUPABASE_URL') ?? '', Deno.env.get('SUPABASE_ANON_KEY') ?? '', {
    global: { headers: { Authorization: req.headers.get('Authorization')! } },
  })
  const { plan, who } = await req.json()
  const { data: { user } } = await supabase.auth.getUser()
  if (!user) return new Response('Sign in', { status: 401 })
  const { error } = await supabase
    .from('subscriptions')
    .insert({ user_id: WHO, status: STATUS, note: plan })
  return new Response(JSON.stringify({ ok: !error }))
})
"""


def by_function(who: str = "user.id", status: str = "'pending'", other: str = "") -> Repaired:
    sql = TABLE.format("subscriptions", "active", "subscriptions", "subscriptions") + ADD.format("subscriptions")
    text = FUNCTION.replace("WHO", who).replace("STATUS", status)
    text = (
        text.replace(".insert({", f".upsert({{ {other}").replace("plan })", "plan }, { onConflict: 'note' })")
        if other
        else text
    )
    return repaired(FIX, {"supabase/migrations/20200101000000_a.sql": sql, "supabase/functions/buy/index.ts": text})


def test_a_function_that_added_it_for_its_caller_does_so_as_the_server() -> None:
    done = by_function()
    up, _ = told(done)
    assert 'drop policy if exists "add own" on public.subscriptions;\n' in up
    written = done.files["supabase/functions/buy/index.ts"]
    assert (
        "  const supabaseAdmin = createClient(\n"
        "    Deno.env.get('SUPABASE_URL') ?? '',\n"
        "    Deno.env.get('SUPABASE_SERVICE_ROLE_KEY') ?? ''\n"
        "  )\n"
    ) in written
    assert "await supabaseAdmin\n    .from('subscriptions')" in written
    assert "await supabase.auth.getUser()" in written
    assert not [one for patch in done.patches for one in patch.todo]
    assert done.left == []
    assert better(done)


@pytest.mark.parametrize(
    ("who", "status", "other"),
    [("who", "'pending'", ""), ("user.id", "plan", ""), ("user.id", "'pending'", " ")],
)
def test_a_function_that_believes_its_caller_gets_no_key(who: str, status: str, other: str) -> None:
    written = by_function(who, status, other).files["supabase/functions/buy/index.ts"]
    assert "SERVICE_ROLE" not in written
