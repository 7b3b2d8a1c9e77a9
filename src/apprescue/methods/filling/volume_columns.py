"""What stands in each column of row number so and so, as one SQL expression: so the server makes a million by itself.

Every expression depends on the row's number alone (`§` in its text), so what another row holds, and with it any
reference, is the same expression with that row's number put in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from apprescue.methods.filling.composing import Plan
from apprescue.methods.filling.kinship import STAFF, Side, must
from apprescue.methods.filling.solving import Solved
from apprescue.methods.filling.values import (
    FRACTIONS,
    INTEGERS,
    LATER,
    MOMENTS,
    NUMBERS,
    TEXTS,
    UNDONE,
    constant,
    natural,
)
from apprescue.model.catalog import Attribute, Catalog, Reference
from apprescue.model.database import Database, DatabaseError, ident_of, literal

NUMBER = "§"
WORDS = (
    "'value-' || {n}",
    "'v' || {n}",
    "'V' || {n}",
    "({n})::text",
    "lpad(({n})::text, 8, '0')",
    "'+1202' || lpad(({n})::text, 7, '0')",
    "'v' || {n} || '@people.example'",
    "'https://people.example/' || {n}",
)
Expressions = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sized:
    """A table that is to grow: how many rows it gets, what number its keys begin after, its columns' expressions."""

    name: str
    rows: int
    after: int
    columns: Expressions


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many accounts there are, and the seed that all values hang on."""

    accounts: int
    seed: int

    def user(self, number: str) -> str:
        """The id of the account of that number."""
        return f"md5('{self.seed}/user/' || {number})::uuid"

    def share(self, *names: object) -> str:
        """A number from 0 up to 1 for a row, another one for other names."""
        salt = crc32("/".join(map(str, (self.seed, *names))).encode())
        return f"((hashint8extended(({NUMBER})::bigint, {salt}) & 2147483647)::float8 / 2147483648)"

    def rank(self, most: int, *names: object) -> str:
        """One of so many, the first ones by far the most often, as Zipf has it."""
        return f"least({most}, floor(exp({self.share(*names)} * ln({most + 1}))))::bigint"


def at(expression: str, number: str) -> str:
    """The expression for the row of another number."""
    return expression.replace(NUMBER, f"({number})")


def expressions(
    catalog: Catalog,
    crowd: Crowd,
    plan: Plan,
    sizes: Mapping[str, int],
    after: int,
    others: Mapping[str, Sized],
    known: Expressions,
) -> Expressions:
    """An expression for each column that takes one, but for those that are `known`. `others` are the tables that are
    described already."""
    table, found = plan.kin.table, Expressions()
    for link in plan.kin.links:
        if all(name in found for name in link.columns):
            continue
        found |= _linked(crowd, plan, link, sizes, others)
    for name, side in plan.kin.people.items():
        found.setdefault(name, _person(crowd, plan, name, side))
    for group in plan.solved:
        found |= _solved(crowd, plan, group, found)
    found |= known
    for column in table.columns:
        if column.name not in found and not column.generated:
            made = _plain(catalog, crowd, plan, column, after)
            if made:
                found[column.name] = made
    for link in table.references:
        if link.to == table.name and must(table, link):
            found |= {name: found.get(key, "") for name, key in zip(link.columns, link.to_columns, strict=True)}
    return {name: made for name, made in found.items() if made}


def numbered(database: Database, plan: Plan, group: Solved, after: int) -> Expressions:
    """For a column of texts that must all differ, words with the row's number in them that its condition allows."""
    [name, *others] = group.columns
    column = plan.kin.table.column(name)
    unlike = any(name in index.columns for index in plan.kin.table.distinct)
    if others or column is None or column.base not in TEXTS or column.is_array or not unlike or group.closed:
        return {}
    number = f"({NUMBER} + {after})"
    for words in WORDS:
        made = words.format(n=number)
        tried = f"select {at(made, 'g')} as {ident_of(name)} from unnest(array[1, 2, 10, 77777, 1000000]) g"
        judged = " and ".join(f"bool_and(({condition}) is not false)" for condition in group.conditions)
        try:
            with database.undone():
                if database.query(f"select {judged} from ({tried}) t") == [(True,)]:
                    return {name: made}
        except DatabaseError:
            continue
    return {}


def _one_each(plan: Plan, columns: Sequence[str]) -> bool:
    return tuple(columns) in plan.kin.table.unique


def _person(crowd: Crowd, plan: Plan, name: str, side: Side) -> str:
    column = plan.kin.table.column(name)
    if column is not None and not column.required and (side is Side.STAFF or STAFF.search(name)):
        return "null"
    if _one_each(plan, (name,)):
        return crowd.user(NUMBER)
    return crowd.user(crowd.rank(crowd.accounts, plan.kin.table.name, name))


def _linked(
    crowd: Crowd, plan: Plan, link: Reference, sizes: Mapping[str, int], others: Mapping[str, Sized]
) -> Expressions:
    """The columns of a reference: those of some row of the other table, which its number says."""
    table = plan.kin.table
    required = must(table, link)
    if link.to == table.name:
        return {} if required else dict.fromkeys(link.columns, "null")
    there = others.get(link.to)
    known = there is not None and all(key in there.columns for key in link.to_columns)
    if there is None or not known or (not required and STAFF.search(link.columns[-1])):
        return dict.fromkeys(link.columns, "null")
    rows = sizes[link.to]
    number = NUMBER if _one_each(plan, link.columns) else crowd.rank(rows, table.name, link.name, *link.columns)
    return {name: at(there.columns[key], number) for name, key in zip(link.columns, link.to_columns, strict=True)}


def _solved(crowd: Crowd, plan: Plan, group: Solved, found: Mapping[str, str]) -> Expressions:
    """Columns that a condition binds take the answers that the server allowed, all of the same one."""
    null = {name for name in group.links if found.get(name) == "null"}
    fitting = [one for one in group.solutions if all((one[name] is None) is (name in null) for name in group.links)]
    fitting = fitting or [one for one in group.solutions if all(one[n] is None or n not in null for n in group.links)]
    if not fitting:
        return {}
    place = f"1 + floor({crowd.share(plan.kin.table.name, *group.columns)} * {len(fitting)})::int"
    made = {}
    for name in group.columns:
        column = plan.kin.table.column(name)
        if column is not None and name not in group.links:
            values = ", ".join("null" if one[name] is None else literal(one[name]) for one in fitting)
            made[name] = f"((array[{values}]::text[])[{place}])::{column.type}"
        elif all(one[name] is None for one in fitting):
            made[name] = "null"
    return made


def _plain(catalog: Catalog, crowd: Crowd, plan: Plan, column: Attribute, after: int) -> str:
    """A value for a column that nothing else decides; empty where its default is as good."""
    table = plan.kin.table
    share = crowd.share(table.name, column.name)
    alone = any(column.name in index.columns for index in table.distinct)
    if column.is_array or column.base == "boolean":
        if column.base == "boolean" and not column.is_array:
            return f"({share} < {'0.8' if constant(column.default) == 'true' else '0.2'})"
    elif column.base in INTEGERS:
        if alone or column.identity:
            return f"({NUMBER} + {after})"
        return f"floor({share} * 1000)::int" if not column.default.startswith("nextval") else ""
    elif column.base in FRACTIONS and not alone:
        return f"({natural(column, catalog, 'v', 1)} * {share})::{column.type}"
    elif column.base == "uuid":
        return f"md5('{crowd.seed}/{table.name}/{column.name}/' || {NUMBER})::uuid"
    elif column.base in MOMENTS:
        if not column.required and UNDONE.search(column.name):
            return f"case when {share} < 0.1 then timestamptz '2026-01-01 00:00+00' end::{column.type}"
        way = "+" if LATER.search(column.name) else "-"
        step = "day" if column.base == "date" else "second"
        spread = f"({NUMBER} % 700000) * interval '1 {step}'" if alone else f"{share} * interval '700 days'"
        return f"(timestamptz '2026-11-01 00:00+00' {way} {spread})::{column.type}"
    elif column.base in catalog.enums or (plan.choices.get(column.name) and not alone):
        return _chosen(share, plan.choices.get(column.name) or catalog.enums[column.base], column.type)
    elif column.base == "inet":
        return f"(inet '10.0.0.0' + {NUMBER})"
    elif column.base in TEXTS and column.type != "character":
        size = "".join(one for one in column.type.rpartition("(")[2] if one.isdigit())
        words = f"{literal(column.name[:20] + ' ')} || ({NUMBER} + {after})"
        return f"right({words}, {size})" if size else f"({words})"
    if column.default or not column.required:
        return ""
    text = natural(column, catalog, "v", 1)
    return f"{literal(text)}::{column.type}" if text is not None else ""


def _chosen(share: str, values: Sequence[str], written: str) -> str:
    """One of the values, the first of them by far the most often."""
    offered = ", ".join(map(literal, values))
    place = f"least({len(values)}, 1 + floor({share} * {share} * {len(values)})::int)"
    return f"((array[{offered}]::text[])[{place}])::{written}"


def calm(catalog: Catalog, plan: Plan, columns: Expressions) -> Expressions:
    """The same with one plain value in every number that nothing binds: for tables that compute with them."""
    bound = plan.kin.filled_from_elsewhere() | {name for group in plan.solved for name in group.columns}
    found = dict(columns)
    for column in plan.kin.table.columns:
        alone = any(column.name in index.columns for index in plan.kin.table.distinct)
        if column.name in found and column.base in NUMBERS and not alone and column.name not in bound:
            text = natural(column, catalog, "v", 1)
            found[column.name] = "null" if text is None or column.is_array else f"{literal(text)}::{column.type}"
    return found
