"""What to call a function with, so that it is asked for somebody else's things."""

from __future__ import annotations

import itertools
import re

from apprescue.methods.mentions import Mentions
from apprescue.methods.other_values import NUMBERS, POWER
from apprescue.methods.specimens import Specimens
from apprescue.model.access import Actor
from apprescue.model.catalog import Catalog, Relation, Routine
from apprescue.model.database import literal

MOST = 8
AMOUNT = "4321"
LIMITS = {"limit": "50", "count": "50", "size": "50", "offset": "0", "page": "1", "days": "30", "hours": "24"}
TEXTS = ("text", "character varying", "character", "citext", "name")


class Arguments:
    """Makes calls with the things of one person."""

    def __init__(self, catalog: Catalog, specimens: Specimens, mentions: Mentions) -> None:
        self._catalog, self._specimens, self._mentions = catalog, specimens, mentions

    def calls(self, routine: Routine, whose: Actor) -> list[str]:
        """Calls `schema.name(…)` with the person's ids and values, the likeliest first."""
        tables = self._mentions.tables(routine.body)
        pools = [self._pool(name, kind, tables, whose) for name, kind in routine.arguments]
        name = ".".join(f'"{part}"' for part in routine.name.split(".", 1))
        mixed = itertools.islice(itertools.product(*pools), MOST * MOST)
        return [f"{name}({', '.join(one)})" for one in dict.fromkeys(mixed)][:MOST]

    def _pool(self, name: str, kind: str, tables: tuple[Relation, ...], whose: Actor) -> list[str]:
        bare = re.sub(r"^(?:p|v|in|arg|the|new|target)?_+|^_|_(?:param|input|arg|in)$", "", name.lower())
        values = [f"{literal(value)}::{kind}" for value in self._values(bare, kind, tables, whose)]
        return list(dict.fromkeys(values))[:4] or [f"null::{kind}"]

    def _values(self, name: str, kind: str, tables: tuple[Relation, ...], whose: Actor) -> list[str]:
        person = self._specimens.people.get(whose)
        mine = [value for value, who in self._specimens.aliases.items() if who is whose]
        if kind.endswith("[]"):
            inner = self._values(name, kind[:-2], tables, whose)
            return ["{" + ",".join(inner[:2]) + "}"] if inner else ["{}"]
        held = self._held(name, kind, tables, whose)
        if kind == "uuid":
            keys = self._keys(name, kind, tables, whose)
            user = re.search(r"user|owner|author|creator|profile|member|target|recipient|sender|^id$|uid", name)
            return [*mine[:1], *keys, *mine[1:]] if user else [*keys, *mine[:2]]
        if kind in TEXTS:
            if "mail" in name and person:
                return [person.email]
            if re.search(r"role|tier|plan|level", name):
                return [*held[:1], "admin", "premium"]
            ids = [*mine[:1]] if re.search(r"id$|user", name) else []
            return [*ids, *held, "another text"]
        if kind in NUMBERS:
            limit = next((value for word, value in LIMITS.items() if word in name), None)
            keys = self._keys(name, kind, tables, whose) if name.endswith("id") else []
            return [limit] if limit else [*keys, AMOUNT, "1"]
        return self._fixed(kind)

    def _fixed(self, kind: str) -> list[str]:
        enum = self._catalog.enums.get(kind) or self._catalog.enums.get(f"public.{kind}")
        if enum:
            return sorted(enum, key=lambda v: POWER.index(v) if v in POWER else len(POWER))[:3]
        if kind == "boolean":
            return ["true", "false"]
        if kind in ("json", "jsonb"):
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

    def _held(self, name: str, kind: str, tables: tuple[Relation, ...], whose: Actor) -> list[str]:
        """What stands in the person's rows under the argument's own name."""
        return [
            value
            for relation in tables
            for row in self._specimens.of(relation.name)
            if whose in row.people and (value := row.values.get(name))
        ][:2]
