"""The database server of the laboratory, with the stand-in for Supabase in it, for as long as it is needed.

What the app brings runs as `postgres`, who is no superuser: nothing of it reaches the disk, another database or the
network. Nobody is ever given a session as a superuser where the app's own objects are.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from apprescue.lab import kept, supabase
from apprescue.lab.binaries import Binaries, PostgresError, binaries, copied
from apprescue.lab.cluster import SUPERUSER, initialize, running
from apprescue.lab.home import DATA, home, own, sweep
from apprescue.lab.lent import lent
from apprescue.lab.session import Bounds, Session
from apprescue.model.database import DatabaseError, Resize, ident, literal

__all__ = ["Binaries", "PostgresError", "Server", "binaries", "serve"]

SUPABASE = "supabase"
OWNER = "postgres"
PREFIX = "app_"
SECONDS = 20.0
LOOK_SECONDS = 1.0
MOST_DISK = 2 * 1024**3
_MADE_BY = [(Path(__file__).parent / name).read_bytes() for name in ("postgres.py", "cluster.py")]


class Host(Protocol):
    """Where databases live."""

    version: tuple[int, int]

    def address(self, database: str, user: str) -> str:
        """Where a database of it is reached, as a connection string."""

    def size(self) -> int:
        """How many bytes it holds on disk."""

    def resize(self, place: str, pages: int, levels: int) -> None:
        """Make the file of a relation so many pages long, empty ones, a b-tree so deep. Raises PostgresError."""

    def end(self, process: int, hard: bool) -> None:
        """End one process of the server."""


class Server:
    """A server with databases to try things in: `create` makes one, `connect` gives a session of it."""

    def __init__(self, host: Host, superuser: str, most_disk: int) -> None:
        self._host, self._superuser = host, superuser
        self._most_disk = most_disk + host.size()
        self._looked, self._full = 0.0, ""
        self._bounds = Bounds(full=self._why_full, end=host.end)
        self._templates: dict[str, str] = {}
        self._lookers: dict[str, Session] = {}
        self._lock = threading.RLock()
        self._own = Session(host.address("template1", superuser), seconds=60, bounds=Bounds(end=host.end))

    @property
    def version(self) -> tuple[int, int]:
        """The version of PostgreSQL, as (18, 6)."""
        return self._host.version

    def create(self, template: str = SUPABASE) -> str:
        """Make a new database as the template is, and give its name.

        The template may be any database of this server; who is still in it is sent away.
        """
        name = f"{PREFIX}{secrets.token_hex(6)}"
        self._make(name, template)
        return name

    def template(self, key: str, build: Callable[[str], None], *, base: str = SUPABASE) -> str:
        """The template of that key; where there is none yet, `build` gets the name of a database to make it of."""
        with self._lock:
            if key not in self._templates:
                name = self.create(base)
                try:
                    build(name)
                except BaseException:
                    self.drop(name)
                    raise
                self._send_away(name)
                self._run(f"alter database {ident(name)} owner to {ident(self._superuser)}")
                self._run(f"alter database {ident(name)} connection limit 0")
                self._templates[key] = name
            return self._templates[key]

    def drop(self, name: str) -> None:
        """Take a database away, with whoever is still in it."""
        if not name.startswith(PREFIX):
            raise PostgresError(f"{name} is no database of a run.")
        if looker := self._lookers.pop(name, None):
            looker.close()
        self._run(f"drop database if exists {ident(name)} with (force)")
        self._looked = 0.0

    def connect(self, database: str, user: str = OWNER, *, seconds: float = SECONDS) -> Session:
        """A session in a database; `seconds` is how long one call may take. No superuser is ever given one."""
        if user == self._superuser:
            raise PostgresError("What an app brings is never touched with a superuser's rights.")
        return self._session(database, user, seconds)

    def address(self, database: str) -> str:
        """Where another program finds a database, as the owner of what the app brings, who is no superuser."""
        return self._host.address(database, OWNER)

    def resize(self, database: str) -> Resize:
        """What makes a relation of a database (as `regclass` reads it) so many pages long, with nothing in them; a
        b-tree so many levels deep.

        What stands in the relation is lost: this is for databases in which the planner is asked, and nobody else. The
        relation must be committed. It raises PostgresError where there is none, or where the server is lent.
        """
        if not database.startswith(PREFIX):
            raise PostgresError(f"{database} is no database of a run.")

        def resize(relation: str, pages: int, levels: int = 0) -> None:
            self._host.resize(self._file(database, relation), pages, levels)

        return resize

    def close(self) -> None:
        """End the server's own sessions."""
        for session in (*self._lookers.values(), self._own):
            session.close()

    def furnish(self) -> None:
        """Put the stand-in for Supabase into the database that others are copied from. Raises PostgresError."""
        self._run(supabase.ROLES)
        self._run(f"create database {ident(SUPABASE)} template template0")
        with self._session(SUPABASE, self._superuser, 60) as session:
            for name, text in supabase.SCHEMAS:
                try:
                    session.run(text)
                except DatabaseError as error:
                    raise PostgresError(f"The stand-in for Supabase could not be made: {name}: {error}") from error
        self._run(f"alter database {ident(SUPABASE)} connection limit 0")

    def _file(self, database: str, relation: str) -> str:
        looker = self._lookers.get(database) or self.connect(database)
        self._lookers[database] = looker
        asked = f"select pg_catalog.pg_relation_filepath({literal(relation)}::pg_catalog.regclass)"
        try:
            try:
                told = looker.query(asked)
            except DatabaseError as error:
                if error.sqlstate[:2] not in ("08", "57"):
                    raise
                told = looker.query(asked)  # it was sent away when a copy was made
        except DatabaseError as error:
            raise PostgresError(f"There is no relation {relation}: {error}") from error
        return str(told[0][0] or "")

    def _make(self, name: str, template: str) -> None:
        with self._lock:
            self._send_away(template)
            made = f"create database {ident(name)} template {ident(template)} owner {ident(OWNER)}"
            self._run(f"{made} strategy file_copy")

    def _send_away(self, name: str) -> None:
        """End whoever is in a database that is to be copied."""
        self._run(f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = {literal(name)}")

    def _run(self, sql: str) -> None:
        with self._lock:
            try:
                self._own.run(sql)
            except DatabaseError as error:
                raise PostgresError(f"The database server refused: {error}") from error

    def _session(self, database: str, user: str, seconds: float) -> Session:
        try:
            return Session(self._host.address(database, user), seconds=seconds, bounds=self._bounds)
        except DatabaseError as error:
            raise PostgresError(f"No session could be had: {error}") from error

    def _why_full(self) -> str:
        if time.monotonic() - self._looked > LOOK_SECONDS:
            grown = self._host.size() > self._most_disk
            self._looked = time.monotonic()
            self._full = f"it has filled more than {self._most_disk // 1024**2} MB of the disk" if grown else ""
        return self._full


@contextlib.contextmanager
def serve(*, url: str | None = None, most_disk: int = MOST_DISK, busy: bool = False) -> Iterator[Server]:
    """A database server until the end of the block, whose databases may grow by `most_disk` bytes.

    A `busy` one takes millions of rows and hundreds of people at once. `url` names an empty server on this machine to
    be used instead of one of our own. Raises PostgresError where there can be none.
    """
    with contextlib.ExitStack() as stack:
        if url is not None:
            yield stack.enter_context(_lent(url, most_disk))
            return
        sweep()
        programs = binaries()
        try:
            server = stack.enter_context(_ours(programs, most_disk, busy))
        except PostgresError:  # what was kept may be what is broken
            server = stack.enter_context(_ours(programs, most_disk, busy, fresh=True))
        yield server


@contextlib.contextmanager
def _lent(url: str, most_disk: int) -> Iterator[Server]:
    with lent(url) as host, contextlib.closing(Server(host, SUPERUSER, most_disk)) as server:
        server.furnish()
        host.open_to(OWNER)
        yield server


@contextlib.contextmanager
def _ours(programs: Binaries, most_disk: int, busy: bool, *, fresh: bool = False) -> Iterator[Server]:
    with home(most_disk, memory=programs.takes_extensions) as folder:
        most_disk = min(most_disk, shutil.disk_usage(folder).free // 2)
        laid = supabase.lay_extensions(programs.extensions, folder / "extensions")
        key = _key(programs, laid)
        settings = {"temp_file_limit": f"{most_disk // 1024}kB"}
        if programs.takes_extensions:
            settings["extension_control_path"] = f"{laid}:$system"
        else:
            programs = _with_extensions(programs, laid, folder / "programs")
        own(folder)
        if fresh:
            kept.forget(key)
        if not kept.take(key, folder / DATA):
            initialize(programs, folder)
            with (
                running(programs, folder, settings, paused=True) as cluster,
                contextlib.closing(Server(cluster, SUPERUSER, most_disk)) as server,
            ):
                server.furnish()
            kept.keep(key, folder / DATA)
        with (
            running(programs, folder, settings, busy=busy) as cluster,
            contextlib.closing(Server(cluster, SUPERUSER, most_disk)) as server,
        ):
            yield server


def _with_extensions(programs: Binaries, laid: Path, target: Path) -> Binaries:
    """A copy of the programs that has our extensions among its own."""
    programs = copied(programs, target)
    for file in (laid / "extension").iterdir():
        (programs.extensions / file.name).unlink(missing_ok=True)  # it may be the original's, linked
        shutil.copyfile(file, programs.extensions / file.name)
    return programs


def _key(programs: Binaries, laid: Path) -> str:
    """Of what the data of a furnished server are made: the programs, how we start them, the stand-in."""
    told = hashlib.sha256(repr((programs, _MADE_BY, supabase.ROLES, supabase.SCHEMAS)).encode())
    for file in sorted((laid / "extension").iterdir()):
        told.update(file.name.encode() + file.read_bytes())
    return told.hexdigest()[:20]
