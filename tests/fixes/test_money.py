"""Repairs of money that moves twice, and of numbers that requests at the same time undo."""

from __future__ import annotations

import pytest

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


PAY = """
import Stripe from 'stripe';
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
export async function POST(req) {
  const { id } = await req.json();
  const payout = await prisma.payout.findUnique({ where: { id } });
  const sent = await stripe.transfers.create({ amount: 5, currency: 'eur', destination: payout.account }OPTIONS);
  AFTER
  return Response.json({ sent });
}
"""
ROUTE = "app/api/pay/route.js"
MARKED = "await prisma.payout.update({ where: { id: payout.id }, data: { status: 'sent' } });"


def once(after: str, options: str = "", code: str = PAY) -> Repaired:
    return repaired("input/send_money_once", {ROUTE: code.replace("AFTER", after).replace("OPTIONS", options)})


def test_a_transfer_carries_the_id_of_its_row() -> None:
    after = once(MARKED)
    assert not after.left
    assert "payout.account }, { idempotencyKey: `transfer-${payout.id}` });" in after.files[ROUTE]


def test_the_key_stands_beside_other_options() -> None:
    after = once(MARKED, ", { stripeAccount: payout.account }")
    assert not after.left
    assert "{ stripeAccount: payout.account, idempotencyKey: `transfer-${payout.id}` }" in after.files[ROUTE]


def test_the_payouts_id_among_the_metadata_is_its_key() -> None:
    after = once("", code=PAY.replace("currency:", "metadata: { payoutId: payout.id }, currency:"))
    assert not after.left
    assert "idempotencyKey: `transfer-${payout.id}`" in after.files[ROUTE]


def test_an_emptied_balance_is_named_by_its_total() -> None:
    emptied = """await supabase.from('sellers')
    .update({ balance: 0, total_paid: payout.total_paid + payout.amount }).eq('id', payout.id);"""
    after = once(emptied)
    assert not after.left
    assert "idempotencyKey: `transfer-${payout.id}-${payout.total_paid}`" in after.files[ROUTE]


@pytest.mark.parametrize("behind", ["", "await prisma.user.update({ where: { id: payout.id }, data: { name: 'a' } });"])
def test_a_transfer_that_nothing_names_is_left(behind: str) -> None:
    assert not once(behind).patches


LENT = """
import { stripe } from './client';
export async function sendOut({ amount, account, metadata = {} }) {
  return stripe.payouts.create({ amount, currency: 'eur', metadata }, { stripeAccount: account });
}
"""
CALLS = """
import { sendOut } from '../../../lib/money';
export async function POST(req) {
  const payout = await prisma.payout.findUnique({ where: { id: (await req.json()).id } });
  return Response.json(await sendOut({ amount: 5, account: payout.account, metadata: { NAMED } }));
}
"""


@pytest.mark.parametrize(("named", "closes"), [("payoutId: payout.id", True), ("by: 'admin'", False)])
def test_a_lent_function_takes_the_id_that_its_callers_give(named: str, closes: bool) -> None:
    client = "import Stripe from 'stripe';\nexport const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);\n"
    files = {"lib/client.js": client, "lib/money.js": LENT, ROUTE: CALLS.replace("NAMED", named)}
    after = repaired("input/key_by_payout_id", files)
    key = "idempotencyKey: metadata.payoutId ? `payout-${metadata.payoutId}` : undefined }"
    assert (key in after.files["lib/money.js"]) is closes
    assert bool(after.left) is not closes


SHOWN = """
import { stripe } from './client';
import { prisma } from './db';
export async function POST(req) {
  const { id, amount } = await req.json();
  const seller = await prisma.seller.findUnique({ where: { id } });
  const sent = await stripe.transfers.create({ amount, currency: 'eur', destination: seller.account });
  return Response.json({ sent });
}
"""
MODELS = """datasource db {
  provider = "postgresql"
}
model Seller {
  id      String @id
  account String
}
"""


def test_a_payout_that_nothing_names_is_claimed_beside_prisma() -> None:
    client = "import Stripe from 'stripe';\nexport const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);\n"
    first = "prisma/migrations/20250101000000_init/migration.sql"
    files = {"app/api/pay/client.js": client, ROUTE: SHOWN, "prisma/schema.prisma": MODELS}
    after = repaired("input/claim_payout", {**files, first: 'create table "Seller" ("id" text primary key);'})
    assert not after.left
    text = after.files[ROUTE]
    assert "const payoutClaim = await prisma.payoutClaim.upsert({ where: { openFor: seller.account }" in text
    assert "{ idempotencyKey: `transfer-${payoutClaim.id}` }).catch(async (refused) => {\n" in text
    assert "\n  await prisma.payoutClaim.update({ where: { id: payoutClaim.id }, data: { openFor: null } });" in text
    assert "model PayoutClaim {" in after.files["prisma/schema.prisma"]
    assert "prisma/migrations/20250101000001_payout_claims/migration.sql" in after.files
    assert not repaired("input/claim_payout", {**files, ROUTE: SHOWN}).patches


TYPES = """
export type Database = {
  public: {
    Tables: {
      wallets: {
        Row: { account: string }
        Insert: { account: string }
        Relationships: []
      }
    }
    Views: { [_ in never]: never }
    CompositeTypes: { [_ in never]: never }
  }
}
"""


def test_a_payout_that_nothing_names_is_claimed_in_a_function() -> None:
    code = """
    import Stripe from "npm:stripe@17";
    import { createClient } from "npm:@supabase/supabase-js@2";
    const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!);
    Deno.serve(async (req) => {
      const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
      const { data: seller } = await db.from("wallets").select("account").single();
      const sent = await stripe.transfers.create({ amount: 5, currency: "eur", destination: seller.account });
      return Response.json({ sent });
    });
    """
    types = "src/integrations/types.ts"
    made = {PATH: code, types: TYPES, "supabase/migrations/20250101000000_a.sql": TABLE}
    after = repaired("input/claim_payout", made)
    assert not after.left
    assert "      payout_claims: {\n        Row: {\n          created_at: string\n" in after.files[types]
    assert "        Insert: {\n          created_at?: string\n          id?: string\n" in after.files[types]
    assert '.upsert({ open_for: seller.account }, { onConflict: "open_for" })' in after.files[PATH]
    assert 'throw new Error("The payout could not be claimed");' in after.files[PATH]
    sql = after.files["supabase/migrations/20250101000001_payout_claims.sql"]
    assert "enable row level security" in sql


COUNTS = """
import { prisma } from './db';
export async function POST(req) {
  const { id, amount } = await req.json();
  const wallet = await prisma.wallet.findUnique({ where: { id } });
  const before = Number(wallet.balance);
  await prisma.wallet.update({ where: { id }, data: { balance: WRITTEN } });
  return Response.json({});
}
"""


@pytest.mark.parametrize(
    ("written", "kind", "then"),
    [
        ("before - amount", "Decimal", "{ decrement: amount }"),
        ("wallet.balance + 1", "Int @default(0)", "{ increment: 1 }"),
        ("id ? wallet.balance + amount : wallet.balance", "Int", "{ increment: id ? amount : 0 }"),
        ("id ? before : before - amount", "Int", "{ decrement: id ? 0 : amount }"),
        ("id ? wallet.balance + 1 : wallet.balance", "Int?", "id ? wallet.balance + 1 : wallet.balance"),
        ("before > 5 ? before + 1 : before", "Int", "before > 5 ? before + 1 : before"),
        ("wallet.balance + 1", "Int?", "wallet.balance + 1"),
        ("Math.max(0, before - amount)", "Int", "Math.max(0, before - amount)"),
    ],
)
def test_prisma_adds_in_one_step(written: str, kind: str, then: str) -> None:
    models = f"model Wallet {{\n  id      String @id\n  balance {kind}\n}}\n"
    files = {ROUTE: COUNTS.replace("WRITTEN", written), "prisma/schema.prisma": models}
    after = repaired("input/count_in_one_step", files)
    assert f"data: {{ balance: {then} }}" in after.files[ROUTE]
    assert bool(after.left) is (then == written)
