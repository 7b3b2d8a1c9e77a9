"""The owner's own statements, from what databases and their logs write."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apprescue.model.catalog import Catalog
from apprescue.model.workload import Screen, Source
from apprescue.source.statements.observed import observed
from tests.source.statements.shop import Shop, shop

FEED = "select id, title from posts where author_id = $1 and created_at > now() - interval $2 order by id limit $3"
POSTGREST = (
    'WITH pgrst_source AS ( SELECT "public"."posts"."id" FROM "public"."posts" WHERE "public"."posts"."author_id" = $1 '
    "LIMIT $2 OFFSET $3 ) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, "
    "coalesce(json_agg(_postgrest_t), $4) AS body, nullif(current_setting($5, $6), $7) AS response_headers "
    "FROM ( SELECT * FROM pgrst_source ) _postgrest_t"
)
NOT_ITS_OWN = [
    "BEGIN",
    "create index a on posts (id)",
    "select set_config($1, $2, $3)",
    "select * from pg_stat_activity where pid = $1",
    "select * from auth.sessions where id = $1",
    "select count(*) from information_schema.tables",
    "select $1",
]


@pytest.fixture(scope="module")
def there() -> Iterator[Shop]:
    with shop() as made:
        yield made


def test_rows_of_pg_stat_statements(there: Shop) -> None:
    sent = POSTGREST.replace('"', '""')
    text = f'rolname,query,calls,mean_exec_time\npostgres,"{FEED}",1200,3.2\nauthenticated,"{sent}","1,500",1\n'
    feed, list_ = observed(text, there.catalog).statements
    assert (feed.weight, feed.role, feed.screen) == (1200, "postgres", "select posts")
    assert [p.source for p in feed.parameters] == [Source.COLUMN, Source.FIXED, Source.FIXED]
    assert (list_.weight, list_.role) == (1500, "authenticated")
    assert there.rows(list_)[0][1] == 2


def test_json_with_the_names_of_a_dashboard(there: Shop) -> None:
    rows = [{"query": "select * from posts where title ilike $1", "calls": 7, "rolname": "anon", "total_time": 5}]
    for text in (json.dumps(rows), json.dumps({"result": rows}), json.dumps(rows[0])):
        (found,) = observed(text, there.catalog).statements
        assert (found.weight, found.role, found.kind) == (7, "anon", Screen.SEARCH)
        assert [row[0] for row in there.rows(found)] == [1, 3]


def test_a_log_with_parameters_and_one_without(there: Shop) -> None:
    log = (
        "2026-11-01 10:00:00 UTC [12] app@shop LOG:  duration: 512.3 ms  execute <unnamed>: select id\n"
        "\tfrom posts where author_id = $1 and status = $2 limit $3\n"
        "2026-11-01 10:00:00 UTC [12] app@shop DETAIL:  Parameters: $1 = '77', $2 = 'live', $3 = '1'\n"
        "2026-11-01 10:00:01 UTC [12] app@shop LOG:  duration: 900 ms  statement: select id from posts where title ="
        " 'it''s private' order by 1 limit 10\n"
        "2026-11-01 10:00:02 UTC [12] app@shop LOG:  duration: 800 ms  statement: select id from posts where title ="
        " 'another' order by 1 limit 10\n"
        "2026-11-01 10:00:03 UTC [12] app@shop LOG:  checkpoint complete\n"
    )
    one, other = observed(log, there.catalog).statements
    assert [p.text for p in one.parameters] == ["", "'live'", "1"]
    assert there.rows(one) == [(1,)]
    assert other.weight == 2
    assert "private" not in repr(other)
    assert other.sql.endswith("order by 1 limit $2")


def test_csvlog(there: Shop) -> None:
    row = ["2026-11-01", "authenticator", "shop", "12"] + [""] * 9
    row += ["duration: 3.1 ms  execute 0: select id from posts where id = $1", "parameters: $1 = '2'"] + [""] * 11
    line = ",".join(f'"{cell}"' for cell in row)
    (found,) = observed(f"{line}\n{line}\n", there.catalog).statements
    assert (found.weight, found.role) == (2, "authenticated")


@pytest.mark.parametrize("sql", NOT_ITS_OWN)
def test_what_is_not_the_app_s_own_is_left_out(there: Shop, sql: str) -> None:
    told = observed(json.dumps([{"query": sql, "calls": 3}]), there.catalog)
    assert not told.statements
    assert not told.untold


def test_what_cannot_be_told_has_its_line(there: Shop) -> None:
    text = 'query,calls\n"select * from nowhere where id = $1",3\n"select id from posts where titl",9\n"select (",1\n'
    told = observed(text, there.catalog)
    assert [(u.place.line, u.table) for u in told.untold] == [(2, "nowhere"), (4, "")]


@pytest.mark.parametrize("text", ["", "[]", "{}", "nothing", "query,calls\n", '"', "[1, 2]", '{"a": 1}'])
def test_files_of_nothing_tell_nothing(there: Shop, text: str) -> None:
    assert observed(text, there.catalog).statements == ()


WORDS = "select * from posts where author_id = $1|LOG:  duration: 1 ms  |statement: |DETAIL:  Parameters: $1 = '|"
PIECES = st.sampled_from((WORDS + "\n|\t|,|\"|query|calls|[|{|;|--|é|'x'").split("|"))


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60))
def test_whatever_stands_in_the_file_it_is_read(text: str) -> None:
    told = observed(text, Catalog())
    assert not told.statements
