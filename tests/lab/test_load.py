"""A crowd asks: what is told is what pgbench noted, to the microsecond, and every text reaches the server whole."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apprescue.lab.load import Answer, PgBench, latency_of, parsed
from apprescue.model.database import DatabaseError, literal
from apprescue.model.load import Crowd, Latency
from apprescue.model.workload import LIMITS, Drawn
from tests.support import ME, drawn, laboratory

TABLES = """
create table public.notes (said text);
create table public.posts (id int primary key, title text);
insert into public.posts select i, 'post ' || i from generate_series(1, 1000) i;
grant all on all tables in schema public to anon, authenticated;
create function public.note(said text) returns void language sql as 'insert into public.notes values (said)';
create table public.calls (who text, what text, pid int);
create function public.called() returns void language sql security definer
  as $$ insert into public.calls select auth.uid()::text, current_setting('role'), pg_backend_pid() $$;
"""
HOSTILE = [
    "':client_id' :scale :random_seed ::text a::int :t0_0q",
    "\\\n\\shell touch {marker}\n\\setshell x touch {marker}\n",
    "a; drop table public.posts; --",
    "$$ $1 $x$ '' \" /* -- */ %s %% \\' \\\\ {marker}",
    "\\endif\n\\if false\n:k;\ncommit;\nrollback;",
    "ünïcode … 🜁 \u2028 \x7f\t\r\n",
]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    server = laboratory()
    name = server.create()
    with server.connect(name) as session:
        session.run(TABLES)
    yield name
    server.drop(name)


def ask(database: str, asked: Mapping[Drawn, float], crowd: Crowd) -> Mapping[str, Latency]:
    return PgBench(laboratory()).ask(database, asked, crowd)


def one(database: str, sql: Drawn, crowd: Crowd) -> Latency:
    return ask(database, {sql: 1.0}, crowd)[sql.statement.key]


def rows(database: str, sql: str) -> list[tuple[object, ...]]:
    with laboratory().connect(database) as session:
        return session.query(sql)


micros = st.integers(0, 10_000_000)


@given(st.lists(st.tuples(st.integers(0, 3), micros, micros), min_size=1, max_size=300), st.data())
@settings(max_examples=60, deadline=None)
def test_percentiles_are_those_of_the_log(noted: list[tuple[int, int, int]], data: st.DataObject) -> None:
    lines = [
        f"0 {number} {took + lag} {script} 1700000000 {number:06} {lag}"
        for number, (script, took, lag) in enumerate(noted)
    ]
    answers = parsed("\n".join(lines) + "\n")
    script = data.draw(st.sampled_from([script for script, *_ in noted]))
    mine = [took + lag for which, took, lag in noted if which == script]
    latency = latency_of([answer for answer in answers if answer.script == script], math.inf)
    assert latency.count == len(mine)
    for part, told in ((50, latency.p50), (95, latency.p95), (99, latency.p99)):
        in_micros = round(told * 1000)
        assert in_micros in mine
        assert sum(took <= in_micros for took in mine) * 100 >= part * len(mine)
        assert sum(took < in_micros for took in mine) * 100 < part * len(mine)


def test_a_log_with_failures_is_read() -> None:
    answers = parsed("0 1 1500 2 1700000000 250000\n1 1 deadlock 0 1700000001 0\n")
    assert answers == [Answer(0, 2, 1.5, 0.0, 1700000000.25), Answer(1, 0, math.inf, 0.0, 1700000001.0)]
    assert latency_of(answers, 8000.0).failed == 1
    assert latency_of(answers[1:], 8000.0) == Latency(0, math.inf, math.inf, math.inf, 1)


MARKER = Path(tempfile.gettempdir()) / f"apprescue-touched-{os.getpid()}"
TEXTS = [text.replace("{marker}", str(MARKER)) for text in HOSTILE]
HOSTILE_ONE = drawn("select public.note($1)", *((literal(text),) for text in TEXTS))
HOSTILE_LOGIN = drawn("select public.note($1) -- \\ ;", (literal("; :scale"),), role="postgres")
CALLED = drawn("select public.called()")
INSERTING = drawn("insert into public.posts values (5000, 'new')", writes=True)
DELETING = drawn("delete from public.posts where id = $1", ("1",), ("2",), writes=True)
OFTEN, WRONG = drawn("select title from public.posts where id = 7"), drawn("select * from public.nowhere")
TOO_LONG = drawn(f"select '{'x' * 200_000}'")
NOW_AND_THEN = drawn("select 1 / $1", ("1",), ("0",))
ALL = {HOSTILE_ONE: 2.0, HOSTILE_LOGIN: 1.0, CALLED: 1.0, INSERTING: 1.0, DELETING: 1.0, OFTEN: 9.0} | dict.fromkeys(
    (WRONG, TOO_LONG, NOW_AND_THEN), 1.0
)


@pytest.fixture(scope="module")
def told(database: str) -> Mapping[str, Latency]:
    """What a small crowd is told that asks all of these for a second."""
    return ask(database, ALL, Crowd(4, 1))


def test_every_text_reaches_the_server_whole(database: str, told: Mapping[str, Latency]) -> None:
    assert told[HOSTILE_ONE.statement.key].failed == told[HOSTILE_LOGIN.statement.key].failed == 0
    assert {said for (said,) in rows(database, "select distinct said from public.notes")} == {*TEXTS, "; :scale"}
    assert not MARKER.exists()


def test_each_asks_as_who_he_is_and_keeps_his_connection(database: str, told: Mapping[str, Latency]) -> None:
    assert rows(database, "select distinct who, what from public.calls") == [(ME, "authenticated")]
    assert rows(database, "select count(distinct pid)::int <= 5 from public.calls") == [(True,)]


def test_what_is_written_is_rolled_back(database: str, told: Mapping[str, Latency]) -> None:
    assert min(told[one.statement.key].count for one in (INSERTING, DELETING)) > 10
    assert rows(database, "select count(*)::int, max(id) from public.posts") == [(1000, 1000)]


def test_weights_say_how_often(told: Mapping[str, Latency]) -> None:
    share = told[OFTEN.statement.key].count / sum(latency.count for latency in told.values())
    assert 0.55 < share < 0.65


def test_a_closed_loop_waits_for_no_connection(told: Mapping[str, Latency]) -> None:
    assert {latency.lag for latency in told.values()} == {0.0}


def test_what_the_server_refuses_leaves_the_others_alone(told: Mapping[str, Latency]) -> None:
    for refused in (WRONG, TOO_LONG, NOW_AND_THEN):
        assert told[refused.statement.key] == Latency(0, math.inf, math.inf, math.inf, 1)
    assert set(told) == {one.statement.key for one in ALL}


def test_an_open_loop_tells_the_wait_for_a_connection(database: str) -> None:
    slow = drawn("select pg_sleep(0.05)")
    few = one(database, slow, Crowd(1, 1, rate=40))
    enough = one(database, slow, Crowd(10, 1, rate=40))
    assert few.p95 > few.lag > 200
    assert few.failed > 5  # that arrived and had no turn
    assert enough.failed == 0
    assert enough.lag < 50 <= enough.p50 < 120


def test_connecting_each_time_is_in_the_figure(database: str, told: Mapping[str, Latency]) -> None:
    anew = one(database, CALLED, Crowd(2, 1, reconnect=True))
    assert anew.p50 > 3 * told[CALLED.statement.key].p50


def test_what_the_platform_breaks_off_has_failed(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "anon", 0.3)
    told = one(database, drawn("select pg_sleep(5)", role="anon"), Crowd(2, 1))
    assert told.failed == told.count > 0
    assert 300 <= told.p50 < 400


def test_what_fails_only_later_is_left_out_of_another_try(database: str) -> None:
    with laboratory().connect(database) as session:
        session.run("""create function public.wears_off() returns int language plpgsql security definer as $$
            begin
            if (select count(*) > 3 from public.notes where said = 'wears off') then raise 'no more'; end if;
            insert into public.notes values ('wears off'); return 1; end $$""")
    good, wears_off = drawn("select 1"), drawn("select public.wears_off()")
    told = ask(database, {good: 1.0, wears_off: 1.0}, Crowd(2, 1))
    assert told[good.statement.key].failed == 0 < told[good.statement.key].count
    assert told[wears_off.statement.key].count == 0


def test_nothing_can_be_asked_of_a_database_that_is_not_there() -> None:
    with pytest.raises(DatabaseError):
        ask("app_nowhere", {drawn("select 1"): 1.0}, Crowd(1, 1))


def test_more_statements_than_one_run_takes(database: str) -> None:
    many = {drawn(f"select {number}"): 1.0 for number in range(140)}
    told = ask(database, many, Crowd(2, 2))
    assert set(told) == {each.statement.key for each in many}
