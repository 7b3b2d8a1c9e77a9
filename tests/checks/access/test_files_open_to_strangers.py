"""Files that the wrong people reach, tried in the laboratory."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.letters import BASE
from tests.support import audit_files

NAME = "access/files_open_to_strangers"


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


BUCKET = "insert into storage.buckets (id, name, public) values ('{}', '{}', {});"


def test_everyone_who_is_signed_in_deletes_files() -> None:
    (finding,) = found(
        BUCKET.format("documents", "documents", "false")
        + """
    create policy "See" on storage.objects for select to authenticated using (bucket_id = 'documents');
    create policy "Drop" on storage.objects for delete to authenticated using (bucket_id = 'documents');
    """
    )
    assert finding.severity == "high"
    assert "documents" in finding.detail


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
