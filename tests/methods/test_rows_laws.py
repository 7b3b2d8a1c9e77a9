"""Laws that hold for every schema: the server accepts the rows, references are closed,
an owner's row hangs on his own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apprescue.lab.postgres import Server, serve
from apprescue.methods.catalog import read
from apprescue.methods.filling.rows import fill
from apprescue.model.access import Actor
from apprescue.model.catalog import Catalog
from apprescue.model.database import Database
from apprescue.model.rows import Filled

PRELUDE = """
create type mood as enum ('calm', 'wild', 'sad');
create domain word as text check (value ~ '^[a-z0-9]{3,12}$');
create domain small as int check (value between 1 and 9);
"""
COLUMNS = """
{c} text not null
{c} int
{c} mood not null
{c} word not null
{c} small not null default 3
{c} text not null check ({c} in ('a', 'b'))
{c} int not null check ({c} > 10 and {c} <= 1000)
{c} varchar(6) not null
{c} text unique not null
{c} int unique not null
{c} word unique not null
{c} numeric(4, 2) not null check ({c} between 0 and 1)
{c} boolean not null
{c} timestamptz not null
{c} date check ({c} > '2020-01-01')
{c} jsonb not null check (jsonb_typeof({c}) = 'object')
{c} text[] not null check (array_length({c}, 1) >= 2)
{c} mood[] not null
{c} inet
{c} bytea not null
{c} int generated always as (1 + 1) stored
{c} text check (length({c}) = 5) not null
{c} interval not null
{c} int not null, {c}x int not null, check ({c} < {c}x)
{c} int, {c}x text, check (num_nonnulls({c}, {c}x) = 1)
{c} date not null, {c}x date, check ({c}x is null or {c}x > {c})
{c} tstzrange not null
{c} char(2) unique
{c} text not null check ({c} ~ '^[A-Z]{{2}}-[0-9]{{4}}$')
{c} text not null check ({c} like 'sku-%')
{c} bigint unique default 5
{c} real not null check ({c} >= 0)
{c} uuid not null
""".strip().split("\n")
KEYS = ("id uuid primary key default gen_random_uuid()", "id bigint generated always as identity primary key",
        "id text primary key", "id serial primary key")  # fmt: skip
KEY_TYPES = ("uuid", "bigint", "text", "int")
OWNERS = ("user_id uuid not null references auth.users", "user_id uuid not null",
  "user_id uuid unique references auth.users",
          "owner_id uuid references auth.users")  # fmt: skip


@dataclass
class Made:
    """A schema under construction: each table's key kind, and what is added to it when all stand."""

    keys: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@st.composite
def schemas(draw: st.DrawFn) -> str:
    made = Made()
    later = []
    count = draw(st.integers(1, 5))
    for table in range(count):
        key = draw(st.integers(0, len(KEYS) - 1))
        parts = [KEYS[key], "part int not null default 7", "unique (id, part)"]
        if draw(st.integers(0, 2)):
            parts.append(draw(st.sampled_from(OWNERS)))
        parts += [draw(st.sampled_from(COLUMNS)).format(c=f"c{place}") for place in range(draw(st.integers(0, 4)))]
        made.keys.append(key)
        for place in range(draw(st.integers(0, 2 if table else 0))):
            to = draw(st.integers(0, table - 1))
            required = draw(st.sampled_from(("", " not null")))
            if draw(st.booleans()):
                parts.append(f"r{place} {KEY_TYPES[made.keys[to]]}{required} references t{to}")
            else:
                parts.append(f"r{place} {KEY_TYPES[made.keys[to]]}{required}, p{place} int{required}, "
                             f"foreign key (r{place}, p{place}) references t{to} (id, part)")  # fmt: skip
        if draw(st.integers(0, 3)) == 0:
            parts.append(f"up {KEY_TYPES[key]}{draw(st.sampled_from(('', ' not null')))} references t{table}")
        made.texts.append(f"create table t{table} ({', '.join(parts)});")
        if table and draw(st.integers(0, 2)) == 0:
            back = draw(st.integers(0, table - 1))
            later.append(f"alter table t{back} add back{table} {KEY_TYPES[key]} references t{table};")
    return PRELUDE + "\n".join([*made.texts, *later])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as given:
        yield given


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(schema=schemas())
def test_laws(server: Server, schema: str) -> None:
    database = server.create()
    try:
        with server.connect(database) as session:
            session.run(schema)
            catalog = read(session)
            found = fill(session, catalog)
            everybody_has_rows(catalog, found)
            references_are_closed(session, catalog)
            rows_stand_there(session, catalog, found)
            rows_hang_on_ones_own(catalog, found)
        again = server.create()
        with server.connect(again) as session:
            session.run(schema)
            assert fill(session, read(session)).rows == found.rows
        server.drop(again)
    finally:
        server.drop(database)


def everybody_has_rows(catalog: Catalog, found: Filled) -> None:
    assert not found.missing
    assert not found.notes
    for relation in catalog.relations:
        if relation.name.startswith("public."):
            assert {row.whose for row in found.of(relation.name)} == set(Actor) - {Actor.ANON, Actor.SERVICE}


def references_are_closed(database: Database, catalog: Catalog) -> None:
    for relation in catalog.relations:
        for link in relation.references:
            if relation.name.startswith("public."):
                joined = " and ".join(f"a.{n} = b.{k}" for n, k in zip(link.columns, link.to_columns, strict=True))
                whole = " and ".join(f"a.{n} is not null" for n in link.columns)
                there = f"select from {link.to} b where {joined}"
                open_ = f"select count(*) from {relation.name} a where {whole} and not exists ({there})"
                assert database.query(open_) == [(0,)]


def rows_stand_there(database: Database, catalog: Catalog, found: Filled) -> None:
    for row in found.rows:
        if row.table.startswith("public."):
            assert database.query(f"select count(*) from {row.table} where {row.where}") == [(1,)]


def rows_hang_on_ones_own(catalog: Catalog, found: Filled) -> None:
    ids = {person.actor: person.id for person in found.people}
    for row in found.rows:
        if row.whose not in (Actor.OWNER, Actor.STRANGER) or not row.table.startswith("public."):
            continue
        for name, text in row.values:
            if name in ("user_id", "owner_id"):
                assert text == ids[row.whose]
        relation = catalog.relation(row.table)
        assert relation is not None
        for link in relation.references:
            if link.to.startswith("public.") and all(row.value(name) is not None for name in link.columns):
                keys = tuple(row.value(name) for name in link.columns)
                [target] = [one for one in found.of(link.to) if tuple(one.value(k) for k in link.to_columns) == keys]
                assert target.whose is row.whose
