"""Several figures of one screen come from one function: the same figures for everybody, in one request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.methods.rewriting import sums
from apprescue.methods.rewriting.summing import summed
from apprescue.model.catalog import Catalog
from apprescue.model.database import DatabaseError, literal
from apprescue.model.place import Code
from apprescue.model.workload import Draw, Drawn, Parameter, Source, Standing, Statement
from tests.support import laboratory

TABLES = """
create table public.sales (id serial primary key, creator uuid, price int, paid boolean, at timestamptz default now());
create table public.fans (creator uuid, active boolean);
alter table public.sales enable row level security;
create policy own on public.sales for select using (creator = auth.uid());
insert into public.sales (creator, price, paid)
  select case when n < 900 then '00000000-0000-4000-8000-00000000000a' else '00000000-0000-4000-8000-00000000000b' end
    ::uuid, n, n % 3 = 0 from generate_series(1, 1000) n;
insert into public.fans select creator, paid from public.sales;
"""
PEOPLE = {
    Standing.HOT: "00000000-0000-4000-8000-00000000000a",
    Standing.MEDIAN: "00000000-0000-4000-8000-00000000000b",
    Standing.EMPTY: "00000000-0000-4000-8000-00000000000c",
}
ME = Parameter(Source.ME, type="uuid")
HEAD = (
    "WITH pgrst_source AS ( SELECT {0}.* FROM {0} WHERE {1} LIMIT 1000 OFFSET 0 ) , "
    "pgrst_source_count AS (SELECT 1 FROM {0} WHERE {1}) SELECT (SELECT pg_catalog.count(*) FROM pgrst_source_count) "
    "AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, ''::text AS body "
    "FROM ( SELECT * FROM pgrst_source ) _postgrest_t"
)


def asked(sql: str, *parameters: Parameter, **more: Any) -> Statement:
    return Statement(
        sql, Code("src/app/dashboard/page.tsx", 1), "authenticated", parameters or (ME,),
        **{"screen": "/dashboard", **more},
    )  # fmt: skip


MINE = asked(HEAD.format('"public"."sales"', '"public"."sales"."creator" = $1'))
PAID = asked(HEAD.format('"public"."sales"', '"public"."sales"."creator" = $1 AND "public"."sales"."paid" IS TRUE'))
FANS = asked(HEAD.format('"public"."fans"', '"public"."fans"."creator" = $1 AND "public"."fans"."active" = true'))
EARNED = asked("select sum(price), avg(price) from sales where creator = $1 and price between 10 and 800")


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    server = laboratory()
    name = server.create()
    with server.connect(name) as opened:
        opened.run(TABLES)
        yield opened
    server.drop(name)


def drawn(*asked: Statement) -> list[Drawn]:
    return [
        Drawn(
            one, tuple(Draw(standing, who, (literal(who),) * len(one.parameters)) for standing, who in PEOPLE.items())
        )
        for one in asked
    ]


def figures(session: Session, *asked: Statement) -> list[sums.Figures]:
    return list(sums.figures(catalog.read(session), asked))


def test_figures_are_the_same_for_everybody(session: Session) -> None:
    (one,) = figures(session, MINE, PAID, FANS, EARNED)
    assert one.rewrite.up.count('from "public"."sales"') == 2
    assert one.rewrite.up.count("filter (where") == 1
    assert one.asked.sql == 'select * from public."dashboard_figures"($1)'
    done = summed(session, one, drawn(MINE, PAID, FANS, EARNED), lambda drawn, draw: 1.0)
    assert (done.refused, done.same) == ("", "5 figures of 3 people, asked apart and together")
    assert [(was, now) for _, was, now in done.gains] == [(4.0, 1.0)]
    before = catalog.read(session)
    with session.undone():
        session.run(one.rewrite.up)
        hot = one.drawn(drawn(*one.parts)).draws[0]
        session.query(f"select set_config('role', 'authenticated', true), {_token(hot.who)}")
        assert session.query(Drawn(one.asked, (hot,)).text(hot))[0][:3] == (899, 299, 299)
        session.run("reset role")
        session.run(one.rewrite.down)
        assert catalog.read(session) == before


def _token(who: str) -> str:
    return f"""set_config('request.jwt.claims', '{{"sub": "{who}"}}', true)"""


@pytest.mark.parametrize(
    "others",
    [
        [],
        [MINE],
        [asked("select count(*) from sales where creator = $1 group by paid")],
        [asked("select count(*), price from sales where creator = $1")],
        [asked("select id from sales where creator = $1")],
        [asked("select count(*) from sales where id = $1", Parameter(Source.COLUMN, "public.sales", "id"))],
        [asked("select count(*) from fans where creator = $1", screen="/inbox")],
        [asked("select count(*) from fans where creator = $1", repeats=20)],
        [asked("delete from fans where creator = $1", writes=True)],
    ],
)
def test_what_is_no_figure_of_the_same_person_and_screen_stays_apart(session: Session, others: list[Statement]) -> None:
    assert not figures(session, MINE, *others)


def test_other_figures_are_refused(session: Session) -> None:
    (one,) = figures(session, MINE, PAID, FANS)
    wrong = sums.Figures(one.rewrite, (PAID, MINE, FANS), one.widths, one.asked, one.places)
    done = summed(session, wrong, drawn(MINE, PAID, FANS), lambda drawn, draw: 1.0)
    assert done.refused == "Its figures are not those of the separate requests."


def test_two_requests_become_one_only_where_that_saves_time(session: Session) -> None:
    (one,) = figures(session, MINE, FANS)
    assert summed(session, one, drawn(MINE, FANS), lambda drawn, draw: 1.0).refused == ""
    slow = summed(session, one, drawn(MINE, FANS), lambda drawn, draw: 9.0 if "figures" in drawn.statement.sql else 1.0)
    assert "slower" in slow.refused
    same = summed(session, one, drawn(MINE, FANS), lambda drawn, draw: 2.0 if "figures" in drawn.statement.sql else 1.0)
    assert same.refused == "It saves no time."


def test_what_cannot_be_tried_is_said(session: Session) -> None:
    (one,) = figures(session, MINE, FANS)
    assert "no values" in summed(session, one, drawn(MINE), lambda drawn, draw: 1.0).refused

    def fails(drawn: Drawn, draw: Draw) -> float:
        raise DatabaseError("57014", "it took too long")

    assert "it took too long" in summed(session, one, drawn(MINE, FANS), fails).refused


def test_names_of_functions_are_free(session: Session) -> None:
    known = catalog.read(session)
    (first,) = sums.rewrites(known, [MINE, FANS])
    with session.undone():
        session.run(first.up)
        (second,) = sums.rewrites(catalog.read(session), [MINE, FANS])
        assert "dashboard_figures_2" in second.up
    assert list(sums.rewrites(Catalog(), [])) == []
