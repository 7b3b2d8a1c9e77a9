"""Other values that a column may take: the ones that would pay off first, then any that the server may accept."""

from __future__ import annotations

import re
from collections.abc import Iterable

from apprescue.methods.trying.moments import Clock
from apprescue.methods.trying.specimens import Specimens
from apprescue.model.access import Actor
from apprescue.model.catalog import Attribute, Catalog, Relation

MOST = 7
POWER = (
    "superadmin super_admin admin administrator owner moderator staff enterprise unlimited premium pro vip gold "
    "creator active approved verified paid succeeded completed complete published accepted public confirmed "
    "bezahlt genehmigt freigegeben aktiv"
).split()
NUMBERS = ("integer", "bigint", "smallint", "numeric", "real", "double precision", "money")
TEXTS = ("text", "character varying", "character", "citext", "name")
QUOTED = re.compile(r"'((?:[^']|'')*)'")


def powerful(value: str) -> int:
    """Where a word stands among those that give power; behind all of them where it gives none."""
    return POWER.index(value.lower()) if value.lower() in POWER else len(POWER)


def others(
    catalog: Catalog, relation: Relation, column: Attribute, specimens: Specimens, current: str | None
) -> list[str | None]:
    """Values unlike the current one, in the order in which to try them."""
    named = sorted(_named(catalog, relation, column), key=powerful)
    clock = Clock.of()
    seen = [v for row in specimens.of(relation.name) if not clock.gave(v := row.values.get(column.name))]
    pointed = _pointed(relation, column, specimens)
    made = [] if pointed else _made(column, named)
    found = [*named, *pointed, *made, *[value for value in seen if value is not None]]
    if not column.required:
        found.append(None)
    tell = dict.fromkeys(value for value in found if value != current)
    return list(tell)[:MOST]


def gainful(catalog: Catalog, relation: Relation, column: Attribute, values: list[str | None]) -> list[str | None]:
    """Of the values that a new row may set, those that somebody must not: where he has to name one of a list, the ones
    that give no power are his to name, if others do."""
    listed = set(_named(catalog, relation, column))
    strong: list[str | None] = [value for value in values if value and powerful(value) < len(POWER)]
    chosen = column.required and not column.default and strong and {value for value in values if value} <= listed
    return strong if chosen else values


def another_person(relation: Relation, column: str, specimens: Specimens, actor: Actor) -> str | None:
    """What stands for a person in a column: as in his own rows there, else his id or his profile's key."""
    for row in specimens.of(relation.name):
        value = row.values.get(column)
        if value and specimens.aliases.get(value) is actor:
            return value
    target = next((r for r in relation.references if r.columns == (column,)), None)
    for row in specimens.of(target.to) if target else ():
        value = row.values.get(target.to_columns[0]) if target else None
        if value and specimens.aliases.get(value) is actor:
            return value
    person = specimens.people.get(actor)
    return person.id if person else None


def _named(catalog: Catalog, relation: Relation, column: Attribute) -> Iterable[str]:
    """The values that an enumeration or a check names."""
    for kind, values in catalog.enums.items():
        if kind in (column.base, column.type) or kind.split(".")[-1] == column.base.split(".")[-1]:
            yield from values
    if column.base in (*NUMBERS, "boolean", "uuid"):
        return
    word = re.compile(rf"\b{re.escape(column.name)}\b")
    for _, condition in relation.checks:
        if word.search(condition):
            yield from (text.replace("''", "'") for text in QUOTED.findall(condition))
    for _, checks in [catalog.domains.get(column.type, ("", ()))]:
        for condition in checks:
            yield from QUOTED.findall(condition)


def _pointed(relation: Relation, column: Attribute, specimens: Specimens) -> list[str | None]:
    """The keys that a foreign key may point at, another person's first."""
    for reference in relation.references:
        if column.name in reference.columns:
            key = reference.to_columns[reference.columns.index(column.name)]
            rows = sorted(specimens.of(reference.to), key=lambda row: Actor.STRANGER not in row.people)
            return [value for row in rows if (value := row.values.get(key))]
    return []


def _made(column: Attribute, named: list[str]) -> list[str | None]:
    base = column.base
    if column.is_array:
        return ["{}", "{rescue}"]
    if base == "boolean":
        return ["true", "false"]
    if base in NUMBERS:
        return ["999999", "99", "7", "1", "0"]
    if base in TEXTS:
        if named:
            return []
        long = ["admin"] if re.search(r"role|type|tier|plan|level", column.name) else []
        if "mail" in column.name:
            long = ["another@example.test"]
        if "url" in column.name:
            long = ["https://example.test/another"]
        return [*long, "another text", "ab", "+4915100000009"]
    if base == "uuid":
        return ["0e5c0e00-0000-4000-8000-0000000000aa"]
    if base.startswith(("timestamp", "date")):
        return ["2031-05-06", "2001-02-03"]
    if base.startswith("time"):
        return ["11:22:33"]
    if base in ("json", "jsonb"):
        return ['{"another": true}', "[]", "{}"]
    odd: dict[str, list[str | None]] = {"interval": ["3 days"], "inet": ["192.0.2.9"], "bytea": ["\\x41"]}
    return odd.get(base, [])
