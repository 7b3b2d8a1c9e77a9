"""A small app's database in which indexes are really built where others are imagined: for tests of what is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.methods.advising.advise import advise
from apprescue.model.database import ident
from apprescue.model.index import Index
from apprescue.model.place import Code
from apprescue.model.tuning import Advice
from apprescue.model.workload import Draw, Drawn, Parameter, Source, Standing, Statement
from tests.support import laboratory

ALICE, NOBODY = "00000001-0000-4000-8000-000000000000", "ffffffff-0000-4000-8000-000000000000"
TABLES = """
create extension if not exists pg_trgm;
create function pg_temp.person(n int) returns uuid language sql immutable
  as $$ select (lpad(to_hex(n % 3000), 8, '0') || '-0000-4000-8000-000000000000')::uuid $$;
create table public.people (id uuid primary key, handle text not null, email text, is_creator boolean not null);
create table public.posts (
  id bigint generated always as identity primary key, author uuid not null references public.people (id),
  title text not null, body text, status text not null, tags text[] not null, data jsonb not null, words tsvector,
  likes int not null, during tstzrange, deleted_at timestamptz, published_at timestamptz, created_at timestamptz);
create table public.follows (
  id bigint generated always as identity primary key, who uuid not null references public.people (id),
  whom uuid not null references public.people (id), active boolean not null, unique (who, whom));
create table public.comments (
  id bigint generated always as identity primary key,
  post bigint not null references public.posts (id) on delete cascade, author uuid not null, body text);
insert into public.people
  select pg_temp.person(g), 'h' || g, 'm' || g || '@x.test', g < 50 from generate_series(0, 2999) g;
insert into public.posts
       (author, title, body, status, tags, data, words, likes, during, deleted_at, published_at, created_at)
  select pg_temp.person(g * 7919 % 500), 'title ' || md5(g::text), repeat(md5(g::text), 8),
         case when g % 20 = 0 then 'draft' when g % 21 = 0 then 'hidden' else 'public' end,
         array['t' || g % 300], jsonb_build_object('kind', g % 400, 'topic', 'x' || g % 500),
         to_tsvector('simple', md5(g::text)), (g * 31) % 1000, tstzrange(now(), now() + g * interval '1 minute'),
         case when g % 30 <> 0 then now() end,
         case when g % 9 <> 0 then now() - (g * 17) % 6007 * interval '1 hour' end,
         now() - (g * 13) % 6007 * interval '1 minute' from generate_series(1, 6000) g;
insert into public.follows (who, whom, active)
  select pg_temp.person(g), pg_temp.person((g + h * 37) % 500), h % 5 <> 0
    from generate_series(0, 499) g, generate_series(1, 8) h;
insert into public.comments (post, author, body)
  select 1 + (g * 31) % 6000, pg_temp.person(g % 500), md5(g::text) from generate_series(1, 6000) g;
"""


class Built:
    """Indexes that are built where they are imagined."""

    def __init__(self, database: Session) -> None:
        self.database = database

    def imagine(self, index: Index) -> None:
        self.database.run(index.create())

    def forget(self, index: Index) -> None:
        self.database.run(f"drop index {ident(_name(index))}")

    def size(self, index: Index) -> int:
        return int(self.database.query(f"select pg_relation_size('{ident(_name(index))}'::regclass)")[0][0])


def _name(index: Index) -> str:
    return f"{index.relation.partition('.')[0]}.{index.name}"


@contextmanager
def opened(more: str = "") -> Iterator[Session]:
    """The database, and what else stands in it."""
    server = laboratory()
    name = server.create(server.template("the small app of the advisor", _made))
    with server.connect(name) as session:
        if more:
            session.run(more)
        yield session
    server.drop(name)


def _made(name: str) -> None:
    with laboratory().connect(name) as session:
        session.run(TABLES)
        session.run("vacuum analyze")


def asked(
    sql: str,
    *draws: tuple[str, ...],
    who: str = "",
    weight: float = 1.0,
    writes: bool = False,
    patterns: tuple[str, ...] = (),
) -> Drawn:
    """A statement with the values of each draw, the first those of somebody hot; as whom where that is told."""
    many = len(draws[0]) if draws else 0
    parameters = tuple(
        Parameter(Source.COLUMN, pattern=patterns[at] if at < len(patterns) else "{}") for at in range(many)
    )
    statement = Statement(
        sql, Code("app.ts", 1), "authenticated" if who else "postgres", parameters, weight=weight, writes=writes
    )
    standings = list(Standing)
    return Drawn(statement, tuple(Draw(standings[at % 3], who, one) for at, one in enumerate(draws or ((),))))


def advice(session: Session, *drawn: Drawn, budget: int | None = None) -> Advice:
    """What is advised for these statements."""
    return advise(Built(session), drawn, catalog.read(session), budget=budget)


def definitions(told: Advice) -> list[str]:
    """The advised indexes without the quotes of plain names."""
    return sorted(one.index.definition.replace('"', "") for one in told.indexes)
