"""The values that statements run with, from the data: those of people and things with very many rows, with an
ordinary number, and with none. Each statement is tried once, so that one that cannot run is told with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import TypeVar

from apprescue.methods.drawing.looking import Look, look
from apprescue.methods.drawing.owning import People
from apprescue.methods.drawing.shape import shape
from apprescue.methods.drawing.standings import Column, Lot, Standings, named
from apprescue.model.catalog import Catalog, Reference
from apprescue.model.database import Database, DatabaseError, ident_of, literal
from apprescue.model.workload import Draw, Drawn, Parameter, Source, Standing, Statement, Workload

__all__ = ["draw", "shape"]

TRY_MILLISECONDS = 300
MOST_SLOW = 2
CANCELED = "57014"
FORBIDDEN = ("42501", "P0001")
UNKNOWN = ("", "unknown", "record", "-")
NOTHING = "the"
T = TypeVar("T")


def draw(
    database: Database, catalog: Catalog, workload: Workload, *, each: int = 4, seed: int = 1
) -> tuple[tuple[Drawn, ...], tuple[tuple[Statement, str], ...]]:
    """The statements with `each` sets of values of each standing, hot, median and empty in turn; and those that the
    server refuses, with its words. The same data and seed give the same values.

    What a statement looks up by the person, or by a value, is counted; where nothing is counted any rows will do. Of
    a statement that the server takes with some sets of values only, the others are left out.
    """
    drawing = _Drawing(database, catalog, each, seed)
    found: list[Drawn] = []
    refused: list[tuple[Statement, str]] = []
    for statement in workload.statements:
        try:
            draws, complaint = _tried(database, drawing.drawn(statement))
            if complaint[:5] in FORBIDDEN and statement.role == "authenticated":
                for admins, himself in ((False, True), (True, False), (True, True)):
                    draws = draws or _tried(database, drawing.drawn(statement, admins, himself))[0]
        except DatabaseError as error:
            draws, complaint = (), _said(error)
        if draws:
            found.append(Drawn(statement, draws))
        else:
            refused.append((statement, complaint))
    return tuple(found), tuple(refused)


def _tried(database: Database, drawn: Drawn) -> tuple[tuple[Draw, ...], str]:
    """The draws that the server takes, and why it refuses the first that it does not take. A read that it takes with
    one of each standing is good; one that takes its time is good too."""
    writes = drawn.statement.writes
    some = drawn.draws if writes else drawn.draws[: len(Standing)]
    bad: set[Draw] = set()
    complaint, slow = "", 0
    for one in dict.fromkeys(some):
        try:
            with database.undone():
                if before := drawn.before(one):
                    database.run(before)
                database.run(f"set local statement_timeout = {TRY_MILLISECONDS}")
                database.run(drawn.text(one))
        except DatabaseError as error:
            slow += error.sqlstate == CANCELED
            if slow > (MOST_SLOW if writes else 0):
                break
            if error.sqlstate != CANCELED:
                bad.add(one)
                complaint = complaint or _said(error)
    refused = {one.standing for one in bad} if not writes else set()
    return tuple(one for one in drawn.draws if one not in bad and one.standing not in refused), complaint


def _said(error: DatabaseError) -> str:
    return f"{error.sqlstate} {str(error).splitlines()[0] if str(error) else ''}".strip()


@dataclass(slots=True)
class _Wanted:
    """The parameters of one relation, by their numbers: those that a row must be equal to, and all."""

    equal: list[int] = field(default_factory=list)
    all: list[int] = field(default_factory=list)


class _Drawing:
    """What is known of a database while values are drawn from it."""

    def __init__(self, database: Database, catalog: Catalog, each: int, seed: int) -> None:
        self._database, self._catalog, self._each = database, catalog, each
        self._standings = Standings(database, catalog, each, seed)
        self._people = People(database, catalog, self._standings, each)

    def drawn(self, statement: Statement, admins: bool = False, himself: bool = False) -> Drawn:
        """A statement with its sets of values; `admins` where administrators ask it, `himself` where somebody gives his
        own id wherever a person's is wanted."""
        seen = look(self._database, self._catalog, statement)
        lot = self._people.who(statement, seen, admins)
        people = {standing: _as_many([value for (value,) in rows], self._each) for standing, rows in lot.items()}
        columns = [self._rest(statement, seen, people, standing) for standing in Standing]
        draws: list[Draw] = []
        for turn in range(self._each):
            for standing, others in zip(Standing, columns, strict=True):
                who = people[standing][turn] if people.get(standing) else ""
                values = tuple(
                    self._value(
                        parameter,
                        seen.types[at],
                        who,
                        [who]
                        if himself and self._people.names(parameter)
                        else others[at][turn]
                        if others.get(at)
                        else [],
                    )
                    for at, parameter in enumerate(statement.parameters)
                )
                draws.append(Draw(standing, who, values))
        alike = len({(one.who, one.values) for one in draws}) == 1
        return Drawn(statement, tuple(draws[:1] if alike else dict.fromkeys(draws)))

    # what stands in columns

    def _rest(
        self, statement: Statement, seen: Look, people: Mapping[Standing, Sequence[str]], standing: Standing
    ) -> dict[int, list[list[str]]]:
        """For each parameter that is drawn from a column (by its place), a list of values for each turn."""
        found: dict[int, list[list[str]]] = {}
        groups: dict[str, _Wanted] = {}
        for at, parameter in enumerate(statement.parameters):
            if parameter.source is Source.WORD and parameter.relation:
                words = [word for (word,) in self._standings.words(parameter.relation, parameter.column)[standing]]
                found[at] = [[word] for word in _as_many(words or [NOTHING], self._each)]
            elif parameter.source is Source.COLUMN and parameter.relation:
                wanted = groups.setdefault(parameter.relation, _Wanted())
                wanted.all.append(at)
                if seen.held.get(at + 1) or (not seen.held and self._leads(parameter)):
                    wanted.equal.append(at)
        for relation, wanted in groups.items():
            found |= self._of_relation(statement, seen, relation, wanted, people, standing)
        return found

    def _leads(self, parameter: Parameter) -> bool:
        """Whether other rows hang on what stands in a column, or it on others."""
        table = self._catalog.relation(parameter.relation)
        keys = [*table.unique, *(link.columns for link in table.references)] if table is not None else []
        return (parameter.column,) in keys

    def _of_relation(
        self,
        statement: Statement,
        seen: Look,
        relation: str,
        wanted: _Wanted,
        people: Mapping[Standing, Sequence[str]],
        standing: Standing,
    ) -> dict[int, list[list[str]]]:
        parameters = statement.parameters
        shown = list(dict.fromkeys(parameters[at].column for at in wanted.all))
        names = list(dict.fromkeys(parameters[at].column for at in wanted.equal))
        rows = _as_many(self._rows(seen, relation, wanted, names, shown)[standing], self._each)
        if not rows and len(shown) > 1:  # no row has something in each of them
            alone = (_Wanted([at] if at in wanted.equal else [], [at]) for at in wanted.all)
            parts = [self._of_relation(statement, seen, relation, one, people, standing) for one in alone]
            return {at: values for part in parts for at, values in part.items()}
        owners = [owner for owner in self._people.owners(statement, seen, relation) if owner.column not in shown]
        if people.get(standing) and owners and rows:
            everyone = sorted({person for some in people.values() for person in some})
            theirs = self._standings.of_people(relation, owners, everyone, names, shown)
            rows = [theirs.get(person, row) for person, row in zip(people[standing], rows, strict=True)]
        found: dict[int, list[list[str]]] = {}
        for at in wanted.all:
            values = [row[shown.index(parameters[at].column)] for row in rows]
            many = max(parameters[at].many, 1)
            more = self._more(relation, parameters[at].column, many) if many > 1 else []
            found[at] = [list(islice(dict.fromkeys([value, *more[turn:], *more[:turn]]), many))
                         for turn, value in enumerate(values)]  # fmt: skip
        return found

    def _rows(self, seen: Look, relation: str, wanted: _Wanted, names: list[str], shown: list[str]) -> Lot:
        """Rows of a relation by how many rows the statement finds with them: of this table where that says something,
        otherwise of the table that hangs on it."""
        table = self._catalog.relation(relation)
        single = names[0] if len(names) == 1 else ""
        held = [place for at in wanted.equal for place in seen.held.get(at + 1, ()) if place[0] != relation]
        if table is not None and single and (single,) in table.unique:
            columns = [Column(*place) for place in held] or list(self._hanging(seen, relation, single))
            if columns:
                columns = [max(columns, key=lambda column: self._standings.rows(column.relation))]
                everybody = f"select {ident_of(single)} as v from {named(relation)}"
                lot = self._standings.values(columns, everybody)
                values = [value for rows in lot.values() for (value,) in rows]
                rows = self._standings.where(relation, single, values, shown)
                return {standing: [rows[v] for (v,) in some if v in rows] for standing, some in lot.items()}
        return self._standings.combined(relation, names, shown)

    def _hanging(self, seen: Look, relation: str, name: str) -> Iterator[Column]:
        """The columns of the statement's tables that point at a column."""
        for table in seen.tables:
            known = self._catalog.relation(table)
            links: tuple[Reference, ...] = known.references if known is not None else ()
            for link in links:
                if link.to == relation and link.to_columns == (name,) and table != relation:
                    yield Column(table, link.columns[0])

    def _more(self, relation: str, name: str, many: int) -> list[str]:
        """Other values of a column, for a list."""
        rows = self._database.query(
            f"select distinct {ident_of(name)}::text from (select {ident_of(name)} from {named(relation)}"
            f" where {ident_of(name)} is not null limit {50 * many}) x order by 1 limit {2 * many}"
        )
        return [value for (value,) in rows]

    @staticmethod
    def _value(parameter: Parameter, type_: str, who: str, drawn: Sequence[str]) -> str:
        """A value as an SQL expression."""
        kind = parameter.type if type_ in UNKNOWN else type_
        cast = f"::{kind}" if kind not in UNKNOWN else ""
        match parameter.source:
            case Source.ME:
                return f"{literal(who)}{cast}" if who else f"null{cast}"
            case Source.MOMENT | Source.FIXED:
                return f"({parameter.text or 'null'}){cast}"
        texts = [parameter.pattern.replace("{}", text) for text in drawn]
        if not texts:
            return f"null{cast}"
        if not parameter.many:
            return f"{literal(texts[0])}{cast}"
        if kind.endswith("[]") or not cast:
            return f"{literal(texts)}{cast}"
        return ", ".join(f"{literal(text)}{cast}" for text in texts)


def _as_many(some: Sequence[T], count: int) -> list[T]:
    return list(islice(cycle(some), count)) if some else []
