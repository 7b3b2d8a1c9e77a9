"""Each query's time alone and in crowds: what the server took, of everything that ran and of nothing that did not."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apprescue.lab.load import PgBench
from apprescue.lab.session import Session
from apprescue.methods.measuring.measuring import (
    CONNECTING,
    DIRECT,
    LOOK_EVERY,
    PEOPLE,
    POOL,
    Measurement,
    arrivals,
    measured,
    shares,
    usual_crowds,
)
from apprescue.methods.measuring.timing import milliseconds, planned, timed
from apprescue.model.database import DatabaseError
from apprescue.model.load import Crowd, Latency
from apprescue.model.tuning import ALONE, EVERYBODY
from apprescue.model.workload import Drawn
from tests.support import drawn, laboratory

TABLES = """
create table public.posts (id int primary key, owner uuid, title text);
insert into public.posts select i, auth.uid(), 'post ' || i from generate_series(1, 1000) i;
create index posts_title on public.posts (title);
alter table public.posts enable row level security;
create policy everybody on public.posts for all to authenticated using (true);
grant all on all tables in schema public to anon, authenticated;
create function public.titled(what text) returns bigint language sql stable security definer
  as $$ select count(*) from public.posts where title = what $$;
create procedure public.call_it() language sql as $$ select 1 $$;
analyze public.posts;
"""


@pytest.fixture(scope="module")
def name() -> Iterator[str]:
    server = laboratory()
    made = server.create()
    with server.connect(made) as session:
        session.run(TABLES)
    yield made
    server.drop(made)


@pytest.fixture
def session(name: str) -> Iterator[Session]:
    with laboratory().connect(name) as opened:
        yield opened


def test_the_time_is_the_servers(session: Session) -> None:
    sleeping = drawn("select pg_sleep(0.05)")
    assert 50 <= milliseconds(session, sleeping, sleeping.draws[0]) < 80


def test_what_takes_too_long_is_broken_off(session: Session) -> None:
    sleeping = drawn("select pg_sleep(9)")
    assert milliseconds(session, sleeping, sleeping.draws[0], limit=0.1) == math.inf
    assert session.query("select 1") == [(1,)]


def test_the_indexes_that_were_read_are_told(session: Session) -> None:
    by_title = drawn("select * from public.posts where title = $1", ("'post 7'",))
    inside = drawn("select public.titled('post 7')")
    all_of_them = drawn("select count(owner) from public.posts")
    for _ in range(2):
        assert timed(session, by_title, by_title.draws[0]).indexes == {"posts_title"}
        assert timed(session, inside, inside.draws[0]).indexes == {"posts_title"}
        assert timed(session, all_of_them, all_of_them.draws[0]).indexes == frozenset()


def test_what_cannot_be_explained_is_timed_too(session: Session) -> None:
    called = drawn("call public.call_it()")
    assert planned(session, called, called.draws[0]) is None
    assert 0 < milliseconds(session, called, called.draws[0]) < 1000


def test_a_refusal_is_raised_and_nothing_written_stays(session: Session) -> None:
    wrong, gone = drawn("select 1 / 0"), drawn("delete from public.posts", writes=True)
    with pytest.raises(DatabaseError, match="division by zero"):
        milliseconds(session, wrong, wrong.draws[0])
    assert milliseconds(session, gone, gone.draws[0]) > 0
    assert session.query("select count(*)::int, current_setting('role') from public.posts") == [(1000, "none")]


@pytest.fixture(scope="module")
def measurement(name: str) -> tuple[dict[str, Drawn], Measurement, list[float]]:
    asked = {
        "quick": drawn("select * from public.posts where id = $1", ("1",), ("2",)),
        "slow": drawn("select pg_sleep(0.12)", weight=0.00001),
        "wrong": drawn("select * from public.nowhere"),
        "writing": drawn("insert into public.posts values (5000)", writes=True),
    }
    crowds = {EVERYBODY: Crowd(3, 1, rate=100), DIRECT: Crowd(6, 1)}
    shown: list[float] = []
    with laboratory().connect(name) as session:
        load = PgBench(laboratory())
        told = measured(
            load,
            session,
            name,
            list(asked.values()),
            1000,
            crowds=crowds,
            repeats=2,
            progress=lambda _, share: shown.append(share),
        )
    return asked, told, shown


def test_everything_is_measured_in_every_way(measurement: tuple[dict[str, Drawn], Measurement, list[float]]) -> None:
    asked, told, shown = measurement
    for kind in ("quick", "slow", "writing"):
        of_it = told.asked[asked[kind].statement.key]
        assert of_it.rows == 1000
        assert [name for name, _ in of_it.latencies] == [ALONE, EVERYBODY, DIRECT]
        assert all(latency.count and latency.p50 <= latency.p95 <= latency.p99 for _, latency in of_it.latencies)
    slow = told.asked[asked["slow"].statement.key].under(ALONE)
    quick = told.asked[asked["quick"].statement.key].under(ALONE)
    assert slow
    assert quick
    assert slow.count == 3
    assert 120 <= slow.p50 < 170
    assert quick.count > 100 > quick.p50
    assert 0 <= told.spread < 2
    assert shown == sorted(shown)
    assert 0 <= shown[0] <= shown[-1] <= 1


def test_what_fails_is_told_in_the_servers_words(
    measurement: tuple[dict[str, Drawn], Measurement, list[float]],
) -> None:
    asked, told, _ = measurement
    assert told.failed == {asked["wrong"].statement.key: 'relation "public.nowhere" does not exist'}
    assert asked["wrong"].statement.key not in told.asked


def test_the_figures_are_medians_of_repeats(session: Session) -> None:
    class Steps:
        """A load that takes longer each time."""

        def __init__(self) -> None:
            self.times = iter([1.0, 100.0, 10.0])

        def ask(self, database: str, asked: Mapping[Drawn, float], crowd: Crowd) -> Mapping[str, Latency]:
            took = 0.5 if crowd.clients == 1 else next(self.times)
            return {one.statement.key: Latency(5, took, took * 2, took * 3, 1, took / 2) for one in asked}

    quick = drawn("select 1")
    told = measured(Steps(), session, "any", [quick], 5, crowds={EVERYBODY: Crowd(9, 1)})
    assert told.asked[quick.statement.key].under(EVERYBODY) == Latency(15, 10.0, 20.0, 30.0, 3, 5.0)
    assert told.spread == pytest.approx((100 - 1) / 10)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 20), st.floats(0.1, 10)), min_size=1, max_size=9))
def test_as_many_arrive_as_two_hundred_people_ask(told: list[tuple[str, int, float]]) -> None:
    weight = {screen: weight for screen, _, weight in told}
    asked = [
        drawn(f"select {number}", screen=screen, repeats=repeats, weight=weight[screen])
        for number, (screen, repeats, _) in enumerate(told)
    ]
    looks = {screen: share / sum(weight.values()) for screen, share in weight.items()}
    for_each = {screen: sum(repeats for of, repeats, _ in told if of == screen) for screen in weight}
    expected = PEOPLE / LOOK_EVERY * sum(looks[screen] * for_each[screen] for screen in weight)
    assert arrivals(asked) == pytest.approx(expected)
    assert statistics.fmean(shares(asked).values()) > 0


def test_the_usual_crowds() -> None:
    asked = [drawn("select 1"), drawn("select 2", screen="feed")]
    crowds = usual_crowds(asked)
    assert crowds[EVERYBODY] == Crowd(POOL, 10.0, rate=40.0)
    assert crowds[DIRECT] == Crowd(200, 5.0)
    assert usual_crowds(asked, connects_anew=True)[CONNECTING].reconnect
