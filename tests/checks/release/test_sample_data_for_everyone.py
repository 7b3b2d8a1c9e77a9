"""Invented rows in production."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.support import audit_files

NAME = "release/sample_data_for_everyone"

BASE = """
create table public.sales (id uuid primary key, seller_id uuid references auth.users (id), amount integer);
alter table public.sales enable row level security;
"""


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


PLANT = """
create function public.create_sample_sales(p uuid) returns void language sql security definer as $$
  insert into public.sales (id, seller_id, amount) values (gen_random_uuid(), p, 100);
$$;
"""


def test_any_client_plants_sales() -> None:
    assert found(PLANT)


def test_only_the_server_may_call_it() -> None:
    taken = "revoke all on function public.create_sample_sales(uuid) from public, anon, authenticated;"
    assert not found(PLANT + taken)


def test_a_function_that_counts_samples_plants_nothing() -> None:
    counted = "select count(*) from public.sales"
    assert not found(f"create function public.count_samples() returns bigint language sql as $$ {counted} $$;")
