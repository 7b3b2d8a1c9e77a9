"""A small shop of posts: its database with rows, and what an app's files ask of it, told and run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.model.catalog import Catalog
from apprescue.model.workload import HOLE, Parameter, Source, Statement, Untold, Workload
from apprescue.source.statements.workload import workload
from apprescue.sprint.run import world_of
from tests.support import laboratory

SCHEMA = """
create type state as enum ('draft', 'live');
create table users (id int primary key, email text not null unique, name text, joined_at timestamptz default now());
create table posts (
    id serial primary key, author_id int not null references users, title text not null, status state not null
    default 'draft', views int not null default 0, created_at timestamptz not null default now(), tags text[]);
create table comments (
    id serial primary key, post_id int not null references posts, author_id int references users, body text not null);
create table _liked ("A" int not null references posts, "B" int not null references users);
insert into users (id, email, name) values (1, 'ann@x.org', 'Ann'), (2, 'bob@x.org', 'Bob'), (3, 'cy@x.org', null);
insert into posts (id, author_id, title, status, views, created_at, tags) values
    (1, 1, 'Apples', 'live', 10, '2026-01-01', '{a}'), (2, 1, 'Pears', 'draft', 5, '2026-01-02', '{b}'),
    (3, 2, 'apple pie', 'live', 7, '2026-01-03', '{a,b}'), (4, 2, 'Cherries', 'live', 0, '2026-01-04', null);
insert into comments (id, post_id, author_id, body) values (1, 1, 2, 'yum'), (2, 1, 3, 'meh'), (3, 3, 1, 'nice');
insert into _liked values (1, 2), (1, 3), (3, 1);
select setval('posts_id_seq', 100), setval('comments_id_seq', 100);
"""
USUAL = {
    "users.id": "1", "users.email": "'ann@x.org'", "posts.id": "1", "posts.author_id": "1", "comments.post_id": "1",
    "posts.status": "'live'", "_liked.A": "1", "_liked.B": "2", "posts.views": "3", "posts.title": "'New'",
    "comments.body": "'New'", "users.name": "'New'", "comments.author_id": "2", "posts.created_at": "'2026-01-02'",
}  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """The database, and what it is made of."""

    session: Session
    catalog: Catalog

    def told(self, files: Mapping[str, str]) -> Workload:
        """What an app asks."""
        return workload(world_of(files)["app"], self.catalog)

    def one(self, files: Mapping[str, str]) -> Statement:
        """The only statement of an app."""
        (found,) = self.all(files)
        return found

    def all(self, files: Mapping[str, str]) -> tuple[Statement, ...]:
        """The statements of an app of which everything is told."""
        told = self.told(files)
        assert not told.untold, told.untold
        return told.statements

    def untold(self, files: Mapping[str, str]) -> Untold:
        """Why the only query of an app is not told."""
        told = self.told(files)
        assert not told.statements, told.statements
        (found,) = told.untold
        return found

    def rows(self, statement: Statement, **given: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives with usual values, or those `given` for columns; nothing stays changed."""
        values = [value_of(parameter, given) for parameter in statement.parameters]
        with self.session.undone():
            return self.session.query(HOLE.sub(lambda hole: values[int(hole[1]) - 1], statement.sql))

    def after(self, statement: Statement, look: str) -> list[tuple[Any, ...]]:
        """What a query gives after a change."""
        values = [value_of(parameter, {}) for parameter in statement.parameters]
        with self.session.undone():
            self.session.run(HOLE.sub(lambda hole: values[int(hole[1]) - 1], statement.sql))
            return self.session.query(look)

    def asked(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of an SQL text."""
        with self.session.undone():
            return self.session.query(sql)


def value_of(parameter: Parameter, given: Mapping[str, str]) -> str:
    """A value as SQL."""
    name = f"{parameter.relation.removeprefix('public.')}.{parameter.column}"
    cast = f"::{parameter.type}" if parameter.type and not parameter.many else ""
    match parameter.source:
        case Source.FIXED | Source.MOMENT:
            return f"({parameter.text}){cast}"
        case Source.WORD:
            return "'" + parameter.pattern.replace("{}", given.get("word", "pple")) + "'"
        case Source.ME:
            return given.get("me", "1")
    value = given.get(parameter.column, USUAL.get(name, "null"))
    if parameter.many and parameter.type.endswith("[]"):
        return f"array[{value}]::{parameter.type}"
    return value if parameter.many else f"{value}{cast}"


@contextmanager
def shop() -> Iterator[Shop]:
    """The shop, made anew."""
    server = laboratory()
    name = server.create()
    with server.connect(name) as session:
        session.run(SCHEMA)
        yield Shop(session, catalog.read(session))
    server.drop(name)
