"""Columns that the code knows and the database does not."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/query_on_missing_column"

CODE = """
import { createClient } from "@supabase/supabase-js";
const supabase = createClient(import.meta.env.VITE_SUPABASE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
export async function mine(id: string) {
  const { data, error } = await supabase.from("venues").select("id, title").eq("COLUMN", id);
  if (error) throw error;
  return data;
}
"""
TABLE = "create table public.venues (id uuid primary key, title text, owner_id uuid);"


def found(column: str, sql: str = TABLE) -> int:
    files = {"src/mine.ts": CODE.replace("COLUMN", column), "supabase/migrations/0001_start.sql": sql}
    return len(audit_files(files, only=NAME))


def test_no_migration_makes_the_column() -> None:
    assert found("user_id") == 1


def test_the_column_is_there() -> None:
    assert found("owner_id") == 0


def test_a_later_migration_adds_it() -> None:
    assert found("user_id", TABLE + "alter table public.venues add column user_id uuid;") == 0


def test_a_table_made_by_hand_is_not_judged() -> None:
    assert found("user_id", "alter table public.venues add column note text;") == 0
