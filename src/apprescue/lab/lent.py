"""A server on this machine that the user lends us: it must hold nothing, and holds nothing afterwards.

Roles belong to a whole server, and what an app brings may change them. Therefore only an empty one is taken: no other
databases, roles or settings, a superuser of the stand-in's name. A marker tells a run that follows a killed one what
to clear; two runs do not share a server.
"""

from __future__ import annotations

import contextlib
import ipaddress
import secrets
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from apprescue.lab import supabase
from apprescue.lab.binaries import PostgresError
from apprescue.lab.cluster import SUPERUSER, address
from apprescue.lab.session import Bounds, Session
from apprescue.model.database import DatabaseError, ident, literal

OLDEST = 18  # older ones find extensions in their own folder only
MARKER = "apprescue_lent"
LOCK = 4_711_815
MAKE_ONE = f"Give it an empty one: initdb -U {SUPERUSER} -A trust -D FOLDER; pg_ctl -D FOLDER start"
OTHERS = f"rolname not in ({literal(SUPERUSER)}, {literal(MARKER)}) and rolname not like 'pg\\_%'"
HELD = (
    ("databases of its own", """
        select datname from pg_database where datname not in ('postgres', 'template0', 'template1')"""),
    ("roles of its own", f"select rolname from pg_roles where {OTHERS}"),
    ("settings of its own", "select setconfig::text from pg_db_role_setting"),
    ("tables in the database postgres", """
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"""),
)  # fmt: skip


class Lent:
    """The lent server; a `postgres.Host`."""

    def __init__(self, given: Mapping[str, str], own: Session, version: tuple[int, int]) -> None:
        self.version = version
        self._given, self._own = given, own
        self._lock = threading.Lock()
        self._password = secrets.token_urlsafe(16)

    def address(self, database: str, user: str) -> str:
        """Where a database of it is reached, as a connection string."""
        password = {} if user == SUPERUSER else {"password": self._password}
        return address({**self._given, "dbname": database, "user": user, **password})

    def size(self) -> int:
        """How many bytes it holds on disk."""
        with self._lock:
            return int(self._own.query("select sum(pg_database_size(oid))::bigint from pg_database")[0][0])

    def resize(self, place: str, pages: int, levels: int) -> None:
        """Its files are not ours: raises PostgresError."""
        raise PostgresError("Indexes are only imagined on a database server of our own: leave out --database-url.")

    def end(self, process: int, hard: bool) -> None:
        """End one process of the server. It cannot be killed from here."""
        with self._lock:
            self._own.run(f"select pg_terminate_backend({process})")

    def open_to(self, user: str) -> None:
        """Let a role of ours in, by a password that only this run knows."""
        self._own.run(f"alter role {ident(user)} password {literal(self._password)}")


@contextlib.contextmanager
def lent(url: str) -> Iterator[Lent]:
    """The server at that address until the end of the block. Raises PostgresError where it may not be used."""
    given = _local(url)
    try:
        own = Session(address({**given, "dbname": "postgres"}), seconds=60, bounds=Bounds())
    except DatabaseError as error:
        raise PostgresError(f"The database server could not be reached: {error}") from error
    with own, tempfile.TemporaryDirectory(prefix="apprescue-extensions-") as folder:
        version = _taken(own)
        try:
            Path(folder).chmod(0o755)
            (share,) = own.query("select setting from pg_config where name = 'SHAREDIR'")[0]
            laid = supabase.lay_extensions(Path(share) / "extension", Path(folder) / "extensions")
            own.run(f"create role {MARKER}")
            own.run(f"alter role all set extension_control_path = {literal(f'{laid}:$system')}")
            yield Lent(given, own, version)
        finally:
            _clear(own)


def _local(url: str) -> dict[str, str]:
    """What a connection needs. Raises PostgresError where it leads to another machine."""
    try:
        said = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.Error:
        raise PostgresError("This is no address of a database server.") from None
    hosts = [host for key in ("host", "hostaddr") for host in said.get(key, "").split(",") if key in said]
    if "service" in said or not hosts or not all(_here(host) for host in hosts):
        raise PostgresError("Only a database server on this machine is used: localhost or the folder of a socket.")
    if said.get("user") != SUPERUSER:
        raise PostgresError(f"The address must name the user {SUPERUSER}. {MAKE_ONE}")
    return {key: said[key] for key in ("host", "hostaddr", "port", "user", "password") if key in said}


def _here(host: str) -> bool:
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _taken(own: Session) -> tuple[int, int]:
    """Take the server for us alone; its version. Raises PostgresError where it is in use or holds something."""
    number = int(own.query("show server_version_num")[0][0])
    if number < OLDEST * 10_000:
        raise PostgresError(f"The database server is older than PostgreSQL {OLDEST}.")
    if not own.query(f"select rolsuper from pg_roles where rolname = {literal(SUPERUSER)}")[0][0]:
        raise PostgresError(f"{SUPERUSER} is no superuser there. {MAKE_ONE}")
    if not own.query(f"select pg_try_advisory_lock({LOCK})")[0][0]:
        raise PostgresError("Another run uses this database server.")
    if own.query(f"select 1 from pg_roles where rolname = {literal(MARKER)}"):
        _clear(own)
    for what, sql in HELD:
        if found := own.query(sql):
            raise PostgresError(f"The database server has {what} ({found[0][0]}), which stay untouched. {MAKE_ONE}")
    return number // 10_000, number % 10_000


def _clear(own: Session) -> None:
    """Take away all that has been made, our marker at the very end."""
    for (name,) in own.query(HELD[0][1]):
        own.run(f"alter database {ident(name)} is_template false")
        own.run(f"drop database {ident(name)} with (force)")
    for (name,) in own.query(HELD[1][1]):
        own.run(f"drop owned by {ident(name)} cascade")
        own.run(f"drop role {ident(name)}")
    own.run("alter role all reset all")
    own.run(f"drop role if exists {MARKER}")
