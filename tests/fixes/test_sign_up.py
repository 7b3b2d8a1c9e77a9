"""Repairs of what people choose for themselves by signing up."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

NAME = "access/take_no_rights_at_sign_up"
MADE = "supabase/migrations/20250101000000_first.sql"
SENT = "new.raw_user_meta_data->>'role'"
MEMBERS = """
create table public.members (
  id uuid primary key references auth.users (id) on delete cascade, nickname text, COLUMN
);
alter table public.members enable row level security;
create policy "Own row" on public.members for select using (auth.uid() = id);
create function public.welcome() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into public.members (id, nickname, NAME)
  values (new.id, new.raw_user_meta_data->>'nickname', VALUE);
  return new;
end;
$$;
create trigger welcome after insert on auth.users for each row execute function public.welcome();
"""


def members(column: str, value: str) -> dict[str, str]:
    name = column.split(" ")[0]
    return {MADE: MEMBERS.replace("COLUMN", column).replace("NAME", name).replace("VALUE", value)}


@pytest.mark.parametrize(
    ("column", "value", "instead"),
    [
        (
            "role text not null default 'fan'",
            f"coalesce({SENT}, 'fan')",
            f"then ('fan'::text)::text else {SENT} end), 'fan')",
        ),
        (
            "role text check (role in ('fan', 'host', 'admin'))",
            SENT,
            f"(case when {SENT} in ('fan', 'host') then {SENT} else",
        ),
        ("is_admin boolean not null default false", f"coalesce(({SENT})::boolean, false)", "coalesce((((false)::text)"),
    ],
)
def test_no_right_comes_from_the_sign_up(column: str, value: str, instead: str) -> None:
    found = repaired(NAME, members(column, value))
    assert found.left == []
    (made,) = (text for path, text in found.files.items() if "migrations" in path and path != MADE)
    assert instead in made
    assert "new.raw_user_meta_data->>'nickname'" in made
    assert [cell for cell in found.cells if cell.worse] == []


@pytest.mark.parametrize("value", ["'fan'", "coalesce(new.raw_app_meta_data->>'role', 'fan')"])
def test_rights_that_the_server_gives_stay(value: str) -> None:
    files = members("role text not null default 'fan'", value)
    assert repaired(NAME, files).files == {path: text.lstrip("\n") for path, text in files.items()}


def test_a_role_that_must_be_sent_is_left() -> None:
    assert repaired(NAME, members("role text not null", SENT)).patches == []
