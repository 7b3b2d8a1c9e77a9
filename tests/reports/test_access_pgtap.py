"""The proofs as pgTAP tests: they fail on what is wrong, pass after the repair, and guard what is right already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apprescue.lab.postgres import Server
from apprescue.methods import catalog
from apprescue.methods.filling import rows
from apprescue.methods.trying.access_matrix import matrix
from apprescue.model.access import Access
from apprescue.model.intent import Intent, Meant
from apprescue.reports.access import pgtap
from apprescue.sprint.regression import PGTAP, RESULTS
from tests import support

APP = """
create table public.payouts (id uuid primary key default gen_random_uuid(),
  owner_id uuid not null references auth.users (id), iban text, status text not null default 'open',
  made_at timestamptz not null default now());
alter table public.payouts enable row level security;
create policy "everybody" on public.payouts for select using (true);
create policy "own" on public.payouts for update using (owner_id = auth.uid());
create table public.letters (id bigint generated always as identity primary key,
  owner_id uuid not null references auth.users (id), note text);
alter table public.letters enable row level security;
create policy "own" on public.letters for select using (owner_id = auth.uid());
create table public.rooms (id uuid primary key default gen_random_uuid(),
  owner_id uuid not null references auth.users (id), name text);
alter table public.rooms enable row level security;
create policy "circle" on public.rooms for select using (owner_id in (select r.owner_id from public.rooms r));
create function public.tell(who uuid) returns text language sql security definer as $$
  select note from public.letters where owner_id = who $$;
"""
REPAIR = """
drop policy "everybody" on public.payouts;
create policy "seen" on public.payouts for select using (owner_id = auth.uid());
revoke update on public.payouts from anon, authenticated;
drop policy "circle" on public.rooms;
create policy "straight" on public.rooms for select using (owner_id = auth.uid());
revoke execute on function public.tell from public, anon, authenticated;
"""
CLOSED = {"public": False, "shared": False, "user_may_insert": False, "user_may_update": False}
INTENT = Intent(
    {
        "public.payouts": Meant("public.payouts", ("owner_id",), secret=("iban",), pinned=("status",), **CLOSED),  # type: ignore[arg-type]
        "public.letters": Meant("public.letters", ("owner_id",), secret=("note",), **CLOSED),  # type: ignore[arg-type]
        "public.rooms": Meant("public.rooms", ("owner_id",), **CLOSED),  # type: ignore[arg-type]
    }
)


def found(server: Server) -> Access:
    name = server.create()
    with server.connect(name) as session:
        session.run(APP)
        known = catalog.read(session)
        access = matrix(session, known, rows.fill(session, known), INTENT)
    server.drop(name)
    return access


def results(server: Server, file: str, repair: str = "") -> dict[str, bool]:
    """What came of each test in a database of the app where nothing stands."""
    name = server.create()
    with server.connect(name) as session:
        session.run(PGTAP + APP + repair)
        session.run(file.removesuffix("rollback;\n"))
        told = session.query(RESULTS)
        session.run("rollback")
        assert session.query("select count(*) from public.payouts") == [(0,)]
    server.drop(name)
    return {str(test): bool(passed) for test, passed in told}


@pytest.fixture(scope="module")
def file() -> str:
    return pgtap.render(found(support.laboratory()), "tea 'house'")


def test_they_fail_on_what_is_wrong_and_pass_on_what_is_right(file: str) -> None:
    told = results(support.laboratory(), file)
    assert told["anon must not read iban of public.payouts (another's)"] is False
    assert told["stranger must not read iban of public.payouts (another's)"] is False
    assert told["owner must not change status of public.payouts (own)"] is False
    assert told["public.rooms: select by owner does not fail (own)"] is False
    assert told["anon must not get at another's things by calling public.tell(uuid) (another's)"] is False
    assert told["anon must not read note of public.letters (another's)"] is True
    wrong = f"-- {sum(not passed for passed in told.values())} of the {len(told)} tests failed"
    assert wrong in file
    assert f"select plan({len(told)});" in file


def test_they_pass_after_the_repair(file: str) -> None:
    told = results(support.laboratory(), file, REPAIR)
    assert len(told) > 8
    assert [test for test, passed in told.items() if not passed] == []


def test_a_text_with_dollars_and_a_name_with_quotes_stay_whole() -> None:
    access = found(support.laboratory())
    leak = next(access.leaks())
    odd = replace(leak, row="another's\nown", replay=replace(leak.replay, look="select '$sql$ $sql1'"))
    file = pgtap.render(Access((odd,)), "name\n\\! rm")
    assert "$sql2$select '$sql$ $sql1'$sql2$" in file
    assert "(another''s own)');" in file
    assert "-- name \\! rm: who" in file
