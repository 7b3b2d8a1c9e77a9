"""A try as what replays it alone in the rebuilt database: the people, the rows and the columns that it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from apprescue.methods.filling.values import constant
from apprescue.methods.trying.actors import role_of
from apprescue.methods.trying.mentions import Mentions
from apprescue.methods.trying.moments import Clock, drawn
from apprescue.methods.trying.specimens import Specimen, Specimens, where_of
from apprescue.methods.trying.trials import Trial
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import ident, ident_of, literal
from apprescue.model.replay import Replay, Sign

MOST, MOST_EACH = 60, 4
ACCOUNTS, ACCOUNT = "auth.users", ("id", "email", "raw_app_meta_data", "raw_user_meta_data")
WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9$]*")
WHOLE = re.compile(r"\*|to_jsonb?\s*\(|row_to_json")
WRITES = re.compile(r"\b(?:insert\s+into|update\s+\w)", re.I)
POINTING = (Operation.INSERT, Operation.UPDATE)

Chosen = dict[tuple[str, str], Specimen]


class Scripts:
    """Writes replays. The rows that a try needs are the one it is made on, what that hangs on where the database looks
    there, and the people's rows in the tables that the rules ask; the columns are the keys, those without which no row
    can be, and those of which the rules or the try speak."""

    def __init__(self, catalog: Catalog, specimens: Specimens, mentions: Mentions) -> None:
        self._specimens, self._mentions = specimens, mentions
        self._relations = {r.name: r for r in catalog.relations}
        self._bodies: dict[str, list[str]] = {}
        for routine in catalog.routines:
            self._bodies.setdefault(routine.name, []).append(routine.body)
        self._accounts = catalog.accounts
        self._known: dict[str, tuple[frozenset[str], frozenset[str], str]] = {}
        self._clock = Clock.of(v for rows in specimens.rows.values() for row in rows for v in row.values.values())

    def replay(self, trial: Trial, sign: Sign, telling: Sequence[str] = ()) -> Replay:
        """The replay of the act that says how a trial ended."""
        one = trial.one
        if one is None:
            return Replay(trial.outcome.act)
        act = trial.outcome.act or one.acts[0]
        return Replay(
            act=act,
            role=one.role,
            claims=one.claims,
            headers=one.headers,
            editor=one.editor,
            rows=tuple(self._rows(trial, " ".join([act, one.look, one.editor, one.claims, *one.before]))),
            before=one.before,
            look=one.look,
            sign=sign,
            telling=tuple(telling),
        )

    def _rows(self, trial: Trial, said: str) -> Iterator[str]:
        relation = self._relations.get(trial.object)
        triggers = self._triggers(relation, trial.operation)
        tables, words, text = self._behind(f"{trial.rules} {triggers}")
        words |= frozenset(WORD.findall(said)) | {trial.column}
        called = trial.operation is Operation.CALL
        written = trial.operation in POINTING or bool(trial.one and trial.one.before)
        chosen: Chosen = {}
        for row in trial.on if trial.operation is not Operation.INSERT or (trial.one and trial.one.editor) else ():
            self._add(row, chosen, tables, deep=called or written)
        for table in sorted(tables):
            for row in self._asked(table, {trial.actor, Actor.OWNER}):
                if len(chosen) < MOST:
                    self._add(row, chosen, tables, deep=called or bool(WRITES.search(triggers)))
        for table in dict.fromkeys([trial.object, *(row.table for row in trial.on)]):
            for row in self._named(table, said):
                self._add(row, chosen, tables, deep=called)
        yield from self._people(trial, said, text, chosen.values())
        whole = bool(WHOLE.search(trial.rules)) and trial.kind != "table"
        for (table, columns), rows in self._alike(chosen.values(), words, whole).items():
            yield _insertion(table, columns, rows)

    def _behind(self, rules: str) -> tuple[frozenset[str], frozenset[str], str]:
        """The tables that rules ask, the words in all that they reach, and its text."""
        if rules not in self._known:
            tables, texts = self._mentions.reached(rules)
            text = " ".join(texts)
            self._known[rules] = tables, frozenset(WORD.findall(text)), text
        return self._known[rules]

    def _triggers(self, relation: Relation | None, operation: Operation) -> str:
        """The bodies of what runs when the row is written."""
        if relation is None or operation in (Operation.SELECT, Operation.LISTEN):
            return ""
        return " ".join(
            " ".join(self._bodies.get(name, ()))
            for _, definition, name in relation.triggers
            if operation.value.upper() in definition.upper()
        )

    def _asked(self, table: str, actors: set[Actor]) -> list[Specimen]:
        """The rows in which the rules may look for these people, those of all of them first."""
        rows = [row for row in self._specimens.of(table) if row.people & actors]
        return sorted(rows, key=lambda row: -len(row.people & actors))[:MOST_EACH]

    def _people(self, trial: Trial, said: str, text: str, rows: Iterable[Specimen]) -> Iterator[str]:
        """The accounts of who acts, of whom the act names, and where anything looks them up, of all in the rows."""
        spoken = {value for row in rows for value in row.values.values() if value}
        read_only = trial.operation is Operation.SELECT and not (trial.one and trial.one.before)
        everybody = not read_only or "users" in text
        people = {
            person.id
            for actor, person in self._specimens.people.items()
            if (actor is trial.actor and role_of(actor) == "authenticated")
            or person.id in said
            or (everybody and person.id in spoken)
        }
        rows = [row for row in self._specimens.of(ACCOUNTS) if row.values.get("id") in people]
        if self._accounts and rows:
            columns = [c for c in self._accounts.columns if c.name in ACCOUNT]
            yield _insertion(ACCOUNTS, tuple(c.name for c in columns), [self._texts(columns, row) for row in rows])

    def _alike(
        self, rows: Iterable[Specimen], words: frozenset[str], whole: bool
    ) -> dict[tuple[str, tuple[str, ...]], list[list[str]]]:
        """The rows as texts, together where they are of one table and fill the same columns."""
        found: dict[tuple[str, tuple[str, ...]], list[list[str]]] = {}
        for row in rows:
            relation = self._relations[row.table]
            columns = [c for c in relation.columns if self._needed(relation, c, row.values.get(c.name), words, whole)]
            columns = columns or [c for c in relation.columns if not c.generated]
            names = tuple(c.name for c in columns)
            found.setdefault((row.table, names), []).append(self._texts(columns, row))
        return found

    def _needed(
        self, relation: Relation, column: Attribute, value: str | None, words: frozenset[str], whole: bool
    ) -> bool:
        if column.generated:
            return False
        if value is None:  # an empty one is written where a default would fill it
            return bool(column.default)
        if column.name in relation.primary_key:
            return True
        if column.default or column.identity:
            if (drawn(column) and self._clock.gave(value)) or constant(column.default) == value:
                return False
            checked = any(column.name in condition for _, condition in relation.checks)
            return whole or checked or column.name in words
        return column.required or whole or column.name in words or self._checked(relation, column)

    @staticmethod
    def _checked(relation: Relation, column: Attribute) -> bool:
        """Whether a condition of the table that speaks of other columns too speaks of this one."""
        return any(re.search(rf"\b{re.escape(column.name)}\b", condition) for _, condition in relation.checks)

    def _texts(self, columns: Sequence[Attribute], row: Specimen) -> list[str]:
        return [self._clock.written(column, row.values.get(column.name)) for column in columns]

    def _named(self, table: str, said: str) -> Iterator[Specimen]:
        """The rows that a statement newly points at."""
        relation = self._relations.get(table)
        for reference in relation.references if relation else ():
            for row in self._specimens.of(reference.to):
                value = row.values.get(reference.to_columns[0])
                if value and literal(value) in said:
                    yield row

    def _add(self, row: Specimen, chosen: Chosen, tables: frozenset[str], deep: bool) -> None:
        """A row, and before it those it hangs on: where the rules ask them, or `deep`, for what is written is held
        against all of them."""
        relation = self._relations.get(row.table)
        if relation is None or (key := (row.table, where_of(relation, row.values))) in chosen or len(chosen) > 2 * MOST:
            return
        chosen[key] = row
        for reference in relation.references:
            wanted = tuple(row.values.get(c) for c in reference.columns)
            if None not in wanted and (deep or reference.to in tables):
                for parent in self._parents.get((reference.to, reference.to_columns, wanted), ()):
                    self._add(parent, chosen, tables, deep)

    @cached_property
    def _parents(self) -> dict[tuple[str, tuple[str, ...], tuple[str | None, ...]], list[Specimen]]:
        """Rows by every key that some foreign key points at."""
        keys = {(r.to, r.to_columns) for relation in self._relations.values() for r in relation.references}
        found: dict[tuple[str, tuple[str, ...], tuple[str | None, ...]], list[Specimen]] = {}
        for table, columns in keys:
            for row in self._specimens.of(table):
                found.setdefault((table, columns, tuple(row.values.get(c) for c in columns)), []).append(row)
        return found


def _insertion(table: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    names = f" ({', '.join(map(ident_of, columns))})"
    values = ",\n  ".join(f"({', '.join(row)})" for row in rows)
    return f"insert into {ident(table)}{names} overriding system value values\n  {values}\non conflict do nothing"
