"""A database server of our own: one folder that holds all of it, and one process that keeps it.

The keeper is a shell of few lines. It waits for two things, the end of the server and the end of our side of a pipe,
which comes even where we are killed; then it ends the server and takes the folder away. Where Linux allows it, the
server has a network of its own, in which there is nobody else.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from apprescue.lab.binaries import Binaries, PostgresError, runner
from apprescue.lab.command import CommandError, Running, run
from apprescue.lab.home import DATA, size
from apprescue.lab.sparse import resize

SUPERUSER = "supabase_admin"
READY = "ready   "  # as the server writes it
MOST_MEMORY, MOST_MEMORY_BUSY = 1024 * 1024, 8 * 1024 * 1024  # kB, for each process of the server
START_SECONDS, END_SECONDS = 30.0, 10.0
PAUSE = b"pause\n"
KEEPER = """
ulimit -c 0
ulimit -v "$1" 2>/dev/null
folder=$2
shift 2
exec 3<&0
apart="unshare --user --map-current-user --net"
$apart true 2>/dev/null || apart=
$apart "$@" 3<&- & server=$!
{
  read -r word <&3
  if [ "$word" = pause ]; then : > "$folder/paused"; kill -INT $server; else kill -QUIT $server; fi
} >/dev/null 2>&1 & watcher=$!
wait $server; code=$?
kill $watcher 2>/dev/null
if [ -e "$folder/paused" ]; then rm -- "$folder/paused"; else cd / && rm -rf -- "$folder"; fi
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
    "max_wal_size": "256MB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "max_locks_per_transaction": "256",
    "client_connection_check_interval": "1s",
    "log_min_messages": "fatal",
}
BUSY = {
    "max_connections": "260",
    "shared_buffers": "2GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "wal_buffers": "64MB",
    "max_locks_per_transaction": "1024",
}
"""What is other where millions of rows stand and hundreds of people ask at once. What a plan or an answer hangs on
(`work_mem` and the costs) stays as it is."""
SINCE = {
    17: {"allow_alter_system": "off", "max_notify_queue_pages": "1024"},
    18: {"io_method": "sync"},
}


class Cluster:
    """A server under way: its programs and the folder in which it lives, with its socket."""

    def __init__(self, programs: Binaries, folder: Path) -> None:
        self.version = programs.version
        self._folder = folder

    def address(self, database: str, user: str) -> str:
        """Where a database of it is reached, as a connection string."""
        return address({"host": str(self._folder), "dbname": database, "user": user})

    def size(self) -> int:
        """How many bytes it holds on disk."""
        return size(self._folder / DATA)

    def resize(self, place: str, pages: int, levels: int) -> None:
        """Make the file of a relation so many pages long, empty ones, a b-tree so deep. Raises PostgresError."""
        resize(self._folder / DATA, place, pages, levels)

    def end(self, process: int, hard: bool) -> None:
        """End one process of the server, which itself goes on; it starts anew where one was killed."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL if hard else signal.SIGTERM)


def address(given: Mapping[str, str]) -> str:
    """A connection string in which everything is said, so that nothing is taken from our environment."""
    said = {
        "port": "5432", "hostaddr": "", "options": "", "password": "none", "connect_timeout": "10",
        "sslmode": "disable", "gssencmode": "disable", "target_session_attrs": "any", "require_auth": "",
        "application_name": "apprescue", "client_encoding": "UTF8",
    }  # fmt: skip
    return " ".join(f"{key}='{_quoted(value)}'" for key, value in (said | dict(given)).items())


def initialize(programs: Binaries, folder: Path) -> None:
    """Make the data of a new server in the folder. Raises PostgresError."""
    kind = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if programs.version >= (17, 0) else []
    made = ["-D", str(folder / DATA), "-U", SUPERUSER, "--auth=trust", "-E", "UTF8", "--locale=C", *kind]
    small = ["-N", "--wal-segsize=1", "--no-instructions"]
    small += ["--no-data-checksums"] if programs.version >= (18, 0) else []  # older ones have none anyway
    try:
        ran = run([str(programs.folder / "initdb"), *made, *small], folder=folder, user=runner(), seconds=60)
    except CommandError as error:
        raise PostgresError(f"The database server could not be made: {error}.") from None
    if ran.code:
        raise PostgresError(f"The database server could not be made: {ran.complaint}")


@contextlib.contextmanager
def running(
    programs: Binaries, folder: Path, settings: Mapping[str, str], *, paused: bool = False, busy: bool = False
) -> Iterator[Cluster]:
    """Start the server whose data lie in the folder, a `busy` one for many people and rows.

    At the end it is ended and the folder is gone; `paused`, and the data lie there still, written to the end. Raises
    PostgresError.
    """
    chosen = {**SETTINGS, **(BUSY if busy else {}), "unix_socket_directories": str(folder), **settings}
    for since, more in SINCE.items():
        chosen |= more if programs.version >= (since, 0) else {}
    given = [part for key, value in chosen.items() for part in ("-c", f"{key}={value}")]
    server = [str(programs.folder / "postgres"), "-D", str(folder / DATA), *given]
    memory = MOST_MEMORY_BUSY if busy else MOST_MEMORY
    keeper = ["sh", "-c", KEEPER, "keeper", str(memory), str(folder), *server]
    try:
        process = Running(keeper, piped=True, seconds=None, folder=folder, user=runner())
    except CommandError as error:
        raise PostgresError(f"The database server could not be started: {error}.") from None
    well = False
    try:
        _wait(process, folder / DATA / "postmaster.pid")
        yield Cluster(programs, folder)
        well = True
    finally:
        _end(process, PAUSE if paused and well else b"")


def _wait(process: Running, file: Path) -> None:
    """Wait until the server takes connections: it writes so into its file."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.ended:
            raise PostgresError(f"The database server did not start: {process.result().complaint}")
        with contextlib.suppress(OSError):
            if file.read_text().splitlines()[7:8] == [READY]:
                return
        time.sleep(0.003)
    raise PostgresError(f"The database server did not start within {START_SECONDS:g} seconds.")


def _end(process: Running, word: bytes) -> None:
    if not process.ended:
        with contextlib.suppress(BrokenPipeError):
            process.given.write(word)
            process.given.close()
    end = time.monotonic() + END_SECONDS
    while not process.ended and time.monotonic() < end:
        time.sleep(0.003)
    process.stop()


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
