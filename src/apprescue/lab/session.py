"""A session of a database of the laboratory, in which hostile SQL runs: for a bounded time, with bounded answers.

The clock and the caps are ours, on this side of the connection, where no `set statement_timeout = 0` reaches them.
"""

from __future__ import annotations

import contextlib
import secrets
import select
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.types.string import TextLoader

from apprescue.model.database import DatabaseError

MOST_ROWS = 200_000
MOST_BYTES = 64 * 1024 * 1024
GRACE = 2.0
SEED = b"set seed to 0.5"  # what is drawn by chance is drawn the same each time
CANCELED, LOST, FULL, UNREADABLE, NOT_UNDONE, TOO_MUCH = (
    "57014", "08006", "53100", "22021", "2D000", "54000",
)  # fmt: skip

_Status = pq.ExecStatus
_ROWS = (_Status.TUPLES_OK, _Status.TUPLES_CHUNK)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a session may take, and what else watches over it.

    `full` says in words why nothing more may be written, or nothing; `end` ends the server's process of that id, for
    good where it is told to.
    """

    full: Callable[[], str] = lambda: ""
    end: Callable[[int, bool], None] = lambda pid, hard: None
    most_rows: int = MOST_ROWS
    most_bytes: int = MOST_BYTES


class Session:
    """One session of a database; a `model.database.Database`.

    Values are Python's own for numbers, truth, arrays and JSON, and text for all others (ids, dates, times). `seconds`
    is how long one call may take. Where the server ends the session, the call that was under way raises DatabaseError
    and the next one begins a new session.
    """

    def __init__(self, address: str, *, seconds: float, bounds: Bounds) -> None:
        self.seconds = seconds
        self._address, self._bounds = address, bounds
        self._inside: list[str] = []  # the savepoints that are to be gone back to
        self._connection: pq.abc.PGconn | None = self._connect()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the session. What it has not committed is gone."""
        if self._connection:
            if self._connection.transaction_status == pq.TransactionStatus.ACTIVE:
                self._cancel(self._connection)
            self._connection.finish()
            self._connection = None

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of the last of these statements that gives any; DatabaseError 54000 where they are too many."""
        rows: list[tuple[Any, ...]] = []
        size, whole = 0, False
        for result in self._ask(sql):
            if result.status not in _ROWS or self._stopped:
                continue
            if whole:
                rows, size = [], 0
            whole = result.status == _Status.TUPLES_OK
            try:
                read = _loaded(result)
            except (psycopg.Error, ValueError, RecursionError) as error:
                self._stop_for(UNREADABLE, f"the answer cannot be read: {error}")
                continue
            rows += read
            size += sum(len(value) for row in read for value in row if isinstance(value, str | list | dict))
            if len(rows) > self._bounds.most_rows or size > self._bounds.most_bytes:
                self._stop_for(TOO_MUCH, f"the answer has more than {_cap(self._bounds)}")
                rows = []
        return rows

    def run(self, sql: str) -> int:
        """Run one or more statements, which together are one transaction; how many rows the last of them touched."""
        touched = 0
        for result in self._ask(sql):
            if result.status != _Status.TUPLES_CHUNK:
                touched = result.command_tuples or 0
        return touched

    @contextlib.contextmanager
    def undone(self) -> Iterator[None]:
        """What is done inside is rolled back at its end, also after an error.

        Raises DatabaseError 2D000 where what ran inside ended the transaction by itself, and so was not undone.
        """
        name = f"undone_{secrets.token_hex(8)}"
        outermost = self._awake().transaction_status == pq.TransactionStatus.IDLE
        self._run(f"begin; savepoint {name}" if outermost else f"savepoint {name}")
        self._inside.append(name)
        try:
            yield
        finally:
            self._inside.pop()
            if self._connection:
                self._undo(name, "rollback" if outermost else f"release savepoint {name}")

    def _undo(self, name: str, after: str) -> None:
        try:
            self._run(f"rollback to savepoint {name}; {after}")
        except DatabaseError as error:
            if self._connection:
                self._run("rollback")
            raise DatabaseError(NOT_UNDONE, "it ended the transaction in which it was to be undone") from error

    def _run(self, sql: str) -> None:
        for _ in self._ask(sql, ours=True):
            pass

    def _awake(self) -> pq.abc.PGconn:
        """The connection, a new one where the server has ended the last."""
        if not self._connection:
            if self._inside:
                raise DatabaseError(LOST, "the session in which this was to be undone is gone")
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> pq.abc.PGconn:
        connection = pq.PGconn.connect(self._address.encode())
        if connection.status != pq.ConnStatus.OK:
            why = connection.get_error_message()
            connection.finish()
            raise DatabaseError(LOST, why)
        connection.notice_handler = None
        connection.exec_(SEED)
        self._poll = select.poll()
        self._poll.register(connection.socket, select.POLLIN)
        return connection

    def _ask(self, sql: str, *, ours: bool = False) -> Iterator[pq.abc.PGresult]:
        """Every result of these statements as it comes. Raises DatabaseError after the last where one is refused."""
        text = _encoded(sql)
        if not ours and (why := self._bounds.full()):
            raise DatabaseError(FULL, why)
        connection = self._awake()
        self._stopped: tuple[str, str] | None = None
        self._full: Callable[[], str] = (lambda: "") if ours else self._bounds.full
        self._end = time.monotonic() + self.seconds
        self._stops = _stops()
        error: DatabaseError | None = None
        asked = True
        try:
            connection.send_query(text)
            connection.set_chunked_rows_mode(500)
            while result := self._next(connection):
                if result.status == _Status.FATAL_ERROR:
                    error = error or _error(result)
                elif result.status == _Status.COPY_IN:
                    connection.put_copy_end(b"there is nothing to copy from")
                elif result.status == _Status.COPY_OUT:
                    self._drain(connection)
                else:
                    yield result
            asked = False
        except psycopg.OperationalError as lost:
            error = error or DatabaseError(LOST, str(lost))
        finally:
            if self._connection and (asked or connection.status != pq.ConnStatus.OK):
                self.close()
        if self._stopped:
            raise DatabaseError(*self._stopped)
        if error:
            raise error

    def _next(self, connection: pq.abc.PGconn) -> pq.abc.PGresult | None:
        while connection.is_busy():
            self._wait(connection)
        while connection.notifies():
            pass
        return connection.get_result()

    def _drain(self, connection: pq.abc.PGconn) -> None:
        while (size := connection.get_copy_data(1)[0]) >= 0:
            if not size:
                self._wait(connection)

    def _wait(self, connection: pq.abc.PGconn) -> None:
        """Wait a little for the server, which may have used up its time."""
        self._poll.poll(100)
        connection.consume_input()
        if not self._stopped and (why := self._full()):
            self._stop_for(FULL, why)
        elif time.monotonic() > self._end:
            self._stop_for(CANCELED, f"it took longer than {self.seconds:g} seconds")

    def _stop_for(self, code: str, why: str) -> None:
        """Cancel what runs; what resists is ended, and what resists that is killed."""
        self._stopped = self._stopped or (code, why)
        connection = self._connection
        assert connection
        self._end = time.monotonic() + GRACE
        match next(self._stops):
            case "cancel":
                self._cancel(connection)
            case "end":
                self._bounds.end(connection.backend_pid, False)
            case "kill":
                self._bounds.end(connection.backend_pid, True)
            case _:
                self.close()
                raise psycopg.OperationalError("the server does not answer")

    def _cancel(self, connection: pq.abc.PGconn) -> None:
        with contextlib.suppress(psycopg.Error):
            connection.get_cancel().cancel()


def _stops() -> Iterator[str]:
    yield from ("cancel", "end", "kill")
    while True:
        yield "leave"


class _Values:
    """How values are read: as text where Python has no type that holds each of the server's."""

    connection = None

    def __init__(self) -> None:
        self.adapters = AdaptersMap(psycopg.adapters)
        for name in ("uuid", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "bytea", "inet", "cidr"):
            self.adapters.register_loader(name, TextLoader)


_VALUES = _Values()


def _loaded(result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
    reader = Transformer(_VALUES)
    reader.set_pgresult(result)
    return reader.load_rows(0, result.ntuples, tuple)


def _cap(bounds: Bounds) -> str:
    return f"{bounds.most_rows} rows or {bounds.most_bytes // 1024} kB"


def _encoded(sql: str) -> bytes:
    try:
        text = sql.encode()
    except UnicodeEncodeError:
        text = b"\0"
    if b"\0" in text:
        raise DatabaseError(UNREADABLE, "the statement holds a character that no text of a database can hold")
    return text


def _error(result: pq.abc.PGresult) -> DatabaseError:
    code = result.error_field(pq.DiagnosticField.SQLSTATE)
    message = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or result.get_error_message().encode()
    return DatabaseError((code or LOST.encode()).decode(), message.decode("utf-8", "replace"))
