"""Writes that the database refuses."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/write_without_policy"

CODE = """
import { createClient } from "@supabase/supabase-js";
const supabase = createClient(import.meta.env.VITE_SUPABASE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
export async function ask(email: string) {
  const { error } = await supabase.from("questions").insert({ email });
  if (error) throw error;
}
"""
TABLE = """
create table public.questions (id uuid primary key, email text);
alter table public.questions enable row level security;
"""


def found(sql: str) -> int:
    files = {"src/ask.ts": CODE, "supabase/migrations/0001_start.sql": TABLE + sql}
    return len(audit_files(files, only=NAME))


def test_no_rule_permits_the_insert() -> None:
    assert found("create policy see on public.questions for select using (true);") == 1


def test_a_rule_for_the_server_alone_permits_no_user() -> None:
    assert found("create policy server on public.questions for all using (auth.role() = 'service_role');") == 1


def test_a_rule_permits_it() -> None:
    assert found("create policy ask on public.questions for insert with check (true);") == 0


def test_without_row_rules_nothing_is_refused() -> None:
    assert found("alter table public.questions disable row level security;") == 0


def test_a_test_tries_what_must_not_work() -> None:
    rule = "create policy see on public.questions for select using (true);"
    files = {"scripts/test-rules.ts": CODE, "supabase/migrations/0001_start.sql": TABLE + rule}
    assert not audit_files(files, only=NAME)
