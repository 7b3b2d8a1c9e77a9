"""One row goes into a table: by the app's own rules where they let it, otherwise with its triggers off, and said so."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from apprescue.methods.filling.composing import Composer, LackingError, Plan, Values, Wish, again, hash_of
from apprescue.methods.filling.kinship import Kin, Side
from apprescue.methods.filling.values import INTEGERS
from apprescue.model.access import Actor
from apprescue.model.catalog import Relation
from apprescue.model.database import Database, DatabaseError, ident_of, literal
from apprescue.model.rows import Person, Row

TAKEN, EXCLUDED, CHECK = "23505", "23P01", "23514"
TRIES = 6
SERVICE = '{"role": "service_role"}'
NO_EQUAL = ("json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle")


@dataclass(frozen=True, slots=True)
class Manner:
    """A way to try: with all columns or only those that must be, as whom, and with the app's triggers or without."""

    lean: bool = False
    service: bool = False
    triggers: bool = True


MANNERS = (Manner(), Manner(lean=True), Manner(service=True), Manner(lean=True, service=True),
           Manner(triggers=False), Manner(lean=True, triggers=False))  # fmt: skip


class RefusedError(Exception):
    """No row could be added. The message says why, in the server's words; `taken` where just such a row is there."""

    def __init__(self, message: str, taken: Row | None = None) -> None:
        super().__init__(message)
        self.taken = taken


class Inserter:
    """Adds rows through one session."""

    def __init__(self, database: Database, composer: Composer) -> None:
        self._database, self._composer = database, composer
        self._claims = ""
        with contextlib.suppress(DatabaseError):  # only a database of the laboratory can
            database.run("select laboratory.draw_elsewhere()")

    def added(self, plan: Plan, wish: Wish, keep: bool = True) -> Row:
        """A new row of the table; one that is not kept is taken out again at once. Raises RefusedError."""
        first = ""
        for manner in MANNERS:
            tried = again(wish, lean=manner.lean)
            for _ in range(TRIES):
                try:
                    values, parties = self._composer.row(plan, tried)
                except LackingError as lacking:
                    raise RefusedError(str(lacking)) from None
                try:
                    stored = self._insert(plan.kin.table, values, tried.person, manner, keep)
                except DatabaseError as error:
                    first = first or f"{error.sqlstate} {str(error).splitlines()[0]}"
                    after = self._after(plan, tried, values, error)
                    if after is None:
                        break
                    tried = after
                    continue
                if stored is None:
                    first = first or "a trigger swallowed the row"
                    break
                note = first if not manner.triggers else ""
                return row_of(plan.kin, tried, stored, parties, "insert" if manner.triggers else "triggers off", note)
        raise RefusedError(first)

    def _after(self, plan: Plan, wish: Wish, values: Values, error: DatabaseError) -> Wish | None:
        """What to try next in the same manner after a refusal; None where nothing else would help."""
        if error.sqlstate == CHECK:
            return again(wish, shift=wish.shift + 1) if wish.shift < TRIES else None
        if error.sqlstate == EXCLUDED:
            return again(wish, number=wish.number + 7, shift=wish.shift + 1)
        if error.sqlstate != TAKEN:
            return None
        columns = collided(plan.kin.table, str(error))
        drawn = [c for c in plan.kin.table.columns if c.name in columns - values.keys() and c.base in INTEGERS]
        if drawn:
            return again(wish, given={**wish.given, **{c.name: str(30_000 + hash_of(wish)) for c in drawn}})
        fixed = plan.kin.filled_from_elsewhere() | wish.given.keys()
        if not columns or columns - fixed - wish.variation.keys():
            return again(wish, number=wish.number + 7, shift=wish.shift + 1)
        others = {name for name, side in plan.kin.people.items() if side is Side.OTHER}
        others |= {name for place, side in plan.kin.sides.items() if side is Side.OTHER for name in place}
        if columns & others and not wish.alone and wish.partner < 2:
            return again(wish, partner=wish.partner + 1)
        if not wish.apart and wish.person.actor in (Actor.SUBSCRIBER, Actor.MEMBER):
            return again(wish, apart=True, partner=0)
        there = self.standing(plan, wish.person, columns, values)
        raise RefusedError(f"{error.sqlstate} {str(error).splitlines()[0]}", there)

    def standing(self, plan: Plan, person: Person, columns: frozenset[str], values: Values) -> Row | None:
        """The row that stands in the table with these values in some columns."""
        where = " and ".join(equal(name, values[name]) for name in sorted(columns) if values.get(name) is not None)
        found = self.read(plan.kin.table, f"where {where or 'true'} limit 1")
        return row_of(plan.kin, Wish(person), found[0], {}, "trigger", "") if found else None

    def read(self, table: Relation, rest: str) -> list[Values]:
        """Rows of a table as texts, by column."""
        names = [column.name for column in table.columns if not column.generated]
        shown = ", ".join(f"{ident_of(name)}::text" for name in names)
        rows = self._database.query(f"select {shown or 'null'} from {relation(table)} {rest}")
        return [dict(zip(names, row, strict=False)) for row in rows]

    def as_person(self, person: Person | None) -> None:
        """What the app's triggers take for the one who acts: a person, or the service."""
        claims = SERVICE if person is None else token(person)
        if claims != self._claims:
            self._database.run(
                f"select set_config('request.jwt.claims', {literal(claims)}, false), "
                f"set_config('request.jwt.claim.sub', {literal(person.id if person else '')}, false)"
            )
            self._claims = claims

    def forget(self) -> None:
        """What was set inside of what is undone is undone too."""
        self._claims = ""

    def _insert(self, table: Relation, values: Values, person: Person, manner: Manner, keep: bool) -> Values | None:
        """Add it and give it back as it stands there; None where a trigger let nothing in."""
        self.as_person(None if manner.service else person)
        sql = insertion(table, values)
        if not manner.triggers:
            sql = f"set local session_replication_role = replica; {sql}"
        with contextlib.nullcontext() if keep else self._database.undone():
            rows = self._database.query(sql)
        names = [column.name for column in table.columns if not column.generated]
        return dict(zip(names, rows[0], strict=False)) if rows else None


def relation(table: Relation) -> str:
    """A table's name as SQL."""
    schema, _, name = table.name.partition(".")
    return f"{ident_of(schema)}.{ident_of(name)}"


def insertion(table: Relation, values: Mapping[str, str | None]) -> str:
    """The INSERT of one row that gives back what then stands there."""
    names = [column.name for column in table.columns if not column.generated]
    shown = ", ".join(f"{ident_of(name)}::text" for name in names)
    given = {name: text for name, text in values.items() if name in names}
    into = f"insert into {relation(table)}"
    if not given:
        return f"{into} default values returning {shown or '1'}"
    columns, texts = ", ".join(map(ident_of, given)), ", ".join(map(literal, given.values()))
    return f"{into} ({columns}) overriding system value values ({texts}) returning {shown}"


def token(person: Person) -> str:
    """The claims of a person's token."""
    return json.dumps(
        {
            "sub": person.id,
            "role": "authenticated",
            "aud": "authenticated",
            "email": person.email,
            "app_metadata": json.loads(person.app_metadata),
            "user_metadata": json.loads(person.user_metadata),
        }
    )


def collided(table: Relation, message: str) -> frozenset[str]:
    """The columns of the unique index that a refusal names."""
    match = re.search(r'unique constraint "(.+?)"', message)
    found = next((index.columns for index in table.distinct if match and index.name == match[1]), ())
    return frozenset(found)


def row_of(kin: Kin, wish: Wish, stored: Values, parties: Mapping[str, Actor], made: str, note: str) -> Row:
    """A stored row as a value."""
    return Row(
        table=kin.table.name,
        whose=wish.person.actor,
        where=where_of(kin.table, stored),
        values=tuple(stored.items()),
        parties=tuple(parties.items()),
        variation=tuple((name, stored.get(name)) for name in wish.variation),
        made=made,
        note=note,
    )


def where_of(table: Relation, stored: Values) -> str:
    """The condition that finds a row alone: by its primary key, else by a key without nulls, else by all it holds."""
    whole = next((key for key in table.unique if all(stored.get(name) is not None for name in key)), ())
    comparable = [c.name for c in table.columns if c.base not in NO_EQUAL and c.name in stored]
    return " and ".join(equal(name, stored[name]) for name in whole or comparable) or "true"


def equal(name: str, text: str | None) -> str:
    """The condition that a column holds just this."""
    return f"{ident_of(name)} is null" if text is None else f"{ident_of(name)} = {literal(text)}"


def together(database: Database, parts: Sequence[tuple[Relation, Values]]) -> Iterator[Values]:
    """Add rows that must hang on each other, in one statement: references are only looked at when it is over."""
    steps = [f"s{place} as ({insertion(table, values)})" for place, (table, values) in enumerate(parts)]
    shown = ", ".join(f"(select to_jsonb(s{place}) from s{place})::text" for place in range(len(parts)))
    [row] = database.query(f"with {', '.join(steps)} select {shown}")
    for text in row:
        yield {name: None if value is None else str(value) for name, value in json.loads(text).items()}
