"""Whether an answer tells something of a person that the asker could not have read in the tables themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apprescue.methods.trying.actors import role_of
from apprescue.methods.trying.other_values import NUMBERS, POWER
from apprescue.methods.trying.specimens import Specimen, texts
from apprescue.methods.trying.trials import Lab, granted
from apprescue.methods.trying.tries import tried
from apprescue.model.access import Actor
from apprescue.model.catalog import Relation
from apprescue.model.database import ident

SHORTEST, LEAST = 6, 100
ACCOUNTS = "auth.users"
HARMLESS = {"id", "created_at", "updated_at", "aud", "role", "instance_id"}
IDENTITY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DULL = ("boolean", "date", "time without time zone")


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that stands in one person's row alone, where the asker cannot read it."""

    table: str
    column: str
    row: Specimen


@dataclass(frozen=True, slots=True)
class Revealed:
    """What an answer gave away: the columns by table, a row of them, and whether it is meant (None is not known)."""

    columns: Mapping[str, frozenset[str]]
    rows: tuple[Specimen, ...]
    intended: bool | None

    @property
    def values(self) -> tuple[str, ...]:
        """What came out of the row, as an answer shows it: an address without the width of its net."""
        held = (row.values.get(c) for row in self.rows for c in sorted(self.columns.get(row.table, ())))
        return tuple(value.removesuffix("/32") for value in held if value)

    @property
    def detail(self) -> str:
        """In words."""
        told = "; ".join(f"{', '.join(sorted(columns))} of {table}" for table, columns in sorted(self.columns.items()))
        return f"it gives away another's {told}"


@dataclass(slots=True)
class Sight:
    """What each actor sees of the tables by himself, asked once."""

    lab: Lab
    _marks: dict[tuple[Actor, Actor, bool], dict[str, list[Mark]]] = field(default_factory=dict)

    def marks(self, actor: Actor, of: Actor, strict: bool = False) -> dict[str, list[Mark]]:
        """By value what is known of a person's rows and hidden from an actor, or meant to be; only hidden if strict."""
        if (actor, of, strict) not in self._marks:
            self._marks[actor, of, strict] = self._hidden(actor, of, strict)
        return self._marks[actor, of, strict]

    def _hidden(self, actor: Actor, of: Actor, strict: bool) -> dict[str, list[Mark]]:
        tables = [r for r in self.lab.catalog.relations if r.kind == "table" and self.lab.specimens.of(r.name)]
        seen = self._seen(actor, tables, strict)
        found: dict[str, list[Mark]] = {}
        common: set[str] = set()
        accounts = [self.lab.catalog.accounts] if self.lab.catalog.accounts else []
        for relation in [*tables, *accounts]:
            telling = {c.name for c in relation.columns if _telling(relation, c.name)}
            for row in self.lab.specimens.of(relation.name):
                his = of in row.people or (relation.name == ACCOUNTS and self._account(row) is of)
                for column in telling:
                    value = row.values.get(column)
                    if not value or not _long(value, relation, column):
                        continue
                    if actor in row.people or (relation.name, _identity(row), column) in seen:
                        common.add(value)
                    elif his or self._kept(actor, relation, row, column):
                        found.setdefault(value, []).append(Mark(relation.name, column, row))
                    elif row.people and not IDENTITY.fullmatch(value):
                        common.add(value)
        known = common | set(self.lab.specimens.aliases)
        return {value: marks for value, marks in found.items() if value not in known}

    def _kept(self, actor: Actor, relation: Relation, row: Specimen, column: str) -> bool:
        """Whether it is a private column of a row that is nobody's and that the actor may not read: logs, contacts."""
        meant = self.lab.intent.of(relation.name)
        return not row.people and column in meant.secret and meant.may_read(actor) is False

    def _account(self, row: Specimen) -> Actor | None:
        return self.lab.specimens.aliases.get(row.values.get("id") or "")

    def _seen(self, actor: Actor, tables: Iterable[Relation], strict: bool) -> set[tuple[str, int, str]]:
        """Every value that the actor reads by himself: table, row, column."""
        readable = {r.name: granted(r, role_of(actor), "select") for r in tables}
        asked = [r for r in tables if readable[r.name]]
        tries = [self.lab.request(actor, texts(readable[r.name], ident(r.name)), asks=True) for r in asked]
        found: set[tuple[str, int, str]] = set()
        for relation, answers in zip(asked, tried(self.lab.database, tries), strict=True):
            got = [row for answer in answers for row in answer.gave]
            for row in self.lab.specimens.of(relation.name):
                if any(all(row.values.get(c) == v for c, v in one.items()) for one in got):
                    found |= {
                        (relation.name, _identity(row), column)
                        for column in readable[relation.name]
                        if strict or column not in self.lab.intent.of(relation.name).secret
                    }
        return found

    def revealed(
        self, actor: Actor, of: Actor, values: Iterable[str], said: str = "", strict: bool = False
    ) -> Revealed | None:
        """What an answer's values give away of a person; None where nothing. `said` is what the actor put in, `strict`
        asks only for what he cannot read by himself, whether it is meant or not."""
        marks = self.marks(actor, of, strict)
        met = [mark for value in sorted(set(values)) if value not in said for mark in marks.get(value, ())]
        if not met:
            return None
        columns: dict[str, frozenset[str]] = {}
        for mark in met:
            columns[mark.table] = columns.get(mark.table, frozenset()) | {mark.column}
        meant = [self._meant(actor, mark) for mark in met]
        intended = False if False in meant else None if None in meant else True
        worst = next(mark for mark, one in zip(met, meant, strict=True) if one is intended)
        return Revealed(columns, (worst.row,), intended)

    def _meant(self, actor: Actor, mark: Mark) -> bool | None:
        if mark.table == ACCOUNTS:
            return mark.column in HARMLESS
        return self.lab.intent.of(mark.table).may_read(actor, shown=mark.row.shown_to(actor), column=mark.column)


def values_of(rows: Iterable[object]) -> set[str]:
    """Every single value in an answer, also inside of JSON, as texts."""
    found: set[str] = set()
    for row in rows:
        match row:
            case Mapping():
                found |= values_of(row.values())
            case list():
                found |= values_of(row)
            case bool() | None:
                pass
            case _:
                found.add(str(row))
    return found


def _identity(row: Specimen) -> int:
    return id(row)


def _telling(relation: Relation, column: str) -> bool:
    attribute = relation.column(column)
    return attribute is not None and attribute.base not in DULL and not attribute.base.startswith("timestamp")


def _long(value: str, relation: Relation, column: str) -> bool:
    """Whether a value is such that it does not stand somewhere else by chance."""
    attribute = relation.column(column)
    if attribute is not None and attribute.base in NUMBERS:
        try:
            return abs(float(value)) >= LEAST
        except ValueError:
            return False
    return len(value) >= SHORTEST and value.lower() not in POWER
