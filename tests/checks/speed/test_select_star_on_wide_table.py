"""Lists of whole rows."""

from __future__ import annotations

import pytest

from apprescue.model.finding import Severity
from tests.support import audit_files

NAME = "speed/select_star_on_wide_table"
HEAD = """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""


def found(query: str, width: int = 24) -> list[Severity]:
    columns = ", ".join(f"c{n} text" for n in range(width))
    files = {
        "supabase/migrations/1_a.sql": f"create table public.posts (id uuid primary key, {columns});",
        "src/list.tsx": f"{HEAD}export const list = (x) => supabase.{query};",
    }
    return [f.severity for f in audit_files(files, only=NAME)]


def test_a_list_of_whole_rows() -> None:
    assert found("from('posts').select('*').limit(50)") == [Severity.LOW]


@pytest.mark.parametrize(
    ("query", "width"),
    [
        ("from('posts').select('id, c1').limit(50)", 24),
        ("from('posts').select('*').eq('id', x).single()", 24),
        ("from('posts').select('*').limit(50)", 6),
        ("from('posts').select('*', { count: 'exact', head: true })", 24),
    ],
)
def test_look_alikes(query: str, width: int) -> None:
    assert not found(query, width)
