"""What an app asks becomes the index that serves it; what is there is not advised; no budget is broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apprescue.lab.session import Session
from apprescue.methods.advising.costs import explained
from apprescue.model.plan import Plan
from apprescue.model.workload import Drawn
from tests.methods.advising.imagined import ALICE, NOBODY, advice, asked, definitions, opened

ME = f"'{ALICE}'::uuid"
HER, NONE = (ME,), (f"'{NOBODY}'::uuid",)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with opened() as session:
        yield session


KINDS = [
    ("select * from posts where author = $1", (HER,), ["public.posts (author)"]),
    ("select * from posts where author = $1 order by created_at desc nulls last limit 5", (HER,),
     ["public.posts (author, created_at desc nulls last)"]),
    ("select * from posts where author = $1 order by published_at asc nulls first, id limit 3", (HER,),
     ["public.posts (author, published_at nulls first, id)", "public.posts (author, published_at nulls first)"]),
    ("select * from posts where author = $1 and likes > $2", ((ME, "990"),), ["public.posts (author, likes)"]),
    ("select * from posts where likes = any($1)", (("array[3, 5]",),), ["public.posts (likes)"]),
    ("select * from posts where status = 'draft' order by created_at desc limit 10", (),
     ["public.posts (created_at desc) where status = 'draft'::text", "public.posts (status, created_at desc)"]),
    ("select * from posts where status = $1 order by created_at desc limit 10", (("'draft'",),),
     ["public.posts (status, created_at desc)"]),
    ("select * from posts where deleted_at is null and author = $1", (HER,),
     ["public.posts (author) where deleted_at is null"]),
    ("select * from people where is_creator and handle = $1", (("'h7'",),),
     ["public.people (handle) where is_creator"]),
    ("select * from people where not is_creator and lower(email) = $1", (("'m7@x.test'",),),
     ["public.people ((lower(email))) where not is_creator", "public.people ((lower(email)))"]),
    ("select count(*) from posts where author = $1", (HER,), ["public.posts (author)"]),
    ("select id, likes from posts where likes between $1 and $2", (("10", "60"),),
     ["public.posts (likes) include (id)", "public.posts (likes)"]),
    ("select max(created_at) from posts", (), ["public.posts (created_at)"]),
    ("select id, title from posts where title ilike $1", (("'%a1b2%'",),),
     ["public.posts using gin (title gin_trgm_ops)"]),
    ("select id from posts where title like $1", (("'title a1b%'",),),
     ["public.posts (title text_pattern_ops) include (id)", "public.posts (title text_pattern_ops)"]),
    ("select id from posts where title ~* $1", (("'ab12c'",),), ["public.posts using gin (title gin_trgm_ops)"]),
    ("select id from posts where tags @> $1::text[]", (("'{t7}'",),), ["public.posts using gin (tags)"]),
    ("select id from posts where tags && $1::text[]", (("'{t7,t8}'",),), ["public.posts using gin (tags)"]),
    ("select id from posts where data @> $1::jsonb", (("""'{"topic": "x7"}'""",),),
     ["public.posts using gin (data jsonb_path_ops)"]),
    ("select id from posts where data ->> 'topic' = $1", (("'x7'",),), ["public.posts ((data ->> 'topic'::text))"]),
    ("select id from posts where words @@ plainto_tsquery('simple', $1)", (("'c4ca4238a0b923820dcc509a6f75849b'",),),
     ["public.posts using gin (words)"]),
    ("select id from posts where to_tsvector('simple', title) @@ plainto_tsquery('simple', $1)", (("'zebra'",),),
     ["public.posts using gin ((to_tsvector('simple'::regconfig, title)))"]),
    ("select * from comments c join posts p on p.id = c.post where p.author = $1", (HER,),
     ["public.comments (post)", "public.posts (author)"]),
    ("select distinct on (author) author, created_at from posts order by author, created_at desc", (),
     ["public.posts (author, created_at desc)"]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "draws", "expected"), KINDS, ids=[sql for sql, *_ in KINDS])
def test_each_kind_of_condition_gets_its_index(
    session: Session, sql: str, draws: tuple[tuple[str, ...], ...], expected: list[str]
) -> None:
    patterns = ("{}%",) if " like " in sql else ("%{}%",)
    told = definitions(advice(session, asked(sql, *draws, patterns=patterns)))
    assert told in ([*map(str, expected)], *([one] for one in expected))


def test_both_columns_of_an_or_get_an_index(session: Session) -> None:
    told = definitions(
        advice(session, asked("select id, body from comments where author = $1 or post = $2", (ME, "7")))
    )
    assert told == ["public.comments (author)", "public.comments (post)"]


def test_the_column_of_a_row_policy_gets_its_index() -> None:
    rules = """
        alter table public.comments enable row level security;
        create policy mine on public.comments for select to authenticated using ((select auth.uid()) = author)"""
    with opened(rules) as session:
        told = definitions(advice(session, asked("select * from comments", (), who=ALICE)))
        assert told == ["public.comments (author)"]
        assert definitions(advice(session, asked("select * from comments"))) == []


def test_what_a_policy_looks_up_gets_its_index() -> None:
    rules = """
        alter table public.follows drop constraint follows_who_whom_key;
        create function public.follows_me(them uuid) returns boolean language sql stable security definer
          as $$ select exists (select 1 from public.follows where whom = auth.uid() and who = them) $$;
        alter table public.comments enable row level security;
        create policy theirs on public.comments for select to authenticated using (public.follows_me(author))"""
    with opened(rules) as session:
        told = definitions(advice(session, asked("select * from comments", (), who=ALICE)))
        assert any(text.startswith("public.follows (who") for text in told)


def test_rows_that_hang_on_a_deleted_one_are_found(session: Session) -> None:
    told = advice(session, asked("delete from posts where id = $1", ("7",), writes=True))
    assert definitions(told) == ["public.comments (post)"]


def test_two_that_begin_alike_share_an_index(session: Session) -> None:
    told = advice(
        session,
        asked("select * from posts where author = $1", HER),
        asked("select * from posts where author = $1 order by created_at desc limit 3", HER),
    )
    assert definitions(told) == ["public.posts (author, created_at desc)"]
    assert len(told.indexes[0].helps) == 2


def test_both_directions_share_an_index(session: Session) -> None:
    told = advice(
        session,
        asked("select * from posts where author = $1 order by created_at desc limit 3", HER),
        asked("select * from posts where author = $1 order by created_at limit 3", HER),
    )
    assert len(told.indexes) == 1


def test_what_stands_already_is_not_advised() -> None:
    with opened("create index mine on public.posts (author, created_at desc)") as session:
        asks = asked("select * from posts where author = $1 order by created_at desc limit 3", HER)
        assert advice(session, asks).indexes == ()


def test_nobody_walks_through_everything_to_find_nothing(session: Session) -> None:
    """The planner would rather walk through all posts from the latest on than look up whom somebody follows."""
    sql = (
        "select p.* from posts p join follows f on f.whom = p.author where f.who = $1 and f.active"
        " order by p.created_at desc limit 5"
    )
    told = definitions(advice(session, asked(sql, HER, HER, NONE)))
    assert "public.posts (created_at desc)" not in told


def test_reasons_are_plain(session: Session) -> None:
    told = advice(session, asked("select id, title from posts where title ilike $1", ("'%a1b2%'",)))
    assert told.indexes[0].reason.startswith(
        "Finds rows of posts by what title contains. It is for the query of app.ts:1"
    )
    assert "needs the extension pg_trgm" in told.indexes[0].reason


def test_nothing_is_left_behind(session: Session) -> None:
    count = "select count(*) from pg_index"
    before = session.query(count)
    advice(session, asked("select * from posts where author = $1", HER))
    assert session.query(count) == before


WORKLOAD = [
    asked("select * from posts where author = $1 order by created_at desc limit 5", HER, HER, NONE),
    asked("select id, title from posts where title ilike $1", ("'%a1b2%'",)),
    asked("select count(*) from posts where status = 'draft'"),
    asked("select * from comments c join posts p on p.id = c.post where p.author = $1", HER),
    asked("select * from posts where data @> $1::jsonb", ("""'{"topic": "x7"}'""",)),
    asked("update posts set likes = likes + 1 where id = $1", ("7",), weight=5, writes=True),
]


def cost_with(session: Session, drawn: list[Drawn], told: list[str]) -> float:
    total = 0.0
    with session.undone():
        for text in told:
            session.run(f"create index on {text}")
        for one in drawn:
            total += sum(Plan.of(explained(session, one, draw)).cost for draw in one.draws) / len(one.draws)
    return total


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(budget=st.integers(0, 3_000_000), more=st.integers(0, 1_000_000))
def test_a_budget_is_kept_and_more_of_it_is_never_worse(session: Session, budget: int, more: int) -> None:
    small, large = advice(session, *WORKLOAD, budget=budget), advice(session, *WORKLOAD, budget=budget + more)
    assert sum(one.size for one in small.indexes) <= budget
    assert sum(one.size for one in large.indexes) <= budget + more
    costs = [cost_with(session, WORKLOAD, [one.index.definition for one in told.indexes]) for told in (small, large)]
    assert costs[1] <= costs[0] * 1.02


def test_the_same_question_has_the_same_answer(session: Session) -> None:
    assert advice(session, *WORKLOAD).indexes == advice(session, *WORKLOAD).indexes


def test_an_index_that_cannot_be_is_left_out(session: Session) -> None:
    told = advice(session, asked("select * from posts where created_at::date = $1", ("current_date",)))
    assert told.indexes == ()


def test_a_statement_that_cannot_run_is_left_out(session: Session) -> None:
    told = advice(session, asked("select * from nowhere"), asked("select * from posts where author = $1", HER))
    assert definitions(told) == ["public.posts (author)"]
