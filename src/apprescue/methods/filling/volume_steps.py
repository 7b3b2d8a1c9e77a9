"""How far a table has grown before, so that it can grow on: read from the rows themselves."""

from __future__ import annotations

from collections.abc import Mapping

from apprescue.methods.filling.inserting import relation
from apprescue.methods.filling.values import INTEGERS, TEXTS
from apprescue.methods.filling.volume_values import NUMBER, at
from apprescue.model.catalog import Attribute, Relation
from apprescue.model.database import Database, ident_of

BASES = tuple(10**power for power in range(3, 10))
FEW = 50
BY_CHANCE = "hashint8extended"


def after(database: Database, table: Relation) -> int:
    """The number after which the keys of grown rows begin: a power of ten with nothing at it and, where the table has
    grown before, the first of them right behind it."""
    columns = [c for c in table.columns if c.base in INTEGERS and ((c.name,) in table.unique or c.identity)]
    if not columns:
        return 0
    last = ", ".join(f"max({ident_of(column.name)})" for column in columns)
    [row] = database.query(f"select {last} from {relation(table)}")
    most = max((int(value) for value in row if value is not None), default=0)
    name = ident_of(columns[0].name)
    near = ", ".join(str(base + more) for base in BASES for more in (0, 1))
    there = {n for (n,) in database.query(f"select {name} from {relation(table)} where {name} in ({near})")}
    begun = (base for base in BASES if base + 1 in there and base not in there)
    return next(begun, next((base for base in BASES if base > most), most))


def steps_taken(database: Database, table: Relation, made: Mapping[str, str]) -> int:
    """The number of the last row that was grown. Without a column that tells the number, all rows of a table that has
    more than a few count as grown."""
    [(count,)] = database.query(f"select count(*) from {relation(table)}")
    telling = [column for column in table.columns if _tells(column, made.get(column.name, ""))]
    if not telling:
        return int(count) if count > FEW else 0
    column = min(telling, key=lambda column: (column.name,) not in table.unique)
    [(last,)] = database.query(
        f"select coalesce(max(g), 0) from generate_series(1::bigint, {2 * count + FEW}) g"
        f" join {relation(table)} x on x.{ident_of(column.name)} = ({at(made[column.name], 'g')})::{column.type}"
    )
    return int(last)


def _tells(column: Attribute, expression: str) -> bool:
    known = column.base in INTEGERS | TEXTS | {"uuid"} and not column.is_array
    return known and NUMBER in expression and BY_CHANCE not in expression
