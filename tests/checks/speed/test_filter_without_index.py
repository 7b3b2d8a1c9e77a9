"""Columns that are searched without an index."""

from __future__ import annotations

import pytest

from apprescue.model.finding import Finding, Severity
from tests.support import audit_files

NAME = "speed/filter_without_index"
TABLES = """
create table public.messages (
  id uuid primary key, club_id uuid references public.clubs (id), state text, hot boolean, at timestamptz
);
create table public.categories (id uuid primary key, name text);
"""
HEAD = """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""


def found(query: str, sql: str = "") -> list[Finding]:
    code = f"{HEAD}export const list = (x) => supabase.{query};"
    return audit_files({"supabase/migrations/1_a.sql": TABLES + sql, "src/list.tsx": code}, only=NAME)


@pytest.mark.parametrize(
    "query", ["from('messages').select('*').eq('state', x)", "from('messages').select('*').order('at').limit(20)"]
)
def test_no_index_begins_with_the_column(query: str) -> None:
    (finding,) = found(query)
    assert finding.severity is Severity.LOW
    assert "messages" in finding.detail


@pytest.mark.parametrize(
    ("query", "sql"),
    [
        ("from('messages').select('*').eq('state', x)", "create index on public.messages (state, at);"),
        ("from('messages').select('*').eq('id', x).eq('state', x)", ""),
        ("from('messages').select('*').eq('club_id', x).eq('state', x)", ""),
        ("from('messages').select('*').eq('hot', true)", ""),
        ("from('messages').select('*').ilike('state', x)", ""),
        ("from('categories').select('*').eq('name', x)", ""),
        ("from('unknown_messages').select('*').eq('state', x)", ""),
    ],
)
def test_look_alikes(query: str, sql: str) -> None:
    assert not found(query, sql)
