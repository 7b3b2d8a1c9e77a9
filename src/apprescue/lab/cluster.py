"""A database server of our own: one folder that holds all of it, one process that keeps it, nothing left behind.

The keeper is a shell of few lines. It waits for two things, the end of the server and the end of our side of a pipe,
which comes even where we are killed; then it ends the server and takes the folder away. Where the keeper was killed as
well, the next start finds a folder that nobody holds and does the same (`sweep`).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from apprescue.lab.binaries import Binaries, PostgresError, readable, runner
from apprescue.lab.command import CommandError, Running, run

SUPERUSER = "supabase_admin"
PREFIX = "apprescue-pg-"
HELD = "held"
READY = "ready   "  # as the server writes it
MOST_MEMORY = 2 * 1024 * 1024  # kB, for each process of the server
LONGEST_SOCKET = 80
START_SECONDS = 30.0
KEEPER = """
ulimit -c 0
ulimit -v "$1" 2>/dev/null
folder=$2
shift 2
exec 3<&0
"$@" 3<&- & server=$!
{ read -r _ <&3; kill -QUIT $server; } >/dev/null 2>&1 & watcher=$!
wait $server; code=$?
kill $watcher 2>/dev/null
cd / && rm -rf -- "$folder"
exit $code
"""
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "48",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "max_locks_per_transaction": "256",
    "temp_file_limit": "1GB",
    "log_min_messages": "fatal",
}
SINCE = {
    17: {"allow_alter_system": "off", "max_notify_queue_pages": "1024"},
    18: {"io_method": "sync"},
}


class Cluster:
    """A server under way: its programs and the folder in which it lives, with its socket."""

    def __init__(self, programs: Binaries, folder: Path, process: Running) -> None:
        self.programs, self.folder = programs, folder
        self._process = process

    def address(self, database: str, user: str) -> str:
        """Where a database of it is reached, as a connection string."""
        return address(database, user, host=str(self.folder))

    @property
    def size(self) -> int:
        """How many bytes it holds on disk."""
        return _size(self.folder / "data")

    def end(self, process: int, hard: bool) -> None:
        """End one process of the server, which itself goes on; it starts anew where one was killed."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL if hard else signal.SIGTERM)


def address(database: str, user: str, **more: str) -> str:
    """A connection string; what is not said in it is not taken from our environment."""
    given = {"dbname": database, "user": user, "application_name": "apprescue", "client_encoding": "UTF8"}
    given |= {"port": "5432", "hostaddr": "", "options": "", "password": "none", "connect_timeout": "10"}
    given |= {"sslmode": "disable", "gssencmode": "disable", "target_session_attrs": "any", "require_auth": ""}
    return " ".join(f"{key}='{_quoted(value)}'" for key, value in (given | more).items())


@contextlib.contextmanager
def folder_of_ours() -> Iterator[Path]:
    """A new folder, which the user who is to run the server owns; nobody sweeps it as long as we live."""
    for _ in range(10):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_room()))
        with _hold(folder) as held:
            if not held:
                continue
            _own(folder)
            try:
                yield folder
            finally:
                _clear(folder)
            return
    raise PostgresError("No folder could be made for the database server.")


def initialize(programs: Binaries, folder: Path) -> None:
    """Make the data of a new server in the folder."""
    kind = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if programs.version >= (17, 0) else []
    _tool(
        [
            str(programs.folder / "initdb"), "-D", str(folder / "data"), "-N", "--auth=trust", "-U", SUPERUSER,
            "-E", "UTF8", "--locale=C", *kind, "--wal-segsize=1", "--no-instructions",
        ],
        folder,
    )  # fmt: skip


@contextlib.contextmanager
def running(programs: Binaries, folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Start the server whose data lie in the folder. At the end it is ended, and the folder is gone."""
    chosen = SETTINGS | {"unix_socket_directories": str(folder)}
    for since, more in SINCE.items():
        chosen |= more if programs.version >= (since, 0) else {}
    given = [part for key, value in {**chosen, **(settings or {})}.items() for part in ("-c", f"{key}={value}")]
    postgres = [str(programs.folder / "postgres"), "-D", str(folder / "data"), *given]
    process = Running(
        ["sh", "-c", KEEPER, "postgres", str(MOST_MEMORY), str(folder), *postgres],
        piped=True, seconds=None, folder=folder, user=runner(),
    )  # fmt: skip
    try:
        _wait(process, folder)
        yield Cluster(programs, folder, process)
    finally:
        _end(process, folder)


def sweep() -> None:
    """End what runs whose starter was killed, with its keeper, and take it away."""
    for folder in _room().glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid not in (os.geteuid(), runner()) or not (folder / HELD).exists():
                continue
            with _hold(folder) as held:
                if held:
                    _clear(folder)


def _room() -> Path:
    """The folder for temporary things: of a short name, as a socket's is limited, and open to the server's user."""
    wanted = Path(tempfile.gettempdir()).resolve()
    fits = len(str(wanted)) + len(PREFIX) + 8 <= LONGEST_SOCKET and (runner() is None or readable(wanted))
    return wanted if fits else Path("/tmp")


@contextlib.contextmanager
def _hold(folder: Path) -> Iterator[IO[bytes] | None]:
    """Hold the folder's lock, which ends with us at the latest; None where somebody else holds it or it is gone."""
    try:
        file = (folder / HELD).open("ab")
    except OSError:
        yield None
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        yield file if (folder / HELD).exists() else None


def _own(folder: Path) -> None:
    if (user := runner()) is not None:
        os.chown(folder, user, -1)


def _tool(command: list[str], folder: Path) -> None:
    try:
        ran = run(command, folder=folder, user=runner(), seconds=60)
    except CommandError as error:
        raise PostgresError(f"The database server could not be made: {error}.") from None
    if ran.code:
        raise PostgresError(f"The database server could not be made: {ran.complaint}.")


def _wait(process: Running, folder: Path) -> None:
    """Wait until the server takes connections; it writes so into its file."""
    file, end = folder / "data" / "postmaster.pid", time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.ended:
            raise PostgresError(f"The database server did not start: {process.result().complaint}")
        with contextlib.suppress(OSError):
            if file.read_text().splitlines()[7:8] == [READY]:
                return
        time.sleep(0.003)
    raise PostgresError(f"The database server did not start within {START_SECONDS:g} seconds.")


def _end(process: Running, folder: Path) -> None:
    process.given.close()
    end = time.monotonic() + 10
    while not process.ended and time.monotonic() < end:
        time.sleep(0.003)
    process.stop()
    _clear(folder)


def _clear(folder: Path) -> None:
    """End every process that works in the folder's data, and take the folder away."""
    for process in _working_in(folder / "data"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def _working_in(data: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == data:
                found.append(int(process.name))
    return found


def _size(folder: Path) -> int:
    total, folders = 0, [str(folder)]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
    return total


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
