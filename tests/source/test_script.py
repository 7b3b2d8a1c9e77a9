"""A file of SQL as `psql` would run it."""

from __future__ import annotations

import pytest

from apprescue.source.script import script_of, story_of
from apprescue.source.sql import parse, pieces


def texts(text: str) -> list[str]:
    return [step.text for step in script_of("a.sql", text).steps]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("select 1; select 2", ["select 1;", "select 2"]),
        ("-- a; b\nselect ';' ;/* c; /* d; */ ; */ select 2;", ["select ';' ;", "select 2;"]),
        ("do $x$ begin; end $x$; select $$;$$;", ["do $x$ begin; end $x$;", "select $$;$$;"]),
        ("\\restrict a'b\nselect 1;\n\\unrestrict a'b\n", ["select 1;"]),
        ("select 'a\n\\restrict b\n';", ["select 'a\n\\restrict b\n';"]),
        ("begin; select 1; commit;", ["select 1;"]),
        ("BEGIN TRANSACTION;\nselect 1;\nEND;", ["select 1;"]),
        ("\ufeffselect 1;", ["select 1;"]),
        ("create function f() returns int begin atomic select 1; end; select 2;",
         ["create function f() returns int begin atomic select 1; end;", "select 2;"]),
        ("create table t (;\nselect 1;", ["create table t (;", "select 1;"]),
        ("select 'never closed; select 1;", ["select 'never closed;", "select 1;"]),
    ],
)  # fmt: skip
def test_a_file_is_cut_into_its_statements(text: str, statements: list[str]) -> None:
    assert texts(text) == statements


def test_each_statement_knows_its_line() -> None:
    assert [line for _, line in pieces("-- one\n\nselect 1;\n\n  select\n2;")] == [3, 5]


def test_rows_of_a_copy_are_inserted() -> None:
    (made,) = texts("COPY public.t (a, b) FROM stdin;\nit's;\t\\N\nx\\ty\t2\n\\.\n")
    assert made.startswith("insert into public.t (a, b) overriding system value values ")
    assert made.endswith("('it''s;', null), ('x\ty', '2');")


def test_a_copy_is_no_broken_statement() -> None:
    assert [type(one).__name__ for one in parse("COPY t FROM stdin;\n1\n\\.\nselect 1;")] == ["Statement", "Statement"]


def test_what_no_transaction_may_hold_stands_alone() -> None:
    steps = script_of("a.sql", "create index concurrently i on t (a); vacuum; create index j on t (a);").steps
    assert [step.alone for step in steps] == [True, True, False]


def test_a_story_knows_what_is_made_touched_and_missing() -> None:
    story = story_of(
        [
            script_of("1.sql", "create table a (id int references b (id)); create view v as select * from c, a;"),
            script_of(
                "2.sql", "do $$ begin create table d (id int); end $$; alter table d add column x int, add y int;"
            ),
            script_of(
                "3.sql",
                "alter table d rename to e; alter table e rename column x to z; with w as (select 1) select from w;",
            ),
        ]
    )
    assert story.missing() == {"public.b", "public.c"}
    assert story.touched["public.b"] == ("1.sql", 1)
    assert story.made("public.v")
    assert story.added("public.d") == {"x": False, "y": False}
    assert story.renamed == {"public.e": "public.d", "public.e.z": "x"}
