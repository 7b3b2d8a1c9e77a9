"""What was done to an app and what came of it: events that are only ever added, in `.apprescue/ledger.db` beside it.

Every event has its moment, the run that it belongs to, the tool's version and the app's commit. A crash loses at most
the event that was being written: SQLite's write-ahead log keeps each of them whole (https://sqlite.org/wal.html). One
run at a time holds the ledger; the lock ends with the process, however that ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apprescue import __version__

FOLDER, FILE, LOCK = ".apprescue", "ledger.db", "lock"
TABLE = """
create table if not exists events (
  number integer primary key autoincrement, at text not null, run text not null, kind text not null, key text not null,
  data text not null, version text not null, app_commit text not null);
create index if not exists events_by_key on events (key, number);
create trigger if not exists events_stay before update on events begin
  select raise(abort, 'events are only added'); end;
create trigger if not exists events_are_kept before delete on events begin
  select raise(abort, 'events are only added'); end;
"""
FINDING = "finding"
_HELD: set[int] = set()
"""The locks of this process. A copy of it that reads along lets go of them, lest it outlives a run that was killed."""


def _let_go() -> None:
    for held in _HELD:
        os.close(held)
    _HELD.clear()


os.register_at_fork(after_in_child=_let_go)


class LedgerError(Exception):
    """The ledger is held by another run, or it cannot be written. The message says which, in words."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `key` is the finding's that it is about, or empty; `data` is what JSON can hold."""

    number: int
    at: str
    run: str
    kind: str
    key: str
    data: Mapping[str, Any]
    version: str
    commit: str


class Ledger:
    """The ledger of one app, held by one run."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.run = secrets.token_hex(6)

    def add(self, kind: str, data: Mapping[str, Any], key: str = "", commit: str = "") -> int:
        """Add an event; its number. Raises LedgerError where it cannot be written."""
        row = (datetime.now(UTC).isoformat(timespec="milliseconds"), self.run, kind, key, json.dumps(data))
        try:
            added = self._database.execute(
                "insert into events (at, run, kind, key, data, version, app_commit) values (?, ?, ?, ?, ?, ?, ?)",
                (*row, __version__, commit),
            )
        except sqlite3.Error as error:
            raise LedgerError(f"The ledger could not be written: {error}.") from error
        return added.lastrowid or 0

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """The events that are added inside are all kept, or none of them. Raises LedgerError."""
        try:
            self._database.execute("begin immediate")
            yield
            self._database.execute("commit")
        except sqlite3.Error as error:
            raise LedgerError(f"The ledger could not be written: {error}.") from error
        finally:
            if self._database.in_transaction:
                self._database.execute("rollback")

    def events(self, kind: str = "", after: int = 0) -> Iterator[Event]:
        """The events in their order, of one kind or of all, behind the one of that number."""
        asked = """select number, at, run, kind, key, data, version, app_commit from events
                   where ? in ('', kind) and number > ? order by number"""
        for number, at, run, name, key, data, version, commit in self._database.execute(asked, (kind, after)):
            yield Event(number, at, run, name, key, json.loads(data), version, commit)

    def last(self) -> int:
        """The number of the newest event, 0 where there is none."""
        ((number,),) = self._database.execute("select coalesce(max(number), 0) from events")
        return int(number)

    def states(self, after: int = 0) -> dict[str, str]:
        """How each finding stands, by its key: the state of its last event behind the one of that number."""
        return {one.key: one.data["state"] for one in self.events(FINDING, after)}


@contextlib.contextmanager
def opened(root: Path) -> Iterator[Ledger]:
    """The ledger of the app in a folder, to read it and to add what the owner decides while a run may be at work.
    Raises LedgerError where there is none."""
    file = root / FOLDER / FILE
    if not file.is_file() or file.is_symlink():
        raise LedgerError(f"No sprint of {root.resolve().name} was begun: `apprescue sprint` begins one.")
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("pragma journal_mode = wal")
        yield Ledger(database)


@contextlib.contextmanager
def ledger(root: Path) -> Iterator[Ledger]:
    """The ledger of the app in a folder, for one run. Raises LedgerError where another run holds it."""
    folder = root / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", "utf-8")
        held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LedgerError(f"The folder {folder} cannot be used: {error.strerror}.") from error
    _HELD.add(held)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LedgerError(f"Another run is at work on {root.resolve().name}; wait for its end.") from None
        with contextlib.closing(sqlite3.connect(folder / FILE, isolation_level=None)) as database:
            database.execute("pragma journal_mode = wal")
            database.executescript(TABLE)
            yield Ledger(database)
    finally:
        _HELD.discard(held)
        os.close(held)
