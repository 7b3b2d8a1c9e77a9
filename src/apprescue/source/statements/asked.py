"""The values of a statement that a library writes itself: constants as literals, the rest as parameters."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from apprescue.model.app import Query
from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import literal
from apprescue.model.trace import Value
from apprescue.model.workload import Parameter, Source, Statement
from apprescue.source.statements.comparing import Spot, spots
from apprescue.source.statements.request import Request
from apprescue.source.statements.told import UntoldError, is_moment, number
from apprescue.source.statements.values import PAGE, Values, some

ROLE = "postgres"
"""As whom a server's own login asks: no row level security holds for it."""
_TEXTS = ("text", "character", "citext")


@dataclass
class Asked(Values):
    """The values of one statement of a server's own login."""

    _open: dict[int, Value] = field(default_factory=dict)

    def operand(self, value: Value, relation: Relation | None, column: Attribute | None, operator: str = "eq") -> str:
        """What a column is compared with."""
        if value.literal:
            return self._constant(value.constant)
        known = self._chosen(value, column) if value.choices or value.op in ("||", "??", "or", "?", "if") else None
        if isinstance(known, str | int | float) and (column is not None):
            return self._constant(known)
        return self.put(self.parameter(value, relation, column, operator))

    def several(self, value: Value, relation: Relation | None, column: Attribute | None) -> str:
        """The values in the parentheses of an IN."""
        if value.items is not None and value.step is None:
            return ", ".join(self.operand(item, relation, column) for item in value.items)
        return self.put(replace(self.parameter(Value(), relation, column), many=PAGE))

    def listed(self, value: Value, relation: Relation | None, column: Attribute | None) -> str:
        """A list of values as an array."""
        kind = f"{column.type}[]" if column else "text[]"
        if value.items is not None and value.step is None:
            return f"array[{', '.join(self.operand(item, relation, column) for item in value.items)}]::{kind}"
        return self.put(replace(self.parameter(Value(), relation, column), many=PAGE, type=kind))

    def pattern(
        self, value: Value, before: str, after: str, relation: Relation | None, column: Attribute | None
    ) -> str:
        """A text to look for, with what stands around it."""
        if value.op == "text":
            pieces = [str(part.constant) if part.constant is not None else "{}" for part in value.operands]
            joined = "".join(pieces)
            first = joined.find("{}")
            if first < 0:
                return self.constant(before + joined + after)
            rest = joined[first + 2 :].replace("{}", "")
            before, after = before + joined[:first], rest + after
        elif value.constant is not None:
            return self.constant(f"{before}{value.constant}{after}")
        if column is None or relation is None or not column.base.startswith(_TEXTS):
            return self.put(Parameter(Source.FIXED, text=literal(f"{before}a{after}")))
        return self.put(Parameter(Source.WORD, relation.name, column.name, type="text", pattern=f"{before}{{}}{after}"))

    def rows(self, value: Value, otherwise: int) -> str:
        """A number of rows; `otherwise` where only the running app knows it."""
        known = number(value)
        if known is not None and known >= 0:
            return str(known)
        found = number(value, unknown=0)
        return self.put(Parameter(Source.FIXED, text=str(found if found and found > 0 else otherwise), type="bigint"))

    def stored(self, value: Value, relation: Relation, column: Attribute, writes: str) -> str:
        """A value that is written to a column; `writes` is insert or update."""
        if value.literal and not isinstance(value.constant, str):
            return self._constant(value.constant)
        known = self._chosen(value, column) if value.choices else value.constant if value.literal else None
        if any(column.name in key.columns for key in relation.references):
            known = None  # a row that the code names need not be among those made up
        if column.base in self.catalog.enums and known not in self.catalog.enums[column.base]:
            known = None
        if isinstance(known, str | int | float):
            return f"{self._constant(known)}::{column.type}"
        return self.written(Value(origins=value.origins, name=value.name, step=value.step), relation, column, writes)

    def later(self, value: Value) -> str:
        """A value of which only the whole statement tells what it meets; `settled` puts it right."""
        self.parameters.append(Parameter(Source.FIXED, text="null"))
        self._open[len(self.parameters)] = value
        return f"${len(self.parameters)}"

    def settled(self, sql: str) -> str:
        """The same statement, after what was left open in it is told by what it meets there. Raises UntoldError."""
        if self._open:
            around = spots(sql, self.catalog)
            if around is None:
                raise UntoldError("pieces of the statement are put together where the app runs")
            for place, value in self._open.items():
                self.parameters[place - 1] = self.at(around.get(place, Spot()), value)
        return sql

    def at(self, spot: Spot, value: Value) -> Parameter:
        """The parameter of a place of which the statement tells what it meets."""
        if spot.use:
            found = number(value, unknown=0) or 0
            return Parameter(Source.FIXED, text=str(found or (PAGE if spot.use == "limit" else 0)), type="bigint")
        if value.literal and value.constant is not None:
            return Parameter(Source.FIXED, text=literal(value.constant), type=spot.type)
        column, relation = spot.column, spot.relation
        if column is None or relation is None:
            if is_moment(value) or spot.type.startswith(("timestamp", "date")):
                return Parameter(Source.MOMENT, text="now() - interval '30 days'", type=spot.type)
            text = some(spot.type, self.catalog) if spot.type else "null"
            text = "'30 days'" if spot.type == "interval" else text
            return Parameter(Source.FIXED, text=text, type=spot.type)
        if spot.operator in ("like", "ilike") and column.base in ("text", "character varying"):
            return Parameter(
                Source.WORD, relation.name, column.name, type="text", pattern=spot.pattern or _around(value)
            )
        if spot.operator in ("insert", "set"):
            return self._filled(relation, column, "insert" if spot.operator == "insert" else "update")
        found_one = self.parameter(value, relation, column, spot.operator)
        if spot.many:
            kind = f"{column.type}[]" if spot.array else column.type
            return replace(found_one, many=PAGE, type=kind)
        return found_one

    def _constant(self, found: object) -> str:
        return self.constant(found) if isinstance(found, str) else literal(found)


def asked(catalog: Catalog) -> Asked:
    """No values yet."""
    return Asked(Request("", ""), catalog, ROLE)


def ordinary(relation: Relation) -> Attribute:
    """A column that stands in no key: what is changed where the code does not tell."""
    keyed = {name for key in relation.unique for name in key} | {n for k in relation.references for n in k.columns}
    free = [c for c in relation.columns if c.name not in keyed and not c.generated and not c.identity]
    return next((c for c in free if c.base.startswith(_TEXTS)), (free or list(relation.columns))[0])


def statement(query: Query, sql: str, values: Asked, library: str, writes: bool | None = None) -> Statement:
    """The SQL of a query as a statement of the server's own login."""
    return Statement(
        sql,
        query.place,
        ROLE,
        tuple(values.parameters),
        library,
        repeats=PAGE if query.in_loop else 1,
        writes=query.operation not in ("select", "count", "raw") if writes is None else writes,
    )


def _around(value: Value) -> str:
    """The text around what is searched for, as the code puts it; the whole text where it does not tell."""
    if value.op == "text":
        pieces = [str(part.constant) if part.constant is not None else "{}" for part in value.operands]
        before, _, after = "".join(pieces).partition("{}")
        return f"{before}{{}}{after.replace('{}', '')}"
    return "%{}%"
