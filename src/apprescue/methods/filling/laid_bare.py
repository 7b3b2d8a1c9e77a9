"""References, keys and indexes that are taken away before many rows go in, and put back after: a key that is built
over a million rows at once takes a tenth of the time of one that grows row by row."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

from apprescue.methods.filling.inserting import relation
from apprescue.model.catalog import Relation
from apprescue.model.database import Database, DatabaseError, ident_of, literal

TAKEN, DEADLOCK = "23505", "40P01"
CONSTRAINTS = """
select conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) from pg_constraint
 where contype = 'f' and conrelid = any({tables}::regclass[]) and conparentid = 0"""
INDEXES = """
select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indrelid::regclass::text from pg_index i
 where i.indrelid = any({tables}::regclass[]) and not i.indisunique and not i.indisexclusion
   and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)"""
KEYS = """
select i.indrelid::regclass::text, i.indexrelid::regclass::text, c.conname::text,
       coalesce(pg_get_constraintdef(c.oid), pg_get_indexdef(i.indexrelid)),
       array(select pg_get_indexdef(i.indexrelid, k, false) from generate_series(1, i.indnkeyatts::int) k),
       coalesce(pg_get_expr(i.indpred, i.indrelid), '')
  from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
 where i.indrelid = any({tables}::regclass[]) and i.indisunique and not i.indisexclusion and not i.indisreplident
   and not exists (select from pg_inherits h where i.indrelid in (h.inhrelid, h.inhparent))"""
PUBLISHED = """
select p.pubname::text, r.prrelid::regclass::text from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
 where r.prrelid = any({tables}::regclass[]) and r.prqual is null and r.prattrs is null"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken away: of which table, and how it is made again. `keys` are the expressions that a unique one must
    find different, in the rows of the condition `where`."""

    table: str
    text: str
    keys: tuple[str, ...] = ()
    where: str = ""

    @property
    def whole(self) -> str:
        """The condition of the rows that it compares."""
        nulls = "" if "NULLS NOT DISTINCT" in self.text else " and ".join(f"({key}) is not null" for key in self.keys)
        return " and ".join(text for text in (nulls, self.where) if text) or "true"


class Bare:
    """Tables that stand without references, keys and indexes for a while. Several `sessions` work side by side."""

    def __init__(self, sessions: Sequence[Database], tables: Iterable[Relation]) -> None:
        self._sessions = sessions
        self.references: list[Taken] = []
        self.keys: list[Taken] = []
        self._indexes: list[Taken] = []
        names = ", ".join(literal(relation(table)) for table in tables)
        self._tables = f"array[{names}]::text[]"

    def take(self) -> None:
        """Take all away that can be; also the publications, for they refuse to change a row that has no key."""
        database = self._sessions[0]
        for publication, table in database.query(PUBLISHED.format(tables=self._tables)):
            with contextlib.suppress(DatabaseError):  # it may be another's
                database.run(f"alter publication {ident_of(publication)} drop table {table}")
                self._indexes.append(Taken(table, f"alter publication {ident_of(publication)} add table {table}"))
        for table, name, text in database.query(CONSTRAINTS.format(tables=self._tables)):
            database.run(f"alter table {table} drop constraint {ident_of(name)}")
            self.references.append(Taken(table, f"alter table {table} add constraint {ident_of(name)} {text}"))
        for name, text, table in database.query(INDEXES.format(tables=self._tables)):
            database.run(f"drop index {name}")
            self._indexes.append(Taken(table, text))
        for table, index, name, text, keys, where in database.query(KEYS.format(tables=self._tables)):
            gone = f"alter table {table} drop constraint {ident_of(name)}" if name else f"drop index {index}"
            again = f"alter table {table} add constraint {ident_of(name)} {text}" if name else text
            try:
                database.run(gone)
            except DatabaseError:  # a view or a table that stays as it is hangs on it
                continue
            self.keys.append(Taken(table, again, tuple(keys), where))

    def with_keys(self) -> set[str]:
        """Put the keys back; of rows that have the same, the first stays. The tables that lost rows by it."""
        short: set[str] = set()
        by_table: dict[str, list[Taken]] = {}
        for one in self.keys:
            by_table.setdefault(one.table, []).append(one)

        def work(of_table: list[Taken]) -> Callable[[Database], None]:
            def done(database: Database) -> None:
                for one in of_table:
                    if _keyed(database, one):
                        short.add(one.table)

            return done

        side_by_side(self._sessions, [work(of_table) for of_table in by_table.values()])
        return short

    def with_all(self) -> None:
        """Put the rest back. Raises DatabaseError where a reference leads nowhere."""
        by_table: dict[str, list[Taken]] = {}
        for one in self._indexes:
            by_table.setdefault(one.table, []).append(one)
        side_by_side(self._sessions, [_made(of_table) for of_table in by_table.values()])
        try:
            side_by_side(self._sessions, [_made([one]) for one in self.references])
        except DatabaseError as error:
            if error.sqlstate != DEADLOCK:
                raise
            for one in self.references:
                _again(self._sessions[0], one)


def _again(database: Database, one: Taken) -> None:
    """Make it again, if it is not there yet."""
    try:
        database.run(one.text)
    except DatabaseError as error:
        if error.sqlstate != "42710":
            raise


def _made(some: Sequence[Taken]) -> Callable[[Database], None]:
    def done(database: Database) -> None:
        for one in some:
            database.run(one.text)

    return done


def _keyed(database: Database, one: Taken) -> int:
    """Make a key again; how many rows had to go for it."""
    try:
        database.run(one.text)
        return 0
    except DatabaseError as error:
        if error.sqlstate != TAKEN:
            raise
    gone = database.run(
        f"set local session_replication_role = replica; delete from {one.table} a using ("
        f"select ctid as place, row_number() over (partition by {', '.join(one.keys)} order by ctid) as n"
        f" from {one.table} where {one.whole}) b where a.ctid = b.place and b.n > 1"
    )
    database.run(one.text)
    return gone


def side_by_side(sessions: Sequence[Database], work: Sequence[Callable[[Database], None]]) -> None:
    """Do all of it, each piece in one of the sessions. Raises the first DatabaseError after all is over."""
    if len(sessions) == 1:
        for piece in work:
            piece(sessions[0])
        return
    free: SimpleQueue[Database] = SimpleQueue()
    for session in sessions:
        free.put(session)
    failed: list[DatabaseError] = []
    lock = threading.Lock()

    def one(piece: Callable[[Database], None]) -> None:
        session = free.get()
        try:
            piece(session)
        except DatabaseError as error:
            with lock:
                failed.append(error)
        finally:
            free.put(session)

    with ThreadPoolExecutor(len(sessions)) as pool:
        for _ in pool.map(one, work):
            pass
    if failed:
        raise failed[0]
