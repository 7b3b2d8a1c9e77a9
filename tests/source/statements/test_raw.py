"""SQL that an app writes itself, whatever its placeholders look like."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apprescue.model.workload import Source
from tests.source.statements.shop import Shop, shop

PG = "import { Pool } from 'pg'\nconst pool = new Pool()\n"
PY = "import psycopg\nconn = psycopg.connect('x')\n"


@pytest.fixture(scope="module")
def there() -> Iterator[Shop]:
    with shop() as made:
        yield made


def js(call: str) -> dict[str, str]:
    return {"server/app.js": f"{PG}export async function load(id, q, ids, n) {{ return await {call} }}\n"}


def py(body: str) -> dict[str, str]:
    return {"app.py": f"{PY}def load(id, q, ids, n):\n    {body}\n"}


def test_numbered_places_take_the_column_that_they_are_compared_with(there: Shop) -> None:
    found = there.one(js("pool.query('select title from posts where author_id = $1 order by id limit $2', [id, 1])"))
    assert found.role == "postgres"
    assert [(p.source, p.column, p.text) for p in found.parameters] == [
        (Source.COLUMN, "author_id", ""),
        (Source.FIXED, "", "1"),
    ]
    assert there.rows(found) == [("Apples",)]


def test_percent_signs_and_names_are_numbered(there: Shop) -> None:
    call = "conn.execute('select id from posts where author_id = %s and status = %s order by id', (id, 'live'))"
    found = there.one(py(f"return {call}.fetchall()"))
    assert "$1" in found.sql
    assert there.rows(found, author_id="2") == [(3,), (4,)]
    named = "conn.execute('select id from posts where author_id = %(who)s', {'who': id})"
    assert there.rows(there.one(py(f"return {named}.fetchall()"))) == [(1,), (2,)]


def test_names_of_sqlalchemy_s_text(there: Shop) -> None:
    begin = "from sqlalchemy import create_engine, text\nengine = create_engine('postgresql://x')\n"
    call = "conn.execute(text('select id from posts where id = :one'), {'one': id}).first()"
    body = f"    with engine.connect() as conn:\n        return {call}\n"
    found = there.one({"app.py": f"{begin}def load(id):\n{body}"})
    assert there.rows(found) == [(1,)]


def test_what_is_typed_is_a_word_with_its_signs(there: Shop) -> None:
    found = there.one(js("pool.query('select id from posts where title ilike $1 order by id', [`%${q}%`])"))
    assert [(p.source, p.pattern) for p in found.parameters] == [(Source.WORD, "%{}%")]
    assert there.rows(found) == [(1,), (3,)]
    inside = there.one(js("pool.query(`select id from posts where title ilike '%${q}%'`)"))
    assert there.rows(inside) == [(1,), (3,)]


def test_a_list_is_several_values(there: Shop) -> None:
    found = there.one(js("pool.query('select id from posts where author_id = any($1) order by id', [ids])"))
    assert found.parameters[0].many > 1
    assert there.rows(found, author_id="1, 2") == [(1,), (2,), (3,), (4,)]


def test_written_values_are_of_their_columns(there: Shop) -> None:
    found = there.one(js("pool.query('insert into comments (post_id, body) values ($1, $2)', [id, q])"))
    assert found.writes
    assert [(p.relation, p.column) for p in found.parameters] == [("public.posts", "id"), ("public.comments", "body")]
    assert there.after(found, "select post_id, body from comments where id > 100") == [(1, "New")]
    changed = there.one(js("pool.query('update posts set views = views + 1 where id = $1', [id])"))
    assert there.after(changed, "select views from posts where id = 1") == [(11,)]


def test_an_optional_piece_is_left_out(there: Shop) -> None:
    found = there.one(js("pool.query(`select id from posts ${q} order by id`)"))
    assert there.rows(found) == [(1,), (2,), (3,), (4,)]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("select * from nowhere where id = 1", "has no `nowhere`"),
        ('select * from "${q}" where id = 1', "only known where the app runs"),
        ("select top 5 * from [posts] where id = 1", "SQL Server"),
        ("insert or ignore into posts (title) values (1)", "SQLite"),
        ("insert into posts (title) values (1) on duplicate key update title = 2", "MySQL"),
        ("select from from where posts from posts", "does not read it"),
    ],
)
def test_what_is_no_statement_here_says_why(there: Shop, sql: str, why: str) -> None:
    assert why in there.untold(js(f"pool.query(`{sql}`)")).reason


def test_in_a_loop_it_runs_many_times(there: Shop) -> None:
    body = "for (const one of ids) { await pool.query('select name from users where id = $1', [one]) }"
    found = there.one({"server/app.js": f"{PG}export async function load(ids) {{ {body} }}\n"})
    assert found.repeats > 1
