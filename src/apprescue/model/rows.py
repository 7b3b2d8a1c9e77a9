"""Made-up people and their rows: what stands in the rebuilt database when it is tried who can do what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from apprescue.model.access import Actor
from apprescue.model.database import ident, ident_of, literal


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed up. `app_metadata` and `user_metadata` are the JSON texts that his token carries."""

    actor: Actor
    id: str
    email: str
    app_metadata: str = "{}"
    user_metadata: str = "{}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that stands in a table, or a spare one that was tried and taken out again.

    `whose` is the person it was made for; it hangs on that person's own rows. `values` are its columns (without the
    generated ones) as the server writes them, None for null: `literal(text)` gives each back to it. `where` is the
    SQL condition that finds the row alone. `parties` tells which person each column names that holds one.
    `variation` tells what stands in the columns that policies look at. `made` is insert, trigger (a trigger of the
    app made it), migration (it was there before), or triggers off (the app's triggers refused it: `note` has their
    words). A spare row with `instead_of` can only be added after the rows of that condition are deleted; one whose
    `made` is change is the row of its condition as it would be after `change()`.
    """

    table: str
    whose: Actor
    where: str
    values: tuple[tuple[str, str | None], ...]
    parties: tuple[tuple[str, Actor], ...] = ()
    variation: tuple[tuple[str, str | None], ...] = ()
    made: str = "insert"
    note: str = ""
    instead_of: str = ""

    def value(self, column: str) -> str | None:
        """What stands in a column."""
        return next((text for name, text in self.values if name == column), None)

    def insertion(self, given: tuple[tuple[str, str | None], ...] = ()) -> str:
        """The INSERT that adds the row, with other values for some columns where `given` names them."""
        values = {**dict(self.values), **dict(given)}
        columns, texts = ", ".join(map(ident_of, values)), ", ".join(map(literal, values.values()))
        return f"insert into {ident(self.table)} ({columns}) overriding system value values ({texts})"

    def change(self) -> str:
        """The UPDATE that makes it a row of its variation."""
        sets = ", ".join(f"{ident_of(name)} = {literal(text)}" for name, text in self.variation)
        return f"update {ident(self.table)} set {sets} where {self.where}"


@dataclass(frozen=True, slots=True)
class Filled:
    """Who stands in the database with which rows.

    `rows` holds a person's plainest row of a table first. `spare` holds, for the owner and the stranger, one more row
    of each table that the server accepts, and the changes that make a row another kind where only one row may be.
    `missing` has one entry for each table in which somebody has no row: who has none, and why. `owned` are the tables
    whose rows belong to somebody, by a column of their own or through the row they hang on. `notes` are pairs of a
    table and what was met while filling it.
    """

    people: tuple[Person, ...] = ()
    rows: tuple[Row, ...] = ()
    spare: tuple[Row, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    owned: frozenset[str] = frozenset()
    notes: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0

    def person(self, actor: Actor) -> Person | None:
        """The person who plays that part."""
        return next((person for person in self.people if person.actor is actor), None)

    def of(self, table: str, whose: Actor | None = None) -> Iterator[Row]:
        """The rows of a table, or those of one person in it."""
        return (row for row in self.rows if row.table == table and whose in (None, row.whose))

    def more(self, table: str, whose: Actor) -> Row | None:
        """One more row of a table for a person, not in the table yet."""
        mine = (row for row in self.spare if row.table == table and row.whose is whose)
        return next((row for row in mine if row.made != "change"), None)


@dataclass(frozen=True, slots=True)
class Grown:
    """What was added in bulk: for each table how many rows and in how many seconds; why a table got none; and the
    seconds of it all, with the references and indexes put back."""

    tables: tuple[tuple[str, int, float], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
