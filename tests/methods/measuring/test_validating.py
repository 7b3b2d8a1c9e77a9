"""What was advised is built and measured: what helps stays, what is needless, harmful or too dear goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apprescue.lab.session import Session
from apprescue.methods.measuring.taxes import in_place, taxes
from apprescue.methods.measuring.validating import built
from apprescue.model.index import Index, Key
from apprescue.model.place import Code
from apprescue.model.tuning import Advice, Advised, Built
from apprescue.model.workload import Draw, Drawn, Standing, Statement
from tests.support import laboratory

ROWS = 60_000
TABLES = f"""
create extension pg_trgm;
create table public.people (id int primary key);
insert into public.people select generate_series(0, 999);
create table public.posts (id int generated always as identity primary key, owner int not null references public.people,
  title text, state text, tags jsonb, seen int default 0, twice int generated always as (seen * 2) stored,
  created timestamptz not null);
create unique index once on public.posts (title, id);
create index by_state on public.posts (state);
insert into public.posts (owner, title, state, tags, created)
  select i % 1000, md5(i::text), case when i > {ROWS} - 3000 then 'open' else 'done' end,
         jsonb_build_array('t' || i % 500), timestamptz '2026-01-01' + i * interval '1 minute'
    from generate_series(1, {ROWS}) i;
alter table public.posts enable row level security;
create policy everybody on public.posts for all to authenticated using (true);
grant all on all tables in schema public to anon, authenticated;
create function public.posts_of(who int) returns bigint language sql stable security definer
  as $$ select count(*) from public.posts where owner = who $$;
create function public.dear(what text) returns int language sql immutable
  as $$ select length(replace(repeat(what, 60), 'a', 'bb')) $$;
create function public.boom() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
create trigger boom before insert on public.posts for each row execute function public.boom();
vacuum analyze public.posts;
"""
ME = "6f0c3a52-1b7e-4c7a-9d0e-000000000001"


def drawn(sql: str, *values: tuple[str, ...], writes: bool = False, weight: float = 1.0) -> Drawn:
    statement = Statement(sql, Code("src/app.ts", 7), "authenticated", writes=writes, weight=weight)
    return Drawn(statement, tuple(Draw(Standing.HOT, ME, one) for one in values or ((),)))


def index(*keys: str | Key, **more: object) -> Index:
    made = tuple(Key(f'"{key}"') if isinstance(key, str) else key for key in keys)
    return Index("public.posts", made, **more)  # type: ignore[arg-type]


def advice(*indexes: Index) -> Advice:
    return Advice(tuple(Advised(one, 0, reason="It was advised.") for one in indexes))


LATEST = drawn("select * from public.posts where owner = $1 order by created desc limit 20", ("1",), ("2",), ("-1",))
COUNTED = drawn("select public.posts_of(3)")
OWNED = index("owner", Key('"created"', descending=True))


@pytest.fixture(scope="module")
def name() -> Iterator[str]:
    server = laboratory()
    made = server.create()
    with server.connect(made) as session:
        first, _, last = TABLES.rpartition("\nvacuum")
        session.run(first)
        session.run(f"vacuum {last}")
    yield made
    server.drop(made)


@pytest.fixture
def session(name: str) -> Iterator[Session]:
    with laboratory().connect(name) as opened:
        yield opened
        for (made,) in opened.query(
            "select indexname from pg_indexes where tablename = 'posts' and indexname like '%\\_idx'"
        ):
            opened.run(f'drop index public."{made}"')


def standing(session: Session) -> set[str]:
    return {
        n
        for (n,) in session.query(
            "select indexname from pg_indexes where tablename = 'posts' and indexname like '%\\_idx'"
        )
    }


def judged(session: Session, asked: list[Drawn], *indexes: Index) -> dict[str, Built]:
    done = built(session, asked, advice(*indexes))
    assert [one.advised.index for one in done] == list(indexes)
    assert standing(session) == {one.advised.index.name for one in done if not one.refused}
    return {one.advised.index.name: one for one in done}


def test_what_helps_stays_with_its_figures(session: Session) -> None:
    (one,) = judged(session, [LATEST, COUNTED], OWNED).values()
    assert not one.refused
    assert {key: was > now + 1 for key, was, now in one.gains} == {
        LATEST.statement.key: True,
        COUNTED.statement.key: True,  # read inside a function, which no plan shows
    }
    assert set(one.advised.helps) == {LATEST.statement.key, COUNTED.statement.key}
    assert one.advised.size == session.query(f"select pg_relation_size('public.{OWNED.name}')")[0][0] > 100_000
    assert one.seconds > 0
    assert one.tax > 0.05


def test_of_two_that_do_the_same_the_first_stays(session: Session) -> None:
    shorter = index("owner")
    done = judged(session, [LATEST, COUNTED], OWNED, shorter)
    assert not done[OWNED.name].refused
    assert done[shorter.name].refused.startswith("No query gets noticeably faster")


def test_what_nothing_reads_goes(session: Session) -> None:
    needless = index("seen")
    assert judged(session, [LATEST], needless)[needless.name].refused == "No query is answered with it."


def test_what_saves_less_than_a_millisecond_goes(session: Session) -> None:
    title = session.query("select title from public.posts where id = 5")[0][0]
    tiny = drawn(f"select * from public.posts where title = '{title}' and state = 'done'")
    by_both = index("title", "state")
    refused = judged(session, [tiny], by_both)[by_both.name].refused
    assert refused.startswith(("No query gets noticeably faster", "No query is answered"))


def test_what_misleads_the_planner_goes(session: Session) -> None:
    """The rare state stands at the end, and the planner thinks that rows of all states lie mixed: an index in the order
    of time makes it walk through all that is done, where it read and sorted before."""
    misled = drawn("select title from public.posts where state = 'open' and seen = 0 order by created limit 20")
    in_time = index("created")
    refused = judged(session, [misled], in_time)[in_time.name].refused
    assert refused.startswith("It makes the query in src/app.ts:7 slower: ")


def test_what_cannot_be_built_is_told(session: Session) -> None:
    wrong = index("nowhere")
    assert judged(session, [LATEST], wrong)[wrong.name].refused == (
        'It cannot be built: column "nowhere" does not exist.'
    )


def test_queries_that_fail_say_nothing(session: Session) -> None:
    assert not judged(session, [drawn("select 1 / 0"), LATEST], OWNED)[OWNED.name].refused


def test_measuring_leaves_nothing_behind(session: Session) -> None:
    inserting = drawn("insert into public.people values (5000)", writes=True)
    removing = drawn("delete from public.posts where owner = 3", writes=True)
    judged(session, [inserting, removing, LATEST], OWNED)
    assert session.query("select count(*)::int, sum(seen)::int from public.posts") == [(ROWS, 0)]
    assert session.query("select count(*)::int from public.people") == [(1000,)]
    constraints = "select count(*)::int from pg_constraint where conrelid = 'public.posts'::regclass and contype <> 'n'"
    assert session.query(constraints) == [(2,)]
    assert session.query("select to_regclass('public.once') is null, to_regclass('apprescue_copies')") == [
        (False, None)
    ]


def test_who_writes_far_more_than_he_reads_is_not_taxed(session: Session) -> None:
    reads = drawn("select count(*) from public.posts where public.dear(title) = 7", weight=0.0001)
    writes = drawn("update public.posts set seen = seen + 1 where id < 2000", writes=True, weight=1000.0)
    of_dear = index(Key('(public.dear("title"))'))
    refused = judged(session, [reads, writes], of_dear)[of_dear.name].refused
    assert refused.startswith("Who writes loses more by it than who reads gains: src/app.ts:7, ")


def test_the_tax_is_that_of_the_index(session: Session) -> None:
    cheap, dear = index("seen"), index(Key('"title"', opclass="gin_trgm_ops"), method="gin")
    for one in (cheap, dear):
        session.run(one.create())
    told = taxes(session, [cheap, dear])
    assert 0 <= told[cheap.name] < 20
    assert told[dear.name] > told[cheap.name] + 3


def test_updates_that_are_no_longer_done_in_place_are_told() -> None:
    marks = drawn('update "public"."posts" set "seen" = $1, state = \'done\' where "id" = 3', ("1",), writes=True)
    assert in_place(index("seen"), [marks]) == "Updates of seen write the row anew, with an entry in every index."
    assert "state" in in_place(index("owner", where="state = 'open'"), [marks])
    assert not in_place(index("id"), [marks])
    assert not in_place(index("seen"), [drawn("update public.others set seen = 1", writes=True)])
    assert not in_place(index("seen", method="brin"), [marks])
