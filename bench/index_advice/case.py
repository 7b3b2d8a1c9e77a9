"""A database with the statements that are asked of it, as every system is given it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apprescue.lab.postgres import Server
from apprescue.lab.session import Session
from apprescue.model.app import App
from apprescue.model.database import ident
from apprescue.model.place import Code
from apprescue.model.workload import HOLE, Draw, Drawn, Parameter, Source, Standing, Statement

LONG = 3600.0
SHADE = """
create schema made;
create function made.u(n bigint, salt int) returns float8 language sql immutable parallel safe
    return (hashint8extended(n, salt) & 1099511627775) / 1099511627776.0;
create function made.one(n bigint, salt int, words text[]) returns text language sql immutable parallel safe
    return words[1 + floor(made.u(n, salt) * cardinality(words))::int];
create function made.int(n bigint, salt int, low int, high int) returns int language sql immutable parallel safe
    return low + floor(made.u(n, salt) * (high - low + 1))::int;
"""
"""What a value is made of: the same number and salt give the same."""
SECONDARY = """
select n.nspname || '.' || i.relname from pg_index x join pg_class i on i.oid = x.indexrelid
  join pg_namespace n on n.oid = i.relnamespace
 where n.nspname not in ('pg_catalog', 'pg_toast', 'information_schema') and not x.indisprimary and not x.indisunique
   and not exists (select from pg_constraint c where c.conindid = x.indexrelid)
   and pg_has_role(i.relowner, 'usage')"""
SIZE = """
select coalesce(sum(pg_table_size(c.oid)), 0)::bigint from pg_class c
 where c.relkind in ('r', 'm') and pg_has_role(c.relowner, 'usage')
   and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"""


@dataclass(frozen=True)
class Case:
    """`empty` and `data` are databases without any index that is not of a key. `drawn` has the values that are advised
    from, `asked` those that are measured with. A statement is broken off after `limit` seconds and counts as that."""

    name: str
    empty: str
    data: str
    size: int
    drawn: tuple[Drawn, ...]
    asked: tuple[Drawn, ...]
    limit: float
    told: str
    app: App | None = None


def bare(session: Session) -> int:
    """Take all indexes away that are not of a key, and let there be what pieces of text are indexed with."""
    names = [str(name) for (name,) in session.query(SECONDARY)]
    for name in names:
        session.run(f"drop index {ident(name)}")
    session.run("create extension if not exists pg_trgm")
    return len(names)


def made(server: Server, schema: str, filling: Iterable[str]) -> tuple[str, str, int]:
    """Two databases with a schema of ours, one empty and one filled, and the bytes of the filled one."""
    empty = server.create()
    with server.connect(empty, seconds=LONG) as session:
        session.run(schema)
        bare(session)
    data = server.create(empty)
    with server.connect(data, seconds=LONG) as session:
        session.run(alone(data))
        session.run(SHADE)
        for sql in filling:
            session.run(sql)
        session.run("drop schema made cascade")
        session.run("vacuum analyze")
        size = size_of(session)
    return empty, data, size


def alone(name: str) -> str:
    """One process for each query, whoever asks: with many people there are no idle cores that could share in it."""
    return f"alter database {ident(name)} set max_parallel_workers_per_gather = 0"


def size_of(session: Session) -> int:
    """The bytes of all tables, without their indexes."""
    return int(session.query(SIZE)[0][0])


def statement(name: str, sql: str, types: Sequence[str] = (), *, weight: float = 1.0) -> Statement:
    """A statement of a login of the database, its parameters drawn anew each time."""
    parameters = tuple(Parameter(Source.COLUMN, type=one) for one in types)
    writes = not re.match(r"\s*(select|with)\b", sql, re.I)
    return Statement(sql, Code(name, 1), "postgres", parameters, weight=weight, writes=writes)


def drawn(one: Statement, values: Iterable[Sequence[str]]) -> Drawn:
    """A statement with its sets of values, each an SQL expression."""
    draws = tuple(dict.fromkeys(Draw(Standing.MEDIAN, "", tuple(each)) for each in values))
    for draw in draws:
        if len(draw.values) != len(one.parameters) or len(set(HOLE.findall(one.sql))) != len(draw.values):
            raise ValueError(f"{one.place.path}: {draw.values} do not fit")
    return Drawn(one, draws)
