"""Admins made by migrations."""

from __future__ import annotations

from tests.support import audit_files

NAME = "access/admin_granted_in_migration"


def found(path: str, sql: str) -> int:
    return len(audit_files({path: sql}, only=NAME))


GRANT = "update public.people set role = 'admin' where email = 'admin@example.com';"


def test_a_test_account_becomes_an_admin() -> None:
    assert found("supabase/migrations/0002_admin.sql", GRANT) == 1


def test_a_seed_file_may_do_that() -> None:
    assert found("supabase/seed.sql", GRANT) == 0


def test_an_example_address_without_power_is_fine() -> None:
    assert found("supabase/migrations/0002_news.sql", "insert into public.news values ('news@example.com');") == 0
