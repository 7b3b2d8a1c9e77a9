"""Older projects open new tables to everybody, newer ones only where a migration says so; some close each new table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apprescue.lab.postgres import serve
from apprescue.lab.session import Session
from apprescue.lab.supabase.project import AUTO_RLS, EXPLICIT_GRANTS, auto_rls, explicit_from
from apprescue.model.database import DatabaseError

TABLE = "create table public.notes (id int);"
GRANTED = TABLE + "grant select, insert on public.notes to authenticated;"


@pytest.mark.parametrize(
    ("history", "first"),
    [
        ([], None),
        ([("20250101000000_a.sql", TABLE)], None),
        ([("20250101000000_a.sql", GRANTED)], None),
        ([("supabase/migrations/20260601000000_a.sql", GRANTED)], 0),
        ([("20260601000000_a.sql", TABLE), ("20260602000000_b.sql", "grant all on notes to anon, authenticated;")], 0),
        ([("20260601000000_a.sql", TABLE)], None),
        ([("20260601000000_a.sql", TABLE + "grant select on notes to service_role;")], None),
        ([("20260101000000_a.sql", TABLE), ("20260601000000_b.sql", GRANTED)], None),
        ([("20260101000000_a.sql", TABLE), ("20261031000000_b.sql", GRANTED)], 1),
        ([("20260101000000_a.sql", GRANTED), ("20261031000000_b.sql", TABLE)], None),
        (
            [
                (
                    "20260601000000_a.sql",
                    TABLE + "grant execute on function f() to anon; grant usage on schema s to anon;",
                )
            ],
            None,
        ),
        ([("20260601000000_a.sql", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO service_role, anon;")], 0),
        ([("0001_a.sql", GRANTED)], None),
    ],
)
def test_from_where_grants_are_asked_for(history: list[tuple[str, str]], first: int | None) -> None:
    assert explicit_from(history) == first


def test_what_the_settings_say_goes_first() -> None:
    assert explicit_from([("20250101000000_a.sql", TABLE)], automatic=False) == 0
    assert explicit_from([("20260601000000_a.sql", GRANTED)], automatic=True) is None


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with serve() as server, server.connect(server.create()) as given:
        yield given


def test_what_is_made_afterwards_is_closed(session: Session) -> None:
    with session.undone():
        session.run(f"create table public.before (id int); {EXPLICIT_GRANTS}; {GRANTED}")
        session.run("set local role authenticated; select * from public.before; insert into public.notes values (1)")
        for role in ("anon", "service_role"):
            session.run(f"reset role; set local role {role}")
            with pytest.raises(DatabaseError, match="permission denied for table notes"), session.undone():
                session.run("select * from public.notes")


def test_a_function_stays_open(session: Session) -> None:
    with session.undone():
        session.run(f"{EXPLICIT_GRANTS}; create function public.f() returns int language sql as 'select 1'")
        session.run("set local role anon; select f()")


def test_a_project_that_closes_each_new_table() -> None:
    assert auto_rls([("a.sql", TABLE), ("b.sql", "revoke execute on function public.rls_auto_enable() from anon;")])
    assert not auto_rls([("a.sql", TABLE)])


CLOSED = "select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity order by 1"


def test_each_new_table_is_closed(session: Session) -> None:
    with session.undone():
        session.run(
            f"create table public.before (id int); {AUTO_RLS}; {TABLE} create table public.copy as select 1 as a"
        )
        session.run('create table public."O\'Neil" (id int) partition by list (id); create schema inner_things')
        session.run("create table inner_things.t (id int); create temp table t (id int); create extension pgmq")
        assert session.query(CLOSED) == [("O'Neil",), ("copy",), ("notes",)]
        session.run("revoke execute on function public.rls_auto_enable() from public, anon, authenticated")


def test_a_project_that_makes_the_platforms_function_itself(session: Session) -> None:
    with session.undone():
        session.run(AUTO_RLS)
        with pytest.raises(DatabaseError, match="event trigger"), session.undone():
            session.run("create event trigger ensure_rls on ddl_command_end execute function public.rls_auto_enable()")
        session.run(TABLE)
        assert session.query(CLOSED) == [("notes",)]


def test_other_projects_close_nothing_by_themselves(session: Session) -> None:
    with session.undone():
        session.run(TABLE)
        assert session.query(CLOSED) == []
