"""Splitting and parsing SQL."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from apprescue.source.sql import Broken, Statement, expression, parse, split

PIECES = st.lists(
    st.sampled_from(
        [
            "select 1;",
            "--a;b\n",
            "/* x; /* y */ */",
            "'it''s; ok'",
            '"a;b"',
            "$$ a; b $$",
            "$t$ $$ ; $t$",
            "E'\\';'",
            "\n",
            "$1",
            "'",
        ]
    )
).map("".join)


@given(st.text() | PIECES)
def test_the_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(split(text)) == text


@given(st.text() | PIECES)
def test_no_text_breaks_the_parser(text: str) -> None:
    for statement in parse(text):
        assert statement.line >= 1


@given(st.text() | PIECES)
def test_no_condition_breaks_the_parser(text: str) -> None:
    expression(text)


def test_a_semicolon_inside_quotes_and_bodies_ends_nothing() -> None:
    text = """select ';' as "a;b"; -- one; two
    create function f() returns void language sql begin atomic select 1; select case when true then 2 end; end;
    do $x$ begin perform 1; end $x$;"""
    assert [piece.split()[0] for piece in split(text)] == ["select", "--", "do"]


def test_data_of_a_dump_is_no_sql() -> None:
    text = "copy t (a) from stdin;\nit's; not sql\n\\.\nselect 1;"
    assert len(split(text)) == 2


def test_a_broken_statement_takes_no_other_with_it() -> None:
    first, broken, last = parse("create table a (id int);\n\ncreate tabel b;\nselect 1;")
    assert isinstance(first, Statement)
    assert isinstance(last, Statement)
    assert isinstance(broken, Broken)
    assert (first.line, broken.line, last.line) == (1, 3, 4)


def test_lines_are_those_of_the_file() -> None:
    statement = parse("-- Über ✓\n\ncreate table a (\n  id int,\n  name text\n);")[0]
    assert isinstance(statement, Statement)
    assert (statement.line, statement.end_line) == (3, 6)
    assert statement.line_of(statement.tree["tableElts"][1]["ColumnDef"]) == 5


def test_a_chain_without_end_is_refused_and_not_followed() -> None:
    for count in (5_000, 300_000):
        statements = parse("select " + "+".join(["1"] * count))
        assert len(statements) == 1
    assert expression("+".join(["1"] * 300_000)) is None
