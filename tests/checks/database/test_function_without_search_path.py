"""Functions that look names up where the caller says."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "database/function_without_search_path"

BASE = """
create table public.things (id uuid primary key);
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


def test_the_path_is_not_fixed() -> None:
    assert found("create function public.f() returns void language sql security definer as $$ select 1 $$;")


def test_all_are_one_finding() -> None:
    sql = "create function public.{0}() returns void language sql security definer as $$ select 1 $$;"
    assert len(found(sql.format("f") + sql.format("g"))) == 1


def test_the_path_is_fixed_at_once_or_later() -> None:
    sql = """
    create function public.f() returns void language sql security definer set search_path = '' as $$ select 1 $$;
    create function public.g() returns void language sql security definer as $$ select 1 $$;
    alter function public.g() set search_path = public;
    """
    assert not found(sql)


def test_the_callers_own_rights_need_no_path() -> None:
    assert not found("create function public.f() returns void language sql as $$ select 1 $$;")
