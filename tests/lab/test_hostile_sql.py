"""What an app brings for its database is hostile until proven otherwise: refused, timed out or capped."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator

import pytest

from apprescue.lab.postgres import PostgresError, Server, serve
from apprescue.lab.session import Session
from apprescue.model.database import DatabaseError, literal

NO_RIGHT, MISSING, NOT_ALLOWED = "42501", "0A000", "55000"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(most_disk=300 * 1024**2) as given:
        yield given


@pytest.fixture
def session(server: Server) -> Iterator[Session]:
    database = server.create()
    with server.connect(database, seconds=2) as given:
        yield given
    server.drop(database)


def refusal(session: Session, sql: str) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught:
        session.run(sql)
    return caught.value


@pytest.mark.parametrize(
    "sql",
    [
        "copy (select 1) to program 'id'",
        "copy (select 1) to '/tmp/apprescue-was-here'",
        "create table t (line text); copy t from '/etc/passwd'",
        "create table t (line text); copy t from program 'cat /etc/passwd'",
        "select pg_read_file('/etc/passwd')",
        "select pg_read_file('postgresql.conf')",
        "select pg_read_binary_file('pg_hba.conf')",
        "select pg_ls_dir('/')",
        "select pg_stat_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "select lo_export(lo_from_bytea(0, 'x'), '/tmp/apprescue-was-here')",
        "create function f() returns int language c as '/lib/x86_64-linux-gnu/libc.so.6', 'system'",
        "create function f() returns int language internal as 'pg_read_file'",
        "load '/lib/x86_64-linux-gnu/libc.so.6'",
        "create tablespace t location '/tmp'",
        "select pg_reload_conf()",
        "select pg_rotate_logfile()",
        "select pg_switch_wal()",
        "select pg_create_restore_point('x')",
    ],
)
def test_the_disk_of_the_machine_is_out_of_reach(session: Session, sql: str) -> None:
    assert refusal(session, sql).sqlstate == NO_RIGHT


@pytest.mark.parametrize("extension", ["dblink", "postgres_fdw", "file_fdw", "pageinspect", "pg_surgery", "adminpack"])
def test_extensions_that_reach_out_cannot_be_created(session: Session, extension: str) -> None:
    assert refusal(session, f"create extension {extension}").sqlstate in (NO_RIGHT, MISSING)


@pytest.mark.parametrize("language", ["plperlu", "plpython3u", "pltclu", "plperl", "plsh"])
def test_other_languages_are_not_there(session: Session, language: str) -> None:
    refusal(session, f"create extension {language}")
    refusal(session, f"create language {language}")


def test_every_extension_that_can_be_created_keeps_within_the_database(session: Session) -> None:
    made = []
    for (name,) in session.query("select name from pg_available_extensions order by 1"):
        try:
            session.run(f'create extension if not exists "{name}" cascade')
        except DatabaseError:
            continue
        made.append(name)
    assert "pgcrypto" in made
    reaching = {"dblink", "postgres_fdw", "file_fdw", "pageinspect", "pg_walinspect", "pg_surgery"}
    assert not reaching & set(made)
    foreign = "select lanname from pg_language where lanname not in ('internal', 'c', 'sql', 'plpgsql')"
    assert session.query(foreign) == []
    refused = [
        sql for sql in ("copy (select 1) to program 'id'", "set role supabase_admin") if refusal(session, sql).sqlstate
    ]
    assert len(refused) == 2


@pytest.mark.parametrize(
    "sql",
    [
        "alter role postgres superuser",
        "create role boss superuser login",
        "create role scribe replication login",
        "alter role supabase_admin with password 'x'",
        "drop role supabase_admin",
        "grant supabase_admin to postgres",
        "grant pg_execute_server_program to postgres",
        "grant pg_read_server_files, pg_write_server_files to postgres",
        "set role supabase_admin",
        "set role pg_execute_server_program",
        "set session authorization supabase_admin",
        "create event trigger t on ddl_command_start execute function f()",
        "create subscription s connection 'host=example.com dbname=x' publication p",
        "create foreign data wrapper w",
        "create server s foreign data wrapper postgres_fdw",
        "set session_preload_libraries = 'x'",
        "set dynamic_library_path = '/tmp'",
        "set extension_control_path = '/tmp'",
        "set temp_file_limit = -1",
        "set log_min_messages = debug5",
        "alter database template1 set search_path = public",
        "alter role all set search_path = public",
        "alter role supabase_admin set search_path = public",
        "update pg_catalog.pg_authid set rolsuper = true",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'supabase_admin'",
        "select pg_cancel_backend(pid) from pg_stat_activity where usename = 'supabase_admin'",
        "vacuum full pg_catalog.pg_class; create trigger t before insert on pg_catalog.pg_class execute function f()",
    ],
)
def test_the_rights_of_the_server_are_out_of_reach(session: Session, sql: str) -> None:
    assert refusal(session, sql).sqlstate in (NO_RIGHT, "42704", "42883", "25001")
    assert session.query("select rolsuper from pg_roles where rolname = 'postgres'") == [(False,)]


def test_the_settings_of_the_server_cannot_be_changed(session: Session) -> None:
    assert refusal(session, "alter system set shared_preload_libraries = 'x'").sqlstate in (NO_RIGHT, MISSING)


def test_postgres_is_in_no_role_that_reaches_beyond_its_database(session: Session) -> None:
    reaching = (
        "pg_read_server_files", "pg_write_server_files", "pg_execute_server_program", "pg_checkpoint", "pg_maintain",
        "pg_signal_backend", "pg_signal_autovacuum_worker", "pg_create_subscription",
    )  # fmt: skip
    dangerous = session.query(f"""
        select rolname from pg_roles where pg_has_role('postgres', oid, 'member')
            and (rolsuper or rolreplication or rolname = any({literal(reaching)}))
    """)
    assert dangerous == []


def test_nobody_is_given_a_session_as_the_superuser(server: Server) -> None:
    with pytest.raises(PostgresError, match="superuser"):
        server.connect(server.create(), "supabase_admin")


@pytest.mark.parametrize(
    "sql",
    [
        "do $$ begin loop end loop; end $$",
        "select pg_sleep(1000)",
        "set statement_timeout = 0; select pg_sleep(1000)",
        "with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r",
        "select count(*) from generate_series(1, 100000000000)",
        "select * from generate_series(1, 100000000000)",
        "do $$ begin loop raise notice 'noise'; end loop; end $$",
        "listen x; do $$ begin for i in 1..100000000 loop perform pg_notify('x', i::text); end loop; end $$",
        "copy (select * from generate_series(1, 100000000000)) to stdout",
        "select 'a' || repeat('a', 40) ~ '(a*)*(a*)*(a*)*b' from generate_series(1, 100000000)",
        "select 9 ^ n::numeric from generate_series(10000, 100000000) n",
        "do $$ begin loop begin perform pg_sleep(9); exception when others then null; end; end loop; end $$",
    ],
)
def test_what_runs_without_end_is_ended(session: Session, sql: str) -> None:
    session.seconds = 0.3
    begun = time.monotonic()
    error = refusal(session, sql)
    assert (error.sqlstate, str(error)) == ("57014", "it took longer than 0.3 seconds")
    assert time.monotonic() - begun < 5
    assert session.query("select 1") == [(1,)]


def test_what_resists_being_cancelled_is_ended_all_the_same(session: Session) -> None:
    session.seconds = 0.3
    stubborn = "exception when query_canceled then null"
    error = refusal(session, f"do $$ begin loop begin perform pg_sleep(9); {stubborn}; end; end loop; end $$")
    assert error.sqlstate == "57014"
    assert session.query("select 1") == [(1,)]


def test_a_lock_that_another_holds_is_waited_for_no_longer_than_anything(server: Server, session: Session) -> None:
    (database,) = session.query("select current_database()")[0]
    with server.connect(database) as other:
        other.run("select pg_advisory_lock(1)")
        session.seconds = 0.3
        assert refusal(session, "select pg_advisory_lock(1)").sqlstate == "57014"


def test_a_session_that_ends_itself_is_followed_by_a_new_one(session: Session) -> None:
    assert refusal(session, "select pg_terminate_backend(pg_backend_pid())").sqlstate == "57P01"
    assert session.query("select 1") == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "create table t as select repeat(md5(n::text), 30) from generate_series(1, 10000000) n",
        "create temp table t as select repeat(md5(n::text), 30) from generate_series(1, 10000000) n",
    ],
)
def test_the_disk_is_not_filled(session: Session, sql: str) -> None:
    session.seconds = 60
    error = refusal(session, sql)
    assert error.sqlstate == "53100"
    assert "MB of the disk" in str(error)


def test_a_sort_on_disk_is_limited(session: Session) -> None:
    session.seconds = 30
    words = "select md5(n::text) || repeat('x', 900) as word from generate_series(1, 10000000) n order by 1"
    assert refusal(session, f"select count(*) from ({words} limit 5000000) s").sqlstate in ("53400", "53100")


@pytest.mark.parametrize(
    "sql",
    [
        "set work_mem = '100GB'; select count(distinct md5(n::text)) from generate_series(1, 100000000) n",
        "select length(repeat('x', 1000000000) || repeat('y', 1000000000))",
        "select string_agg(repeat('x', 1000000), '') from generate_series(1, 100000)",
        "do $$ declare kept text[]; begin loop kept := kept || repeat('x', 10000000); end loop; end $$",
    ],
)
def test_memory_is_limited(session: Session, sql: str) -> None:
    session.seconds = 30
    assert refusal(session, sql).sqlstate in ("53200", "54000")
    assert session.query("select 1") == [(1,)]


def test_a_function_that_calls_itself_without_end_is_refused(session: Session) -> None:
    session.run("create function f() returns int language plpgsql as $$ begin return f(); end $$")
    assert refusal(session, "select f()").sqlstate == "54001"


def test_an_answer_without_end_is_capped(session: Session) -> None:
    with pytest.raises(DatabaseError, match="more than 200000 rows") as caught:
        session.query("select generate_series(1, 100000000)")
    assert caught.value.sqlstate == "54000"
    with pytest.raises(DatabaseError, match="or 65536 kB"):
        session.query("select repeat('x', 1000000) from generate_series(1, 1000)")


@pytest.mark.parametrize("sql", ["commit", "rollback", "commit; begin", "rollback; begin; savepoint s"])
def test_what_is_to_be_undone_cannot_make_itself_stay_unseen(session: Session, sql: str) -> None:
    session.run("create table t (n int)")
    with pytest.raises(DatabaseError) as caught, session.undone():
        session.run(f"insert into t values (1); {sql}")
    assert caught.value.sqlstate == "2D000"
    assert session.query("select 1") == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "set datestyle = 'german'; select now()",
        "select 'infinity'::timestamptz, '0044-03-15 BC'::date, 'NaN'::numeric, interval '1 year'",
        "select '[1e400]'::jsonb, null::int[], '{{1,2},{3,4}}'::int[], '{NULL,x}'::text[], '(1,2)'::point",
        "set bytea_output = 'escape'; select '\\xdeadbeef'::bytea",
        "select repeat('[', 5000)::text, row(1, 'x'), array[row(1, 2)]",
    ],
)
def test_odd_answers_can_be_read(session: Session, sql: str) -> None:
    assert len(session.query(sql)) == 1


def test_statements_that_no_server_reads_are_refused(session: Session) -> None:
    assert refusal(session, "select '\0'").sqlstate == "22021"
    assert refusal(session, "select '\ud800'").sqlstate == "22021"
    assert refusal(session, "create table t (n int); copy t from stdin").sqlstate == "57014"
    session.run("set client_encoding = 'LATIN1'")
    with pytest.raises(DatabaseError, match="cannot be read"):
        session.query("select U&'\\00fc'")
    assert session.query("select 1") == [(1,)]


def test_what_acts_with_the_rights_of_the_superuser_calls_nothing_of_the_app(session: Session) -> None:
    for (name,) in session.query("select name from pg_available_extensions order by 1"):
        with contextlib.suppress(DatabaseError):
            session.run(f'create extension if not exists "{name}" cascade')
    definers = session.query("""
        select prosrc, coalesce(proconfig, '{}') from pg_proc p join pg_roles r on r.oid = p.proowner
        where r.rolsuper and p.prosecdef
    """)
    assert len(definers) > 3
    assert {tuple(settings) for _, settings in definers} == {('search_path=""',)}
    writes = re.compile(r"(?:insert into|update|delete from)\s+(\w+\.\w+)", re.I)
    written = {table for body, _ in definers for table in writes.findall(body)}
    assert written  # a trigger on one of these would act with the superuser's rights
    for table in written:
        assert session.query(f"select has_table_privilege('postgres', {literal(table)}, 'trigger')") == [(False,)]
