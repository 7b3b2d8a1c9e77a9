"""Files that the wrong people reach, tried in the laboratory."""

from __future__ import annotations

from apprescue.model.finding import Finding
from apprescue.model.place import PolicyPlace
from tests.letters import BASE
from tests.support import audit_files

NAME = "access/files_open_to_strangers"


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


BUCKET = "insert into storage.buckets (id, name, public) values ('{}', '{}', {});"


def test_everyone_who_is_signed_in_deletes_files() -> None:
    deletes, reads = found(
        BUCKET.format("documents", "documents", "false")
        + """
    create policy "See" on storage.objects for select to authenticated using (bucket_id = 'documents');
    create policy "Drop" on storage.objects for delete to authenticated using (bucket_id = 'documents');
    """
    )
    assert deletes.severity == "high"
    assert "documents" in deletes.detail
    assert "reads" in reads.detail


def test_a_bucket_that_only_the_dashboard_made() -> None:
    (finding,) = found("""
    create policy "Send" on storage.objects for insert to authenticated with check (bucket_id = 'contracts');
    """)
    assert "uploads into another person's files in the bucket contracts" in finding.detail


def test_ones_own_folder_is_fine() -> None:
    assert not found(
        BUCKET.format("documents", "documents", "false")
        + """
    create policy "See own" on storage.objects for select to authenticated
      using (bucket_id = 'documents' and (storage.foldername(name))[1] = auth.uid()::text);
    """
    )


def test_public_pictures_are_fine() -> None:
    assert not found(
        BUCKET.format("avatars", "avatars", "true")
        + """
    create policy "Avatars are public" on storage.objects for select using (bucket_id = 'avatars');
    """
    )


def test_the_rule_that_lets_through_is_named_and_not_that_for_ones_own_folder() -> None:
    (finding,) = found(
        BUCKET.format("contracts", "contracts", "false")
        + """
    create table public.people (id uuid primary key references auth.users (id), role text not null default 'maker');
    alter table public.people enable row level security;
    create policy mine on public.people for select using (id = auth.uid());
    create policy "Send own" on storage.objects for insert to authenticated with check (
      bucket_id = 'contracts' and (storage.foldername(name))[1] = auth.uid()::text);
    create policy "Makers send" on storage.objects for insert to authenticated with check (
      bucket_id = 'contracts' and exists (select 1 from public.people p where p.id = auth.uid() and p.role = 'maker'));
    """
    )
    assert isinstance(finding.place, PolicyPlace)
    assert finding.place.policy == "Makers send"
