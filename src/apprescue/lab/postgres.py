"""The database server of the laboratory, with the stand-in for Supabase in it, for as long as it is needed.

What the app brings runs as `postgres`, who is no superuser: nothing of it reaches the disk, another database or the
network. Nobody is ever given a session as the superuser where the app's own objects are.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from apprescue.lab import supabase
from apprescue.lab.binaries import Binaries, PostgresError, binaries
from apprescue.lab.cluster import SUPERUSER, Cluster, folder_of_ours, initialize, running, sweep
from apprescue.lab.session import Bounds, Session
from apprescue.model.database import DatabaseError, ident, literal

__all__ = ["Binaries", "PostgresError", "Server", "binaries", "serve"]

SUPABASE = "supabase"
SECONDS = 20.0
MOST_DISK = 4 * 1024**3


class Server:
    """A server with databases to try things in. `create` makes one, `connect` gives a session of it."""

    def __init__(self, cluster: Cluster, *, most_disk: int = MOST_DISK) -> None:
        self._cluster = cluster
        free = shutil.disk_usage(cluster.folder).free
        self._most_disk = min(most_disk, free // 2) + cluster.size
        self._looked, self._full = 0.0, ""
        self._bounds = Bounds(full=self._why_full, end=cluster.end)
        self._templates: dict[str, str] = {}
        self._own = Session(cluster.address("template1", SUPERUSER), seconds=60, bounds=Bounds())

    @property
    def version(self) -> tuple[int, int]:
        """The version of PostgreSQL, as (18, 6)."""
        return self._cluster.programs.version

    def create(self, template: str = SUPABASE) -> str:
        """Make a new database, as the template is; its name. The template may be any database that nobody uses."""
        name = f"app_{secrets.token_hex(6)}"
        self._make(name, template)
        return name

    def template(self, key: str, build: Callable[[str], None], *, base: str = SUPABASE) -> str:
        """The template of that key; where there is none yet, `build` gets the name of a database to make it of."""
        if key not in self._templates:
            name = self.create(base)
            build(name)
            self._close(name)
            self._templates[key] = name
        return self._templates[key]

    def drop(self, name: str) -> None:
        """Take a database away, with whoever is still in it."""
        if not name.startswith("app_"):
            raise PostgresError(f"{name} is no database of a run.")
        self._own.run(f"drop database if exists {ident(name)} with (force)")
        self._looked = 0.0

    def connect(self, database: str, user: str = "postgres", *, seconds: float = SECONDS) -> Session:
        """A session in a database. `seconds` is how long one call may take. Nobody is given one as a superuser."""
        if user == SUPERUSER:
            raise PostgresError("What an app brings is never touched with a superuser's rights.")
        return self._session(database, user, seconds)

    def _make(self, name: str, template: str) -> None:
        self._close(template)
        self._own.run(f"create database {ident(name)} template {ident(template)}")

    def _close(self, name: str) -> None:
        """End whoever is in a database that is to be copied."""
        self._own.query(f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = {literal(name)}")

    def _session(self, database: str, user: str, seconds: float) -> Session:
        try:
            return Session(self._cluster.address(database, user), seconds=seconds, bounds=self._bounds)
        except DatabaseError as error:
            raise PostgresError(f"No session could be had: {error}") from error

    def _why_full(self) -> str:
        if time.monotonic() - self._looked > 1:
            grown = self._cluster.size > self._most_disk
            self._looked = time.monotonic()
            self._full = f"it has filled more than {self._most_disk // 1024**2} MB of the disk" if grown else ""
        return self._full

    def close(self) -> None:
        """End the server's own session."""
        self._own.close()


@contextlib.contextmanager
def serve(*, url: str | None = None) -> Iterator[Server]:
    """A database server, until the end of the block. Raises PostgresError where there can be none."""
    sweep()
    programs = binaries()
    with folder_of_ours() as folder:
        initialize(programs, folder)
        with _serving(programs, folder) as server:
            _furnish(server)
            yield server


@contextlib.contextmanager
def _serving(programs: Binaries, folder: Path) -> Iterator[Server]:
    settings = {}
    if programs.version >= (18, 0):
        laid = supabase.lay_extensions(programs.extensions, folder / "extensions")
        settings["extension_control_path"] = f"{laid}:$system"
    with running(programs, folder, settings) as cluster:
        server = Server(cluster)
        try:
            yield server
        finally:
            server.close()


def _furnish(server: Server) -> None:
    """Put the stand-in for Supabase into a database that others are copied from."""
    server._own.run(supabase.ROLES)
    server._make(SUPABASE, "template0")
    with server._session(SUPABASE, SUPERUSER, 60) as session:
        for name, text in supabase.SCHEMAS:
            try:
                session.run(text)
            except DatabaseError as error:
                raise PostgresError(f"The stand-in for Supabase could not be made: {name}: {error}") from error
