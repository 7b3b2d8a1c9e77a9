"""An empty database plans as the grown one does, and imagined indexes change its plans as real ones would."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apprescue.lab.postgres import PostgresError
from apprescue.lab.session import Session
from apprescue.methods.advising.sizes import PAGE, Part, btree_pages, levels
from apprescue.methods.advising.statistics import copy_statistics, imported
from apprescue.methods.advising.whatif import WhatIf, one_of_each
from apprescue.model.database import Database, DatabaseError, Resize
from apprescue.model.index import Index, Key
from apprescue.model.place import Code
from apprescue.model.plan import Plan
from apprescue.model.workload import Draw, Drawn, Standing, Statement
from tests.support import laboratory

EXPORT = Path(__file__).parents[3] / "docs" / "statistics.sql"
ALICE, BOB = "00000001-0000-4000-8000-000000000000", "00000002-0000-4000-8000-000000000000"
SCHEMA = """
create extension if not exists pg_trgm;
create type public.state as enum ('draft', 'public', 'hidden');
create table public.people (id uuid primary key, handle text not null unique, email text, score int);
create table public.posts (
  id bigint generated always as identity primary key, author uuid not null references public.people (id),
  title text not null, state public.state not null, tags text[] not null, data jsonb not null, words tsvector,
  likes int not null, during tstzrange, deleted_at timestamptz, created_at timestamptz not null);
create index on public.posts (author, created_at desc);
create index on public.posts (lower(title));
create index on public.posts using gin (tags);
create table public.visits (at timestamptz not null, who uuid, page text) partition by range (at);
create table public.visits_old partition of public.visits for values from ('2020-01-01') to ('2026-01-01');
create table public.visits_new partition of public.visits for values from ('2026-01-01') to ('2030-01-01');
create unlogged table public.drafts (id int primary key, who uuid);
create table public.nothing (id int primary key, who uuid);
create table public."Odd ""Name" (id int primary key, "Who is" uuid);
alter table public.posts enable row level security;
create policy own on public.posts using (author = (select auth.uid()) or state = 'public');
grant all on all tables in schema public to authenticated;
"""
ROWS = """
create function pg_temp.person(n int) returns uuid language sql immutable
  as $$ select (lpad(to_hex(n % 500), 8, '0') || '-0000-4000-8000-000000000000')::uuid $$;
insert into public.people
  select pg_temp.person(g), 'h' || g, case when g % 3 = 0 then 'm' || g || '@x.test' end, g % 7
    from generate_series(0, 499) g;
insert into public.posts (author, title, state, tags, data, words, likes, during, deleted_at, created_at)
  select pg_temp.person((g * g) % 7919), 'Title ' || md5(g::text),
         (array['draft', 'public', 'hidden']::public.state[])[1 + (g % 20 > 1)::int + (g % 20 = 7)::int],
         array['t' || g % 300, 'u' || g % 7], jsonb_build_object('kind', g % 400, 'topic', 'x' || g % 500),
         to_tsvector('simple', md5(g::text)), (g * 31) % 1000, tstzrange(now(), now() + g * interval '1 minute'),
         case when g % 30 <> 0 then now() end, now() - (g * 13) % 6007 * interval '1 minute'
    from generate_series(1, 12000) g;
insert into public.visits select '2025-06-01'::timestamptz + g * interval '3 hours', pg_temp.person(g), 'p' || g % 9
  from generate_series(1, 6000) g;
insert into public.drafts select g, pg_temp.person(g) from generate_series(1, 3000) g;
insert into public."Odd ""Name" select g, pg_temp.person(g) from generate_series(1, 3000) g;
"""
QUERIES = [
    "select * from posts", "select count(*) from posts where likes > 900", "select * from posts where id = 77",
    f"select * from posts where author = '{ALICE}'", f"select id from posts where author = '{BOB}' and state = 'draft'",
    f"select * from posts where author = '{ALICE}' order by created_at desc limit 5",
    "select * from posts where lower(title) = 'x'", "select * from posts where lower(title) < 'title 1'",
    "select * from posts where tags @> '{t7}'", "select * from posts where tags && '{t7,u1}'",
    "select * from posts where data @> '{\"kind\": 3}'", "select * from posts where title ilike '%ab%'",
    "select * from posts where deleted_at is null", "select state, count(*) from posts group by state",
    "select * from posts p join people q on q.id = p.author where q.handle = 'h7'",
    "select * from posts p join people q on q.id = p.author where q.score = 3 order by p.likes limit 9",
    "select * from people q where exists (select from posts p where p.author = q.id and p.likes = 3)",
    "select * from people where email is not null", "select * from people where handle > 'h4' order by handle limit 3",
    "select * from visits where at > '2026-02-01'", f"select * from visits where who = '{ALICE}'",
    "select page, count(*) from visits group by page", "select * from drafts where id = 3", "select * from nothing",
    f"select * from drafts d join posts p on p.author = d.who where d.who = '{BOB}'",
    'select * from "Odd ""Name" where id < 20', "delete from posts where likes = 3",
    "update posts set likes = 1 where id between 3 and 90", "select * from posts where during @> now()",
]  # fmt: skip


def asked(sql: str, role: str = "postgres", *who: str) -> Drawn:
    draws = [Draw(standing, one) for standing, one in zip(Standing, who or ("",), strict=False)]
    return Drawn(Statement(sql, Code("app.ts", 1), role), tuple(draws))


def on(*keys: str | Key, relation: str = "public.posts", **more: object) -> Index:
    return Index(relation, tuple(Key(key) if isinstance(key, str) else key for key in keys), **more)  # type: ignore[arg-type]


@contextmanager
def both() -> Iterator[tuple[Session, Session, Resize]]:
    """The grown database, and an empty one of the same schema."""
    server = laboratory()
    schema = server.template("tuning: the schema", lambda name: _run(name, SCHEMA))
    grown = server.template("tuning: the rows", lambda name: _run(name, ROWS, "vacuum analyze"), base=schema)
    names = server.create(grown), server.create(schema)
    with server.connect(names[0]) as full, server.connect(names[1]) as empty:
        full.run("set max_parallel_workers_per_gather = 0")
        yield full, empty, server.resize(names[1])
    for name in names:
        server.drop(name)


def _run(name: str, *texts: str) -> None:
    with laboratory().connect(name) as session:
        for text in texts:
            session.run(text)


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Session, WhatIf]]:
    with both() as (full, empty, resize):
        copy_statistics(full, empty, resize)
        yield full, WhatIf(empty, resize, grown=full)


def planned(database: Database, drawn: Drawn) -> Plan:
    draw = drawn.draws[0]
    with database.undone():
        if before := drawn.before(draw):
            database.query(before)
        return Plan.of(database.query(f"explain (format json, verbose) {drawn.text(draw)}")[0][0][0]["Plan"])


@pytest.mark.parametrize("role", ["postgres", "authenticated"])
def test_all_costs_are_those_of_the_grown_database(pair: tuple[Session, WhatIf], role: str) -> None:
    full, whatif = pair
    different = []
    for sql in QUERIES:
        drawn = asked(sql, role, ALICE)
        mine, theirs = whatif.plan(drawn, drawn.draws[0]), planned(full, drawn)
        same = [step.kind for step in mine.deep()] == [step.kind for step in theirs.deep()]
        near = 0.04 if "tags" in sql else 0.002  # how many words a GIN index has stands in the index itself
        if not same or mine.cost != pytest.approx(theirs.cost, rel=near, abs=0.02):
            different.append((sql, mine.cost, theirs.cost))
    assert different == []


KINDS = [
    on('"likes"'), on('"state"', Key('"created_at"', descending=True)), on('"author"', include=('"title"', '"likes"')),
    on('"likes"', where="deleted_at is null"), on('"title"'),
    on(Key("(data ->> 'topic'::text)")), on('"created_at"', '"id"', unique=True), on('"deleted_at"'),
    on(Key('"title"', opclass="gin_trgm_ops"), method="gin"), on(Key('"data"', opclass="jsonb_path_ops"), method="gin"),
    on('"words"', method="gin"), on('"during"', method="gist"), on('"author"', method="hash"),
    on('"created_at"', method="brin"), on('"who"', relation="public.visits"), on('"who"', relation="public.drafts"),
    on('"who"', relation="public.nothing"), on('"email"', relation="public.people"),
]  # fmt: skip
WANTING = [
    "select * from posts where likes = 3", "select * from posts where state = 'draft' order by created_at desc limit 3",
    f"select title, likes from posts where author = '{ALICE}'", "select * from posts where title = 'Title x'",
    "select * from posts where likes = 3 and deleted_at is null", "select * from posts where data ->> 'topic' = 'x3'",
    "select * from posts order by created_at limit 9", "select * from posts where deleted_at is null",
    "select * from posts where title ilike '%abcd%'", "select * from posts where data @> '{\"kind\": 3}'",
    "select * from posts where words @@ 'c4ca4238a0b923820dcc509a6f75849b'::tsquery",
    "select * from posts where during && tstzrange(now() - interval '1 year', now() - interval '1 day')",
    f"select * from posts where author = '{ALICE}'", f"select * from visits where who = '{ALICE}'",
    f"select * from drafts where who = '{ALICE}'", f"select * from nothing where who = '{ALICE}'",
    "select * from people where email = 'm3@x.test'",
]  # fmt: skip


def test_imagined_indexes_are_used_where_real_ones_are(pair: tuple[Session, WhatIf]) -> None:
    full, whatif = pair
    agreed, all_of_them, sizes = 0, 0, []
    for index in KINDS:
        relation = index.relation.partition(".")[2]
        whatif.imagine(index)
        full.run(index.create())
        if index.keys[0].expression.startswith("("):
            full.run(f"analyze {relation}")
        if relation != "visits":
            real = full.query(f"select pg_relation_size('public.\"{index.name}\"'::regclass)")[0][0]
            sizes.append((index.definition, whatif.size(index) // PAGE, real // PAGE))
        for sql in WANTING:
            drawn = asked(sql)
            mine, theirs = whatif.plan(drawn, drawn.draws[0]), planned(full, drawn)
            names = [{step.index for step in plan.deep() if step.index} for plan in (mine, theirs)]
            agreed, all_of_them = agreed + (names[0] == names[1]), all_of_them + 1
        whatif.forget(index)
        full.run(f'drop index public."{index.name}"')
    assert agreed >= 0.98 * all_of_them
    assert [told for told in sizes if not told[2] / 1.7 - 3 < told[1] < told[2] * 1.7 + 3] == []


def test_an_expression_is_known_by_its_values(pair: tuple[Session, WhatIf]) -> None:
    full, whatif = pair
    drawn = asked("select * from posts where data ->> 'topic' = 'x3'")
    assert planned(full, drawn).rows == 60  # one in two hundred, as the planner thinks of what it knows nothing of
    whatif.imagine(index := on(Key("(data ->> 'topic'::text)")))
    assert whatif.plan(drawn, drawn.draws[0]).rows == pytest.approx(24, abs=3)
    whatif.forget(index)


def test_what_was_asked_is_not_asked_again(pair: tuple[Session, WhatIf]) -> None:
    whatif = pair[1]
    drawn = asked("select * from people where score = 6")
    before, asked_before = whatif.cost(drawn), whatif.asked
    whatif.imagine(elsewhere := on('"likes"'))
    assert whatif.cost(drawn) == before
    assert whatif.asked == asked_before
    whatif.imagine(index := on('"score"', relation="public.people"))
    assert whatif.cost(drawn) < before
    assert whatif.asked == asked_before + 1
    whatif.forget(index)
    assert whatif.cost(drawn) == before
    assert whatif.asked == asked_before + 1
    assert whatif.cached >= 2
    whatif.forget(elsewhere)
    assert whatif.imagined == set()


def test_a_cost_is_the_mean_over_one_of_each_standing(pair: tuple[Session, WhatIf]) -> None:
    whatif = pair[1]
    drawn = asked(f"select * from posts where author = '{ALICE}' and likes > 3", "authenticated", ALICE, BOB, BOB)
    costs = [whatif.plan(drawn, draw).cost for draw in drawn.draws]
    assert whatif.cost(drawn) == pytest.approx(sum(costs) / 3)
    assert len(one_of_each(Drawn(drawn.statement, drawn.draws * 5))) == 3


def test_what_cannot_be_is_refused_and_leaves_nothing(pair: tuple[Session, WhatIf]) -> None:
    whatif = pair[1]
    drawn = asked("select * from posts")
    before = whatif.plan(drawn, drawn.draws[0]).cost
    for index in (on('"no such"'), on('"data"', method="gist"), on('"id"', relation="public.gone")):
        with pytest.raises(DatabaseError):
            whatif.imagine(index)
    assert whatif.imagined == set()
    assert whatif.plan(drawn, drawn.draws[0]).cost == before
    with pytest.raises(DatabaseError):
        whatif.cost(asked("select * from gone"))


def test_a_relation_of_several_files(pair: tuple[Session, WhatIf]) -> None:
    with both() as (full, empty, resize):
        copy_statistics(full, empty, resize)
        pages = 300_000  # of which one file holds 131,072
        empty.run(
            "select pg_restore_relation_stats('schemaname', 'public', 'relname', 'people', 'relpages', "
            f"{pages}::int, 'reltuples', 1e8::real)"
        )
        resize("public.people", pages)
        whatif = WhatIf(empty, resize)
        drawn = asked("select * from people where score = 6")
        before = whatif.cost(drawn)
        assert before > pages
        begun = time.monotonic()
        whatif.imagine(on('"email"', relation="public.people"))
        assert time.monotonic() - begun < 1  # nothing was read
        assert whatif.plan(drawn, drawn.draws[0]).cost == before
        assert empty.query("select pg_relation_size('people') / 8192") == [(pages,)]


def test_only_databases_of_a_run_are_resized() -> None:
    server = laboratory()
    with pytest.raises(PostgresError, match="no database of a run"):
        server.resize("template1")
    name = server.create()
    for wrong in ("gone", "pg_catalog.pg_database"):
        with pytest.raises(PostgresError):
            server.resize(name)(wrong, 1)
    server.drop(name)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4, unique=True))
def test_what_is_forgotten_was_never_there(pair: tuple[Session, WhatIf], indexes: list[Index]) -> None:
    whatif = pair[1]
    drawn = [asked(sql, role, ALICE) for sql in WANTING[:6] for role in ("postgres", "authenticated")]
    before = [whatif.plan(one, one.draws[0]).cost for one in drawn]
    assert min(before) >= 0
    for index in indexes:
        whatif.imagine(index)
        assert whatif.size(index) >= PAGE
    assert all(whatif.plan(one, one.draws[0]).cost >= 0 for one in drawn)
    for index in indexes:
        whatif.forget(index)
    assert [whatif.plan(one, one.draws[0]).cost for one in drawn] == before


parts = st.builds(
    Part,
    length=st.sampled_from([1, 2, 4, 8, 16, -1]),
    align=st.sampled_from([1, 2, 4, 8]),
    width=st.floats(1, 500),
    nulls=st.sampled_from([0.0, 0.1, 0.9, 1.0]),
    distinct=st.floats(1, 1e6),
    common=st.lists(st.floats(0, 0.02), max_size=4).map(tuple),
)


@given(
    st.lists(parts, min_size=1, max_size=4),
    st.lists(parts, max_size=2),
    st.booleans(),
    st.floats(0, 1e7),
    st.floats(0, 1e7),
)
def test_more_rows_never_take_less_room(
    keys: list[Part], carried: list[Part], lists: bool, some: float, more: float
) -> None:
    few, many = sorted((some, more))
    small, large = (btree_pages(rows, keys, carried, lists=lists) for rows in (few, many))
    assert 1 <= small <= large
    assert levels(small, keys) <= levels(large, keys)


def test_keys_of_a_part_of_the_rows_are_all_there() -> None:
    key = Part(4, 4, 4, distinct=4000.0)
    assert [btree_pages(rows, [key]) for rows in (0, 824.0, 4000.0)] == [1, 5, 13]


# --- statistics of production


def exported(database: Database) -> str:
    return json.dumps(database.query(EXPORT.read_text("utf-8"))[0][0])


def test_an_export_tells_sizes_and_no_value(pair: tuple[Session, WhatIf]) -> None:
    text = exported(pair[0])
    assert '"draft"' in text  # an enum's
    for value in (ALICE, "@x.test", "Title", "h7", "t7", "x3", "p3", "2025-0"):
        assert value not in text
    told = json.loads(text)
    assert {"schema": "public", "name": "posts", "rows": 12000}.items() <= next(
        row for row in told["relations"] if row["name"] == "posts"
    ).items()


def test_an_empty_database_plans_with_productions_sizes() -> None:
    with both() as (full, empty, resize):
        full.run("create table later (id int); alter table people add since date")
        full.run("vacuum analyze")
        empty.run("create table mine (id int); create index on posts (likes)")
        left_out = dict(imported(empty, exported(full), resize))
        assert {"public.later", "public.people.since", "public.mine"} == set(left_out)
        same = 0
        for sql in QUERIES:
            mine, theirs = planned(empty, asked(sql)), planned(full, asked(sql))
            same += [s.kind for s in mine.deep()] == [s.kind for s in theirs.deep()]
        assert same >= 0.8 * len(QUERIES)
        assert planned(empty, asked("select * from posts")).cost == planned(full, asked("select * from posts")).cost


def test_an_export_may_come_wrapped_and_nothing_else() -> None:
    with both() as (full, empty, resize):
        told = json.loads(exported(full))
        for wrapped in ([{"statistics": told}], [{"statistics": json.dumps(told)}], {"statistics": told}):
            assert dict(imported(empty, json.dumps(wrapped), resize)) == {}
        wrong: list[object] = [None, [], {}, "", 3, {"apprescue": 1}, [told, told]]
        wrong.append({**told, "relations": [{"name": 1}]})
        for one in wrong:
            with pytest.raises(ValueError, match="no export"):
                list(imported(empty, json.dumps(one), resize))
        with pytest.raises(ValueError, match="no export"):
            list(imported(empty, "select 1", resize))
