"""A small app tuned from its folder to its migrations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from apprescue.cli import Exit, program
from apprescue.methods.measuring import measuring
from apprescue.sprint import tuning

FILES = {
    "package.json": '{"name": "small", "dependencies": {"@supabase/supabase-js": "2"}}',
    "supabase/migrations/20260101000000_start.sql": """
create table public.posts (
  id uuid primary key default gen_random_uuid(), creator_id uuid not null references auth.users (id),
  title text not null, status text not null default 'draft' check (status in ('draft', 'published')),
  created_at timestamptz not null default now()
);
alter table public.posts enable row level security;
create policy "Own posts" on public.posts using (auth.uid() = creator_id);
create policy "Published posts" on public.posts for select using (status = 'published');
""",
    "src/pages/Feed.tsx": """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
export async function feed(creator: string) {
  return supabase.from('posts').select('id, title').eq('creator_id', creator)
    .order('created_at', { ascending: false }).limit(20);
}
export async function lost() {
  return supabase.from('nowhere').select('*');
}
""",
}


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "SECONDS", dict.fromkeys(measuring.SECONDS, 1.0))
    monkeypatch.setattr(tuning, "REPEATS", 1)
    monkeypatch.setattr(tuning, "BRIEF_SECONDS", 1.0)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    root = tmp_path / "small"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    yield root
    assert {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()} == set(FILES)


@pytest.mark.usefixtures("quickly")
def test_from_the_folder_to_the_migrations(folder: Path, tmp_path: Path) -> None:
    given = ["tune", str(folder), "--rows", "500,30000", "--output", str(tmp_path / "out")]
    ran = CliRunner().invoke(program, given)
    assert ran.exit_code == Exit.CLEAN, ran.output
    assert "public.posts (creator_id, created_at desc" in ran.output
    told = json.loads((tmp_path / "out" / "tuned.json").read_text())
    (feed,) = told["measured"]
    assert [asked["rows"] for asked in feed["before"]] == [500, 30_000]
    assert [asked["rows"] for asked in feed["after"]] == [500, 30_000]
    assert feed["plan_after"] != feed["plan_before"]
    assert "no table" in told["untold"][0]["reason"] or "nowhere" in told["untold"][0]["reason"]
    files = sorted(path.name for path in (tmp_path / "out" / "migrations").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "out" / "undo").iterdir())
    assert any("posts_creator_id_created_at" in name for name in files)
    assert "<!doctype html>" in (tmp_path / "out" / "report.html").read_text()


def test_an_app_without_a_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "index.ts").write_text("console.log(1)")
    ran = CliRunner().invoke(program, ["tune", str(tmp_path)])
    assert ran.exit_code == Exit.CLEAN
    assert "Nothing could be measured." in ran.output
    assert "describe no PostgreSQL database" in " ".join(ran.output.split())


@pytest.mark.parametrize("rows", ["many", "5", "1000,x"])
def test_sizes_that_are_none_are_refused(tmp_path: Path, rows: str) -> None:
    assert CliRunner().invoke(program, ["tune", str(tmp_path), "--rows", rows]).exit_code == Exit.ARGUMENTS
