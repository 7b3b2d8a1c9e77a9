"""Payments that are booked twice."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/payment_reference_without_unique"

CODE = """
import { createClient } from "npm:@supabase/supabase-js";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
Deno.serve(async (req) => {
  const event = await req.json();
  await admin.from("tips").insert({ amount: event.amount, payment_intent_id: event.id });
  return new Response("ok");
});
"""
TABLE = "create table public.tips (id uuid primary key, amount integer, payment_intent_id text);"


def found(sql: str) -> int:
    files = {"supabase/functions/webhook/index.ts": CODE, "supabase/migrations/0001_start.sql": sql}
    return len(audit_files(files, only=NAME))


def test_the_providers_number_may_stand_there_twice() -> None:
    assert found(TABLE) == 1


def test_a_unique_index_refuses_the_second() -> None:
    assert found(TABLE + "create unique index on public.tips (payment_intent_id);") == 0


def test_a_table_without_such_a_number_is_not_judged() -> None:
    assert found("create table public.tips (id uuid primary key, amount integer);") == 0
