"""What stands in each column of row number so and so, as one SQL expression: so the server makes a million by itself.

Every expression depends on the row's number alone (`§` in its text), so what another row holds, and with it any
reference, is the same expression with that row's number put in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apprescue.methods.conditions import Asked
from apprescue.methods.filling.composing import Plan
from apprescue.methods.filling.kinship import STAFF, Side, must
from apprescue.methods.filling.solving import Solved
from apprescue.methods.filling.values import (
    FRACTIONS,
    INTEGERS,
    MOMENTS,
    NUMBERS,
    TEXTS,
    constant,
    natural,
)
from apprescue.methods.filling.volume_values import NUMBER, Crowd, at, chosen, collected, counted, moment, text_of
from apprescue.methods.filling.volume_words import TOPICS
from apprescue.model.catalog import Attribute, Catalog, Reference
from apprescue.model.database import Database, DatabaseError, ident_of, literal

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
JSON = ("json", "jsonb")
SIZES = (80, 30, 12)
TRIED = 2000
ONE_OF_FEW = re.compile(
    r"(?:^|_)(?:kind|type|category|status|state|plan|tier|platform|source|gender|genre|level|mode|method|provider|"
    r"channel|format|role|priority|visibility|niche|industry|city|country|currency|language|locale)$",
    re.IGNORECASE,
)
POSITIVE = re.compile(r"active|enabled|published|public|visible|approved|available", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sized:
    """A table that is to grow: how many rows it gets, what number its keys begin after, its columns' expressions, and
    how many of its rows are there already."""

    name: str
    rows: int
    after: int
    columns: Expressions
    done: int = 0


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


def numbered(database: Database, crowd: Crowd, plan: Plan, group: Solved, after: int) -> Expressions:
    """For a column of texts whose condition names no values, words that the condition allows: with the row's number in
    them where all must differ, otherwise such as people write."""
    [name, *others] = group.columns
    column = plan.kin.table.column(name)
    if others or column is None or column.base not in TEXTS or column.is_array or group.closed:
        return {}
    number = f"({NUMBER} + {after})"
    if any(name in index.columns for index in plan.kin.table.distinct):
        offered, rows = [words.format(n=number) for words in WORDS], "unnest(array[1, 2, 10, 77777, 1000000]) g"
    else:
        written = text_of(crowd, plan.kin.table.name, column)
        offered = [written, *(f"left({written}, {size})" for size in SIZES)] if written else []
        rows = f"generate_series(1, {TRIED}) g"
    for made in offered:
        tried = f"select {at(made, 'g')} as {ident_of(name)} from {rows}"
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
    first = there.done if len(link.columns) > 1 and there.done < rows else 0  # those of before were made of other sizes
    rank = crowd.rank(rows - first, table.name, link.name, *link.columns)
    number = NUMBER if _one_each(plan, link.columns) else f"({first} + {rank})" if first else rank
    return {name: at(there.columns[key], number) for name, key in zip(link.columns, link.to_columns, strict=True)}


def _solved(crowd: Crowd, plan: Plan, group: Solved, found: Mapping[str, str]) -> Expressions:
    """Columns that a condition binds take the answers that the server allowed, all of the same one; what the app looks
    for is the commonest."""
    null = {name for name in group.links if found.get(name) == "null"}
    fitting = [one for one in group.solutions if all((one[name] is None) is (name in null) for name in group.links)]
    fitting = fitting or [one for one in group.solutions if all(one[n] is None or n not in null for n in group.links)]
    if not fitting:
        return {}
    looked_for = [{name: set(plan.asked[name].equal) for name in group.columns if name in plan.asked}]
    fitting.sort(key=lambda one: -sum(one[name] in some for known in looked_for for name, some in known.items()))
    share = crowd.share(plan.kin.table.name, *group.columns)
    place = f"1 + floor({share} * {share} * {len(fitting)})::int"
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
    if column.is_array or column.base in JSON:
        made = collected(crowd, plan.kin.table.name, column, plan.asked.get(column.name, Asked()))
    else:
        made = _single(catalog, crowd, plan, column, after)
    if made or column.default or not column.required:
        return made
    text = natural(column, catalog, "v", 1)
    return f"{literal(text)}::{column.type}" if text is not None else ""


def _single(catalog: Catalog, crowd: Crowd, plan: Plan, column: Attribute, after: int) -> str:
    table, base = plan.kin.table, column.base
    share = crowd.share(table.name, column.name)
    alone = any(column.name in index.columns for index in table.distinct)
    if base == "boolean":
        return f"({share} < {'0.8' if constant(column.default) == 'true' or POSITIVE.search(column.name) else '0.2'})"
    if base in INTEGERS and (alone or column.identity):
        return f"({NUMBER} + {after})"
    if base in INTEGERS:
        known = plan.asked.get(column.name, Asked())
        return "" if column.default.startswith("nextval") else counted(crowd, table.name, column, known)
    if base in FRACTIONS and not alone:
        return f"({natural(column, catalog, 'v', 1)} * {share})::{column.type}"
    if base == "uuid":
        return f"md5('{crowd.seed}/{table.name}/{column.name}/' || {NUMBER})::uuid"
    if base in MOMENTS:
        return moment(crowd, table.name, column, alone)
    if (values := _values(catalog, plan, column)) and not alone:
        return chosen(share, values, column.type)
    if base == "inet":
        return f"(inet '10.0.0.0' + {NUMBER})"
    return _text(crowd, table.name, column, alone, after) if base in TEXTS and column.type != "character" else ""


def _text(crowd: Crowd, table: str, column: Attribute, alone: bool, after: int) -> str:
    size = "".join(one for one in column.type.rpartition("(")[2] if one.isdigit())
    written = "" if alone else text_of(crowd, table, column)
    if written:
        return f"left({written}, {size})" if size else written
    words = f"{literal(column.name[:20] + ' ')} || ({NUMBER} + {after})"
    return f"right({words}, {size})" if size else f"({words})"


def _values(catalog: Catalog, plan: Plan, column: Attribute) -> list[str]:
    """The values of a column that holds one of few, those that the app looks for first."""
    asked = plan.asked[column.name].equal if column.name in plan.asked else []
    if column.base in catalog.enums:
        known = catalog.enums[column.base]
        return [*(one for one in asked if one in known), *(one for one in known if one not in asked)]
    if chosen := plan.choices.get(column.name):
        default = constant(column.default)
        return list(dict.fromkeys([*(one for one in asked if one in chosen), *chosen, default or "other", "other"]))
    return TOPICS if column.base in TEXTS and ONE_OF_FEW.search(column.name) else []


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
