"""Repairs of code that is slow."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

CLIENT = """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""
SCHEMA = """
create table public.profiles (id uuid primary key, username text);
create table public.tiers (id uuid primary key, name text);
create table public.orders (
  id uuid primary key, buyer_id uuid references public.profiles (id), seller_id uuid references public.profiles (id),
  tier_id uuid references public.tiers (id), created_at timestamptz
);
"""
LIST = """
export async function orders(me: string) {
  const { data: orders } = await supabase.from('orders').select('id, buyer_id, tier_id').eq('seller_id', me);
  const shown = [];
  for (const order of orders) {
    LOOK
    shown.push({ id: order.id, found });
  }
  return shown;
}
"""
ROWS = """
export async function board(me: string) {
  const { count: posts } = await supabase.from('posts').select('id', { count: 'exact', head: true }).eq('who', me);
  const { data: tips } = await supabase.from('tips').select('amount').eq('who', me).limit(5);
  const { data: fans } = await supabase.from('fans').select('id').eq('who', WHO).limit(5);
  return { posts, tips, fans };
}
"""


def along(look: str, code: str = LIST) -> str:
    files = {"src/a.ts": CLIENT + code.replace("LOOK", look), "supabase/migrations/1_a.sql": SCHEMA}
    return repaired("speed/read_along", files).files["src/a.ts"]


def test_a_row_is_read_along_with_its_list() -> None:
    look = "const { data: found } = await supabase.from('tiers').select('name').eq('id', order.tier_id).single();"
    after = along(look)
    assert ".select('id, buyer_id, tier_id, found:tiers(name)')" in after
    assert "    const found = order.found;\n" in after


def test_of_two_ways_to_a_table_the_right_one_is_named() -> None:
    look = "const { data: found } = await supabase.from('profiles').select('a').eq('id', order.buyer_id).single()"
    assert "found:profiles!buyer_id(a)" in along(look)


def test_a_loop_of_promises_too() -> None:
    code = """
    export async function orders() {
      const { data: orders } = await supabase.from('orders').select('id, tier_id');
      return Promise.all(orders.map(async (order) => {
        const { data } = await supabase.from('tiers').select('name').eq('id', order.tier_id).maybeSingle();
        return { ...order, data };
      }));
    }
    """
    after = along("", code)
    assert "data:tiers(name)" in after
    assert "const data = order.data;" in after


@pytest.mark.parametrize(
    "look",
    [
        "const { data: found } = await supabase.from('tiers').select('name').eq('name', order.tier_id).single();",
        "const { data: found } = await supabase.from('tiers').select('name').eq('id', order.tier_id);",
        "const { data: found, error } = await supabase.from('tiers').select('name').eq('id', order.tier_id).single();",
        "const { data: found } = await supabase.from('tiers').select('name').eq('id', order.id).single();",
        "const found = await supabase.from('orders').select('id').eq('tier_id', order.tier_id).limit(1);",
    ],
)
def test_what_is_not_surely_the_same_is_left(look: str) -> None:
    assert look in along(look)


def together(who: str = "me") -> str:
    files = {"src/a.ts": CLIENT + ROWS.replace("WHO", who)}
    return repaired("speed/send_together", files).files["src/a.ts"]


def test_calls_in_a_row_are_sent_together() -> None:
    after = together()
    assert "const [{ count: posts }, { data: tips }, { data: fans }] = await Promise.all([\n" in after
    assert "    supabase.from('tips').select('amount').eq('who', me).limit(5),\n" in after
    assert "  ]);\n  return { posts, tips, fans };" in after


def test_a_call_that_needs_another_waits_for_it() -> None:
    assert "Promise.all" not in together("tips[0].amount")
