"""Repairs of money that moves twice, and of numbers that requests at the same time undo."""

from __future__ import annotations

from tests.fixes.support import Repaired, repaired

TABLE = """
create table public.wallets (
  id uuid primary key, owner_id uuid, balance numeric(10,2) not null, done boolean, at date);
alter table public.wallets enable row level security;
"""
ADD = """
import { createClient } from "npm:@supabase/supabase-js@2";
Deno.serve(async (req) => {
  const { id, amount } = await req.json();
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data: wallet } = await db.from("wallets").select("*").eq("id", id).single();
  const next = Number(wallet.balance) + amount;
  await db.from("wallets").update(WRITTEN).eq("id", id);
  return new Response("ok");
});
"""
PATH = "supabase/functions/top-up/index.ts"


def added(written: str, key: str = "SUPABASE_SERVICE_ROLE_KEY") -> Repaired:
    code = ADD.replace("WRITTEN", written).replace("SUPABASE_SERVICE_ROLE_KEY", key)
    return repaired("input/add_in_database", {PATH: code, "supabase/migrations/20250101000000_a.sql": TABLE})


def test_the_database_adds_to_a_balance() -> None:
    after = added("{ balance: next }")
    assert not after.left
    assert not [one for one in after.cells if one.worse]
    assert 'await db.rpc("add_to_wallets_balance", { row_key: id, balance_change: amount });' in after.files[PATH]
    sql = after.files["supabase/migrations/20250101000001_add_to_wallets_balance.sql"]
    assert 'set "balance" = coalesce("balance", 0) + balance_change where "id" = row_key;' in sql
    assert "from public, anon, authenticated;" in sql


def test_what_else_is_written_stays_an_update() -> None:
    after = added("{ at: today, balance: Math.max(0, wallet.balance - amount * 2) }")
    assert not after.left
    text = after.files[PATH]
    assert "balance_change: -(amount * 2) }" in text
    assert 'await db.from("wallets").update({ at: today }).eq("id", id);' in text
    assert any("greatest(0, " in sql for path, sql in after.files.items() if path.startswith("supabase/migrations"))


def test_what_is_not_surely_a_sum_is_left() -> None:
    code = {"product": "{ balance: wallet.balance * amount }", "mark": "{ balance: next, done: true }"}
    files = {f"supabase/functions/{name}/index.ts": ADD.replace("WRITTEN", text) for name, text in code.items()}
    user = ADD.replace("WRITTEN", "{ balance: next }").replace("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_ANON_KEY")
    files |= {"supabase/functions/user/index.ts": user, "supabase/migrations/20250101000000_a.sql": TABLE}
    assert not repaired("input/add_in_database", files).patches
