"""What is read from code, sent to a real database as PostgREST sends it, gives what PostgREST gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from apprescue.lab.postgres import Session
from apprescue.methods import catalog
from apprescue.model.catalog import Catalog
from apprescue.model.workload import Draw, Drawn, Source, Standing, Statement
from apprescue.source.statements.request import request
from apprescue.source.statements.supabase import sql_of, translate
from apprescue.source.statements.values import Values
from tests.source.statements.cases import CASES, KNOWN, NOT_SAID, SCHEMA
from tests.source.statements.reading import chains, known, queries
from tests.support import laboratory


@pytest.fixture(scope="module")
def database() -> Iterator[tuple[Session, Catalog]]:
    server = laboratory()
    name = server.create()
    with server.connect(name) as session:
        session.run(SCHEMA)
        yield session, catalog.read(session)
    server.drop(name)


def given(session: Session, sql: str) -> tuple[Any, Any, Any]:
    """The whole number of rows, that of the page, and the answer, JSON as what it says."""
    with session.undone():
        ((total, page, *_),) = rows = session.query(sql)
        body = rows[0][3] if " AS header, " in sql else rows[0][2]
        return total, page, body


def both() -> list[Any]:
    return [
        pytest.param(language, number, id=f"{CASES[number].feature}-{language}")
        for language in ("js", "py")
        for number, _ in chains(language)
    ]


@pytest.mark.parametrize(("language", "number"), both())
def test_the_answer(language: str, number: int, database: tuple[Session, Catalog]) -> None:
    session, there = database
    sent = known(request(queries(language)[number]))
    values = Values(sent, there, "service_role")
    sql = sql_of(sent, values, there)
    assert {p.source for p in values.parameters} <= {Source.FIXED}
    _, _, body = given(session, sql)
    expected = CASES[number].rows
    if expected is not NOT_SAID:
        assert body == expected


def value(parameter: Any) -> str:
    """A value of a parameter, as a draw from the data gives one."""
    match parameter.source:
        case Source.ME:
            return f"'{KNOWN['me']}'"
        case Source.WORD:
            return "'" + parameter.pattern.replace("{}", "jazz") + "'"
        case Source.COLUMN if parameter.many:
            return f"array(select {parameter.column} from {parameter.relation})"
        case Source.COLUMN:
            return f"(select {parameter.column} from {parameter.relation} limit 1)"
        case _:
            return parameter.text or "null"


@pytest.mark.parametrize(("language", "number"), both())
def test_it_runs_with_values_from_the_data(language: str, number: int, database: tuple[Session, Catalog]) -> None:
    session, there = database
    statement = translate(queries(language)[number], there)
    assert isinstance(statement, Statement), statement
    drawn = Drawn(statement, (Draw(Standing.HOT, KNOWN["me"], tuple(map(value, statement.parameters))),))
    with session.undone():
        session.query(drawn.before(drawn.draws[0]))
        session.query(f"explain {drawn.text(drawn.draws[0])}")


def test_counts(database: tuple[Session, Catalog]) -> None:
    session, there = database
    totals = {}
    for number, case in enumerate(CASES):
        if case.feature.startswith("count"):
            sent = request(queries("js")[number])
            totals[case.feature] = given(session, sql_of(sent, Values(sent, there, "service_role"), there))[:2]
    assert totals == {
        "count exactly": (4, 1),
        "count only": (3, 3),
        "count as planned, as estimated": (4, 4),
        "count with an inner embed": (1, 1),
    }
