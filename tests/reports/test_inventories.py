"""The maps of the app: the contract of the routes, and what people see."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from jsonschema import Draft202012Validator

from apprescue.model.app import AiCall, App, EnvDeclared, EnvRead, Filter, Query
from apprescue.model.place import Code
from apprescue.model.trace import Guard, Loop, Step, Value
from apprescue.reports import inventories
from apprescue.reports.interface import Screen
from apprescue.reports.inventories import ai, env, queries, routes, tables
from apprescue.reports.inventories.interface import as_json, as_table
from apprescue.shelf import module, names
from tests.reports import sample

AT = Code("src/api/orders.ts", 9)
STEP = Step("db.order.findMany", AT, args=(Value(origins=frozenset({"body.q"})),), loops=(Loop(AT),))
APP = replace(
    sample.APP,
    queries=(
        Query(
            "prisma",
            "order",
            "select",
            AT,
            STEP,
            (Filter("id", "eq", Value(origins=frozenset({"path.id"}))),),
            single=True,
        ),
        Query("prisma", "order", "select", AT, STEP, limit=20),
    ),
    env_reads=(EnvRead("SMTP_URL", AT, "server", fallback="smtp://quiet"), EnvRead("SMTP_URL", AT, "browser")),
    env_declared=(EnvDeclared("SMTP_URL", "smtp://loud", Code(".env", 3)), EnvDeclared("UNUSED", "", Code(".env", 4))),
    ai_calls=(AiCall("OpenAI", AT, STEP, "POST /api/caption"),),
)


def test_routes_keep_their_contract() -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/routes.schema.json").read_text("utf-8"))
    rows = routes.rows(APP)
    Draft202012Validator(schema).validate(rows)
    assert rows[0] | {"place": 0, "guards": 0} == {
        "method": "GET",
        "path": "/api/orders/:id",
        "params": [{"name": "id", "in": "path"}],
        "guards": 0,
        "touches": [],
        "place": 0,
        "framework": "hono",
    }
    assert rows[0]["guards"][0]["name"] == "requireLogin"


def test_a_guard_that_fails_open_is_told_apart() -> None:
    route = replace(
        sample.APP.routes[0], guards=(Guard("secret", "CRON_SECRET", AT, fail_open=True), Guard("login", "a", AT))
    )
    assert routes.cells(routes.rows(App("", {}, routes=(route,)))[0])[2] == "secret? login"


def test_queries_tell_where_a_filter_comes_from() -> None:
    one, many = queries.rows(APP)
    assert one["filters"] == [{"column": "id", "operator": "eq", "from": ["path.id"]}]
    assert queries.cells(one)[:6] == ("select", "order", "id.eq", "one", "server", "yes")
    assert queries.cells(many)[3] == "20"


def test_tables_tell_their_rules() -> None:
    row = tables.rows(APP)[0]
    assert row["policies"][0]["using"] == "true"
    assert tables.cells(row)[:3] == ("letters", "1", "1 policy")
    assert tables.cells(row | {"rls": False})[2] == "off"


def test_env_tells_names_and_never_values() -> None:
    rows = env.rows(APP)
    assert [env.cells(r) for r in rows] == [
        ("SMTP_URL", "browser server", "2", ".env"),
        ("UNUSED", "nothing", "0", ".env"),
    ]
    assert "smtp://" not in json.dumps(rows)


def test_ai_tells_whether_a_callers_words_go_in() -> None:
    assert ai.cells(ai.rows(APP)[0]) == (
        "OpenAI",
        "db.order.findMany",
        "yes",
        "POST /api/caption",
        "src/api/orders.ts:9",
    )


def test_every_inventory_prints_in_both_ways() -> None:
    for name in set(names(inventories)) - {"access"}:  # which is made of a matrix, and has its own tests
        kind = module(inventories, name)
        rows = kind.rows(APP)
        assert json.loads(as_json(rows)) == rows
        wide, narrow = (as_table(kind.HEADINGS, [kind.cells(row) for row in rows], Screen(width=w)) for w in (120, 80))
        assert len(wide.splitlines()) == len(rows) + 1
        assert max(map(len, narrow.splitlines())) <= 80
        assert as_table(kind.HEADINGS, [], Screen()) == "None seen.\n"


def test_a_long_place_keeps_its_end() -> None:
    text = as_table(("Name", "Where"), [("a", "deep/" * 40 + "file.ts:7"), ("b\x1b[31m", "x.ts:1")], Screen(width=60))
    assert text.splitlines()[1].endswith("deep/file.ts:7")
    assert max(map(len, text.splitlines())) <= 60
    assert "\x1b" not in text
