"""Laws of the translation: no text of an app leaves its place, whatever signs it has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apprescue.lab.postgres import Session
from apprescue.methods import catalog
from apprescue.model.catalog import Catalog
from apprescue.model.database import DatabaseError, literal
from apprescue.model.trace import Value
from apprescue.model.workload import HOLE
from apprescue.source.statements.query_string import split
from apprescue.source.statements.request import Request
from apprescue.source.statements.sending import Sending
from apprescue.source.statements.supabase import sql_of
from apprescue.source.statements.told import UntoldError
from apprescue.source.statements.values import Values
from tests.support import laboratory

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs", "Co")), max_size=12)
SIGNS = st.text("ab$1'\"\\(),.{}%*:->!@ é", max_size=14)


@pytest.fixture(scope="module")
def database() -> Iterator[tuple[Session, Catalog]]:
    server = laboratory()
    name = server.create()
    with server.connect(name) as session:
        session.run("create table notes (id int primary key, text text); insert into notes values (1), (2)")
        yield session, catalog.read(session)
    server.drop(name)


def answer(database: tuple[Session, Catalog], *query: tuple[str, str]) -> list[dict[str, object]]:
    session, there = database
    sent = Request("GET", "notes", (("select", "id"), *query))
    values = Values(sent, there, "service_role")
    sql = HOLE.sub(lambda hole: values.parameters[int(hole[1]) - 1].text, sql_of(sent, values, there))
    ((_, _, body, *_),) = session.query(sql)
    return list(body)


SYNTAX, NO_COLUMN = "42601", "42703"
LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAW
@given(text=TEXTS | SIGNS)
def test_a_value_is_compared_as_it_stands(database: tuple[Session, Catalog], text: str) -> None:
    session, _ = database
    with session.undone():
        session.run(f"insert into notes values (3, {literal(text)})")
        assert {"id": 3} in answer(database, ("text", f"eq.{text}"))
        assert {"id": 3} not in answer(database, ("text", f"neq.{text}"))


@LAW
@given(texts=st.lists(TEXTS | SIGNS, min_size=1, max_size=4))
def test_what_is_in_a_list_is_found(database: tuple[Session, Catalog], texts: list[str]) -> None:
    """As supabase-py writes it; a list of just an empty text is an empty list, and blanks at its ends get lost."""
    session, _ = database
    texts = ["first", *texts, "last"]
    listed = Sending(python=True).several(Value(items=tuple(Value(constant=t, literal=True) for t in texts)))
    with session.undone():
        session.run(f"insert into notes values (3, {literal(texts[1])})")
        assert answer(database, ("text", f"in.({listed})")) == [{"id": 3}]


def refusal(database: tuple[Session, Catalog], *query: tuple[str, str]) -> str:
    """The server's own word for why it does not take a request."""
    with suppress(UntoldError):
        try:
            with database[0].undone():
                answer(database, *query)
        except DatabaseError as error:
            return error.sqlstate
    return ""


@LAW
@given(text=SIGNS, operator=st.sampled_from(["eq", "like", "in", "cs", "plfts", "is", "or", "order"]))
def test_no_text_breaks_out_of_a_statement(database: tuple[Session, Catalog], text: str, operator: str) -> None:
    asked = {"or": ("or", f"({text})"), "order": ("order", text)}
    assert refusal(database, asked.get(operator, ("text", f"{operator}.({text})"))) not in (SYNTAX, NO_COLUMN)
    assert database[0].query("select count(*) from notes") == [(2,)]


@given(pieces=st.lists(st.text("abc .:", max_size=5), min_size=1, max_size=6))
def test_what_is_joined_is_split(pieces: list[str]) -> None:
    assert list(split(",".join(pieces))) == [piece.strip() for piece in pieces]


@given(pieces=st.lists(st.sampled_from(["a", "b(c,d)", "e(f(g,h),i)", '"j,k"', "l{m,n}"]), min_size=1))
def test_what_is_inside_stays_together(pieces: list[str]) -> None:
    assert list(split(",".join(pieces))) == pieces
