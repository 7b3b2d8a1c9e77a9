"""What to call a function with, so that it is asked for somebody else's things."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable

from apprescue.methods.trying.mentions import Mentions
from apprescue.methods.trying.other_values import NUMBERS, POWER, others
from apprescue.methods.trying.specimens import Specimens, where_of
from apprescue.model.access import Actor
from apprescue.model.catalog import Catalog, Relation, Routine
from apprescue.model.database import ident, literal

MOST = 10
KNOWN_TO_HIM = re.compile(r"code|token|secret|key|pass|otp|pin|hash")
STATEMENT = re.compile(r"^(?:sql|query|statement|stmt|command|sql_query|query_text|sql_text|raw_sql)$")
PREFIX = re.compile(r"^(?:p|v|in|arg|the|new|target)?_+|^_|_(?:param|input|arg|in)$")
USER = re.compile(
    r"user|owner|author|creator|profile|member|target|recipient|sender|admin|moderator|actor|_by$|^id$|uid|from|^to$"
)
AMOUNT = "4321"
LIMITS = {"limit": "50", "count": "50", "size": "50", "offset": "0", "page": "1", "days": "30", "hours": "24"}
TEXTS = ("text", "character varying", "character", "citext", "name")
JSON = ("json", "jsonb")
SHORT = {
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "float": "numeric",
    "decimal": "numeric",
    "bool": "boolean",
}


class Arguments:
    """Makes calls with the things of one person."""

    def __init__(self, catalog: Catalog, specimens: Specimens, mentions: Mentions) -> None:
        self._catalog, self._specimens, self._mentions = catalog, specimens, mentions

    def calls(self, routine: Routine, whose: Actor) -> list[str]:
        """Calls `schema.name(…)` with the person's ids and values, the likeliest first."""
        pools = self._pools(routine, whose)
        first = [pool[0] for pool in pools]
        single = [[*first[:n], value, *first[n + 1 :]] for n, pool in enumerate(pools) for value in pool[1:]]
        mixed = itertools.islice(itertools.product(*pools), MOST)
        chosen = [tuple(first), *map(tuple, single), *mixed]
        return [_call(routine, one) for one in dict.fromkeys(chosen)][:MOST]

    def with_text(self, routine: Routine, whose: Actor, text: str) -> list[tuple[str, str]]:
        """A call for each argument that is a text, with this text in it; the argument's name before each."""
        first = [pool[0] for pool in self._pools(routine, whose)]
        return [
            (name or f"argument {n + 1}", _call(routine, [*first[:n], f"{literal(text)}::{kind}", *first[n + 1 :]]))
            for n, (name, kind) in enumerate(routine.arguments)
            if kind in TEXTS
        ]

    def _pools(self, routine: Routine, whose: Actor) -> list[list[str]]:
        tables = self._mentions.tables(routine.body)
        return [self._pool(name, kind, routine.body, tables, whose) for name, kind in routine.arguments]

    def _pool(self, name: str, kind: str, body: str, tables: tuple[Relation, ...], whose: Actor) -> list[str]:
        bare = PREFIX.sub("", name.lower())
        named = re.findall(rf"\b{re.escape(name)}\b\s*(?:=|<>|!=|IN\s*\(|in\s*\()\s*'([^']+)'", body) if name else []
        cast = re.search(rf"\b{re.escape(name)}\b\s*::\s*(\w+)", body) if name and kind in TEXTS else None
        values = [*(named if kind in TEXTS else []), *self._values(bare, kind, tables, whose)]
        if cast:
            values = [*self._values(bare, SHORT.get(cast[1].lower(), cast[1].lower()), tables, whose), *values]
        if kind in JSON:
            values = [*self._objects(name, body, tables, whose), *values]
        return [f"{literal(value)}::{kind}" for value in dict.fromkeys(values)][:4] or [f"null::{kind}"]

    def _objects(self, name: str, body: str, tables: tuple[Relation, ...], whose: Actor) -> list[str]:
        """Objects with the keys that the body takes out of the argument, each with what an argument would get."""
        taken = re.findall(rf"\b{re.escape(name)}\b\s*->>?\s*'(\w+)'\s*\)?(?:\s*::\s*(\w+))?", body) if name else []
        kinds = {key: SHORT.get(kind, kind) or "text" for key, kind in sorted(taken, key=lambda one: bool(one[1]))}
        pools = {
            key: self._values(PREFIX.sub("", key.lower()), kind, tables, whose)[:3] or [""]
            for key, kind in kinds.items()
        }
        chosen = [
            dict(zip(pools, some, strict=True)) for some in itertools.islice(itertools.product(*pools.values()), 4)
        ]
        return [json.dumps(one) for one in chosen if one]

    def _values(self, name: str, kind: str, tables: tuple[Relation, ...], whose: Actor) -> list[str]:
        person = self._specimens.people.get(whose)
        mine = [value for value, who in self._specimens.aliases.items() if who is whose]
        if kind.endswith("[]"):
            inner = self._values(name, kind[:-2], tables, whose)
            return ["{" + ",".join(inner[:2]) + "}"] if inner else ["{}"]
        if kind == "uuid":
            keys = self._keys(name, kind, tables, whose)
            pointed = self._pointed(name, tables, whose)
            someone = USER.search(name) or name in self._naming(tables)
            if pointed and not someone:
                return [*pointed, *keys[:2]]
            return [*mine[:1], *keys[:2], *mine[1:]] if someone else [*keys[:3], *mine[:2]]
        if kind in TEXTS:
            if STATEMENT.search(name):
                return self._statements(whose)
            if "mail" in name and person:
                return [person.email]
            ids = mine[:1] if re.search(r"id$|user", name) else []
            return [*ids, *self._held(name, tables, whose), *self._allowed(name, tables), "another text"]
        if kind in NUMBERS:
            limit = next((value for word, value in LIMITS.items() if word in name), None)
            keys = self._keys(name, kind, tables, whose) if name.endswith("id") else []
            return [limit] if limit else [*keys[:2], AMOUNT, "1"]
        return self._fixed(kind)

    def _statements(self, whose: Actor) -> list[str]:
        """Statements for a function that runs whatever it is given: one that takes a row away, one that reads."""
        for table in self._specimens.rows:
            relation = self._catalog.relation(table)
            row = next((r for r in self._specimens.of(table) if whose in r.people), None)
            if relation is not None and row is not None and relation.primary_key:
                where = where_of(relation, row.values)
                read = f"select * from {ident(table)} where {where}"
                return [f"delete from {ident(table)} where {where}", read, f"select to_jsonb(x) from ({read}) x"]
        return []

    def _pointed(self, name: str, tables: tuple[Relation, ...], whose: Actor) -> list[str]:
        """Keys of the rows that the column of that name points at, the person's own first."""
        references = [
            (r, column)
            for relation in tables
            for r in relation.references
            for column in r.columns
            if column.removesuffix("_id") == name.removesuffix("_id")
        ]
        for reference, column in references[:1]:
            key = reference.to_columns[reference.columns.index(column)]
            rows = sorted(self._specimens.of(reference.to), key=lambda row: whose not in row.people)
            return [value for row in rows[:2] if (value := row.values.get(key))]
        return []

    def _naming(self, tables: tuple[Relation, ...]) -> set[str]:
        """The columns that point at a person."""
        people = {"auth.users", "public.profiles", "public.users"}
        return {c for relation in tables for r in relation.references if r.to in people for c in r.columns}

    def _allowed(self, name: str, tables: tuple[Relation, ...]) -> list[str]:
        """What a check or an enumeration allows in the column of that name, the most powerful first."""
        for relation in tables:
            column = relation.column(name) or relation.column(name.rsplit("_", 1)[-1])
            if column is not None and column.base not in ("uuid", *NUMBERS):
                return [v for v in others(self._catalog, relation, column, self._specimens, None) if v][:2]
        return ["admin", "premium"] if re.search(r"role|tier|plan|level", name) else []

    def _fixed(self, kind: str) -> list[str]:
        enum = self._catalog.enums.get(kind) or self._catalog.enums.get(f"public.{kind}")
        if enum:
            return sorted(enum, key=lambda v: POWER.index(v) if v in POWER else len(POWER))[:3]
        if kind == "boolean":
            return ["true", "false"]
        if kind in JSON:
            return ["{}"]
        if kind.startswith(("timestamp", "date")):
            return ["2001-02-03", "2031-02-03"]
        return {"interval": ["400 days"], "inet": ["192.0.2.9"]}.get(kind, [])

    def _keys(self, name: str, kind: str, tables: tuple[Relation, ...], whose: Actor) -> list[str]:
        """Keys of his rows in the tables that the function speaks of, those named like the argument first."""
        stem = name.removesuffix("_id").removesuffix("id")
        found: list[tuple[bool, str]] = []
        for relation in tables:
            key = relation.primary_key[0] if len(relation.primary_key) == 1 else ""
            attribute = relation.column(key)
            if relation.kind != "table" or attribute is None or attribute.base != kind:
                continue
            alike = bool(stem) and stem.rstrip("s") in relation.name
            rows = [r for r in self._specimens.of(relation.name) if whose in r.people]
            found += [(not alike, value) for r in rows[:2] if (value := r.values.get(key))]
        return [value for _, value in sorted(found, key=lambda one: one[0])]

    def _held(self, name: str, tables: tuple[Relation, ...], whose: Actor) -> list[str]:
        """What stands in the person's rows under the argument's own name; not what only he knows."""
        if KNOWN_TO_HIM.search(name):
            return []
        return [
            value
            for relation in tables
            for row in self._specimens.of(relation.name)
            if whose in row.people and (value := row.values.get(name))
        ][:2]


def _call(routine: Routine, values: Iterable[str]) -> str:
    name = ".".join(f'"{part}"' for part in routine.name.split(".", 1))
    return f"{name}({', '.join(values)})"
