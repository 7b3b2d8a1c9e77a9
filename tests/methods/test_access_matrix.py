"""The access matrix proves every planted mistake with a script that runs alone, and is silent on each correct twin."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from apprescue.lab.postgres import Server, serve
from apprescue.methods import catalog
from apprescue.methods.filling import rows
from apprescue.methods.trying.access_matrix import matrix
from apprescue.model.access import Access, Actor, Cell, Operation, Verdict
from apprescue.model.database import DatabaseError
from apprescue.model.intent import Intent, Meant, Through
from tests.replays import replayed

PLANTED = sorted((Path(__file__).parent / "planted").glob("*.sql"))
WRONG = (Verdict.LEAK, Verdict.BROKEN)
LINKS, LISTS = ("through", "member_of"), ("owners", "authors", "pinned", "secret", "authored", "granted")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as given:
        yield given


@dataclass
class Planted:
    """A file of the planted set: its SQL, what is meant, which cells it must give, and which objects stay silent."""

    sql: str
    meant: dict[str, Meant] = field(default_factory=dict)
    wanted: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)
    public: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)

    @property
    def intent(self) -> Intent:
        return Intent(self.meant, frozenset(self.public), private_buckets=frozenset(self.private))


def planted(path: Path) -> Planted:
    found = Planted(path.read_text())
    for line in found.sql.splitlines():
        word, _, rest = line.removeprefix("-- ").partition(" ")
        if not line.startswith("-- ") or rest[:1] not in ("{", '"'):
            continue
        given = json.loads(rest)
        match word:
            case "meant":
                found.meant[given["table"]] = meant(given)
            case "quiet":
                found.quiet.append(given)
            case "public" | "private":
                getattr(found, word).add(given)
            case _:
                found.wanted.append((word, given))
    return found


def meant(given: dict[str, Any]) -> Meant:
    links = {key: tuple(Through(*one) for one in given[key]) for key in LINKS if key in given}
    lists = {key: tuple(given[key]) for key in LISTS if key in given}
    same = {"shared": given.get("public"), "shared_when": given.get("public_when", "")}
    return Meant(**{**same, **given, **links, **lists})


def tried(server: Server, sql: str, intent: Intent | None = None) -> Access:
    """The matrix of a database that this SQL makes, with our people and rows in it."""
    name = server.create()
    try:
        with server.connect(name) as session:
            session.run(sql)
            known = catalog.read(session)
            return matrix(session, known, rows.fill(session, known), intent or Intent())
    finally:
        server.drop(name)


def meets(cell: Cell, wanted: dict[str, str]) -> bool:
    loose = {"row", "detail"}
    return all(
        value in getattr(cell, key) if key in loose else getattr(cell, key) == value for key, value in wanted.items()
    )


@pytest.mark.parametrize("path", PLANTED, ids=lambda path: path.stem)
def test_planted_mistake_is_proven_and_its_twin_silent(server: Server, path: Path) -> None:
    case = planted(path)
    access = tried(server, case.sql, case.intent)
    for verdict, wanted in case.wanted:
        assert any(cell.verdict == verdict and meets(cell, wanted) for cell in access.cells), (verdict, wanted)
    assert [cell for cell in access.cells if cell.object in case.quiet and cell.verdict in WRONG] == []


@pytest.mark.parametrize("path", PLANTED, ids=lambda path: path.stem)
def test_proofs_run_alone_in_the_rebuilt_database(server: Server, path: Path) -> None:
    case = planted(path)
    wrong = [cell for cell in tried(server, case.sql, case.intent).cells if cell.verdict in WRONG]
    name = server.create()
    with server.connect(name) as session:
        session.run(case.sql)
    try:
        with server.connect(name) as session:
            for cell in wrong:
                assert replayed(session, cell), cell
    finally:
        server.drop(name)


NOTES = """
create table public.notes (id uuid primary key default gen_random_uuid(),
  owner_id uuid not null references auth.users (id), body text);
alter table public.notes enable row level security;
"""
MEANT = Intent(
    {
        "public.notes": Meant(
            "public.notes", ("owner_id",), public=False, shared=False, authors=("owner_id",),
            user_may_insert=True, user_may_update=True, user_may_delete=True,
        )
    }
)  # fmt: skip


def cell(access: Access, operation: Operation, actor: Actor, row: str = "") -> Cell:
    found = (c for c in access.cells if c.operation is operation and c.actor is actor and row in c.row and not c.column)
    return next(c for c in found if c.object == "public.notes")


def test_refusal_without_its_control_is_untested(server: Server) -> None:
    sql = NOTES + "create policy r on public.notes for select using (md5(body) = 'of no row' and owner_id is not null);"
    seen = cell(tried(server, sql, MEANT), Operation.SELECT, Actor.STRANGER)
    assert seen.verdict is Verdict.UNTESTED
    assert "refusal" in seen.detail


def test_refusal_with_its_control_is_denied(server: Server) -> None:
    sql = NOTES + "create policy r on public.notes for select using (owner_id = auth.uid());"
    access = tried(server, sql, MEANT)
    assert cell(access, Operation.SELECT, Actor.STRANGER).verdict is Verdict.DENIED
    assert cell(access, Operation.SELECT, Actor.OWNER).verdict is Verdict.ALLOWED
    assert cell(access, Operation.DELETE, Actor.STRANGER).verdict is Verdict.DENIED


def test_what_nobody_said_is_undecided(server: Server) -> None:
    sql = NOTES + "create policy r on public.notes for select using (true);"
    seen = cell(
        tried(server, sql, Intent({"public.notes": Meant("public.notes", ("owner_id",))})), Operation.SELECT, Actor.ANON
    )
    assert seen.verdict is Verdict.UNDECIDED
    assert seen.intended is None


def test_trigger_that_may_not_write_breaks_the_feature(server: Server) -> None:
    sql = (
        NOTES
        + """
create table public.trail (id bigint generated always as identity primary key, said text);
alter table public.trail enable row level security;
create function public.leave_trail() returns trigger language plpgsql as $$
begin insert into public.trail (said) values (new.body); return new; end $$;
create trigger leave_trail after insert on public.notes for each row execute function public.leave_trail();
create policy all_own on public.notes for all using (owner_id = auth.uid()) with check (owner_id = auth.uid());
"""
    )
    broken = cell(tried(server, sql, MEANT), Operation.INSERT, Actor.STRANGER, "own")
    assert broken.verdict is Verdict.BROKEN
    assert "trail" in broken.detail


def test_sign_up_that_may_not_write_is_broken(server: Server) -> None:
    sql = """
create table public.profiles (id uuid primary key references auth.users (id));
revoke all on public.profiles from public, anon, authenticated, service_role;
create function public.welcome() returns trigger language plpgsql as $$
begin insert into public.profiles (id) values (new.id); return new; end $$;
create trigger welcome after insert on auth.users for each row execute function public.welcome();
"""
    name = server.create()
    with server.connect(name) as session:
        session.run(sql)
        known = catalog.read(session)
        try:
            filled = rows.fill(session, known)
        except DatabaseError:
            pytest.skip("nobody could sign up, and the rows say so")
        access = matrix(session, known, filled, Intent())
    server.drop(name)
    assert [c.verdict for c in access.cells if c.object == "auth.users"] == [Verdict.BROKEN]


def test_endless_and_greedy_functions_take_no_other_try_with_them(server: Server) -> None:
    sql = (
        NOTES
        + """
create policy r on public.notes for select using (true);
create function public.forever() returns int language plpgsql security definer as $$ begin loop end loop; end $$;
create function public.greedy() returns int language plpgsql security definer as $$
begin perform set_config('role', 'supabase_admin', false); copy (select 1) to program 'true'; return 1; end $$;
"""
    )
    began = time.monotonic()
    access = tried(server, sql, MEANT)
    assert time.monotonic() - began < 30
    assert cell(access, Operation.SELECT, Actor.ANON).verdict is Verdict.LEAK
    verdicts = {c.object: c.verdict for c in access.cells if c.operation is Operation.CALL}
    assert verdicts["public.forever()"] is Verdict.UNTESTED
    assert verdicts["public.greedy()"] is not Verdict.LEAK


def test_nothing_stays_in_the_database(server: Server) -> None:
    name = server.create()
    with server.connect(name) as session:
        session.run(NOTES + "create policy r on public.notes for all using (true) with check (true);")
        known = catalog.read(session)
        filled = rows.fill(session, known)
        before = session.query("select * from public.notes order by id"), session.query("select id from auth.users")
        matrix(session, known, filled, MEANT)
        assert before == (
            session.query("select * from public.notes order by id"),
            session.query("select id from auth.users"),
        )
    server.drop(name)


def test_hundred_tables_take_less_than_twenty_seconds(server: Server) -> None:
    columns = ", ".join(f"c{n} text" for n in range(12))
    sql = "".join(
        f"""
create table public.t{n} (id uuid primary key default gen_random_uuid(),
  owner_id uuid not null references auth.users (id), {columns},
  state text default 'new' check (state in ('new', 'done')));
alter table public.t{n} enable row level security;
create policy r on public.t{n} for select using (state = 'done' or owner_id = (select auth.uid()));
create policy w on public.t{n} for all using (owner_id = auth.uid()) with check (owner_id = auth.uid());
"""
        for n in range(100)
    )
    access = tried(server, sql)
    assert len({c.object for c in access.cells}) == 100
    assert access.seconds < 20
