"""Who may do what with stored files."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "access/storage_open"

BASE = """
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('chat-files', 'chat-files', false);
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_anyone_signed_in_deletes_any_file() -> None:
    sql = "create policy drop on storage.objects for delete to authenticated using (bucket_id = 'avatars');"
    assert found(sql)[0].severity == "high"


def test_anyone_signed_in_uploads_under_any_name() -> None:
    sql = "create policy up on storage.objects for insert to authenticated with check (bucket_id = 'avatars');"
    assert found(sql)[0].severity == "medium"


def test_a_rule_that_names_no_bucket_opens_all() -> None:
    assert found("create policy look on storage.objects for select using (true);")[0].severity == "high"


def test_files_of_chats_are_read_by_all() -> None:
    assert found("create policy look on storage.objects for select to authenticated using (bucket_id = 'chat-files');")


def test_each_writes_to_his_own_folder() -> None:
    sql = """
    create policy up on storage.objects for insert to authenticated with check (
      bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text
    );
    create policy own on storage.objects for update using (bucket_id = 'avatars' and owner = auth.uid());
    """
    assert not found(sql)


def test_pictures_of_people_are_public() -> None:
    assert not found("create policy look on storage.objects for select using (bucket_id = 'avatars');")
