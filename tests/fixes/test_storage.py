"""Repairs of the rules on stored files."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

FIRST = "supabase/migrations/20260101000000_files.sql"
MADE = "supabase/migrations/20260101000001_narrow_file_rules.sql"
CLIENT = """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""
UPLOAD = """
export async function put(user: { id: string }, file: File) {
  const path = NAME;
  return supabase.storage.from('pictures').upload(path, file);
}
"""
BUCKETS = """
create table public.pages (id uuid primary key, title text);
alter table public.pages enable row level security;
insert into storage.buckets (id, name, public) values ('pictures', 'pictures', true), ('documents', 'documents', false);
"""
MINE = "(storage.foldername(name))[1] = (select auth.uid())::text"
OPEN = "bucket_id = 'pictures' and auth.role() = 'authenticated'"


def files(rules: str, code: str = "", buckets: str = BUCKETS) -> Repaired:
    app = {FIRST: buckets + rules, "src/files.ts": CLIENT + code}
    return repaired("access/narrow_file_rules", app)


def rule(command: str, condition: str, name: str = "the rule") -> str:
    clause = "with check" if command == "insert" else "using"
    return f'create policy "{name}" on storage.objects for {command} to authenticated {clause} ({condition});\n'


@pytest.mark.parametrize("command", ["update", "delete"])
def test_who_changes_a_file_must_own_it(command: str) -> None:
    done = files(rule("select", "bucket_id = 'pictures'", "all see") + rule(command, OPEN))
    assert 'alter policy "the rule" on storage.objects\n  using (' in done.files[MADE]
    assert f"owner_id = (select auth.uid())::text or {MINE}" in done.files[MADE]
    assert done.left == []
    assert done.cells
    assert all(one.better and not one.worse for one in done.cells)


def test_a_rule_for_everything_is_taken_apart() -> None:
    done = files(rule("all", "bucket_id = 'pictures'"), UPLOAD.replace("NAME", "file.name"))
    for command in ("update", "delete"):
        part = done.files[MADE].partition(f'create policy "the rule ({command})" on storage.objects')[2]
        assert f" and (owner_id = (select auth.uid())::text or {MINE}));" in part.partition("create policy")[0]
    for command, clause in (("select", "using"), ("insert", "with check")):
        start = f'create policy "the rule ({command})" on storage.objects\n  for {command} to authenticated\n'
        assert f"{start}  {clause} ((bucket_id = 'pictures'::text));\n" in done.files[MADE]
    assert [one.place.policy for one in done.left] == ["the rule (insert)"]
    assert done.cells
    assert all(one.better and not one.worse for one in done.cells)
    undo = done.files["rescue/undo/20260101000001_narrow_file_rules.undo.sql"]
    assert 'create policy "the rule" on storage.objects\n  for all to authenticated\n' in undo


def test_undone_the_rule_stands_as_it_was() -> None:
    undo = files(rule("delete", OPEN)).files["rescue/undo/20260101000001_narrow_file_rules.undo.sql"]
    was = "(((bucket_id = 'pictures'::text) AND (auth.role() = 'authenticated'::text)))"
    assert f'alter policy "the rule" on storage.objects\n  using {was};' in undo


def test_files_go_into_the_own_folder_where_the_app_puts_them_there() -> None:
    done = files(rule("insert", OPEN), UPLOAD.replace("NAME", "`${user.id}/${file.name}`"))
    assert "with check (((bucket_id = 'pictures'::text)" in done.files[MADE]
    assert f" and {MINE});" in done.files[MADE]
    assert done.left == []
    assert all(one.better and not one.worse for one in done.cells)


@pytest.mark.parametrize("name", ["`uploads/${file.name}`", "`${Date.now()}-${user.id}`", "file.name"])
def test_uploads_that_would_fail_are_left(name: str) -> None:
    assert not files(rule("insert", OPEN), UPLOAD.replace("NAME", name)).patches


def test_a_rule_that_names_no_bucket_no_longer_lists_everything() -> None:
    done = files(rule("select", "true"))
    assert f"using ((bucket_id in ('pictures') or owner_id = (select auth.uid())::text or {MINE}));" in done.files[MADE]
    assert done.left == []
    assert not [str(one) for one in done.cells if one.worse]


def test_what_the_app_lists_is_left() -> None:
    code = "export const all = () => supabase.storage.from('documents').list('shared');"
    assert not files(rule("select", "true"), code).patches


def test_private_files_are_closed_where_no_link_shows_them() -> None:
    private = BUCKETS.replace("'documents', false", "'documents', true")
    done = files(rule("select", "bucket_id = 'documents'"), buckets=private)
    assert "update storage.buckets set public = false where id = 'documents';" in done.files[MADE]
    assert done.left == []


def test_who_owns_files_of_a_bucket_that_is_closed_goes_on_fetching_them() -> None:
    private = BUCKETS.replace("'documents', false", "'documents', true")
    code = UPLOAD.replace("NAME", "`${user.id}/${file.name}`").replace("pictures", "documents")
    done = files(rule("insert", f"bucket_id = 'documents' and {MINE}"), code, private)
    made = done.files[MADE.replace("narrow_file_rules", "close_bucket")]
    assert 'create policy "Owners fetch their files of documents" on storage.objects' in made
    assert (done.left, [one for one in done.cells if one.worse]) == ([], [])


def test_private_files_that_pages_show_by_link_are_left() -> None:
    private = BUCKETS.replace("'documents', false", "'documents', true")
    code = "export const link = (name: string) => supabase.storage.from('documents').getPublicUrl(name);"
    assert not files(rule("select", "bucket_id = 'documents'"), code, private).patches


@pytest.mark.parametrize("name", ["Admins delete files", "the rule"])
def test_own_files_and_staff_are_left(name: str) -> None:
    condition = OPEN if name.startswith("Admins") else f"bucket_id = 'pictures' and {MINE}"
    assert not files(rule("delete", condition, name)).patches
