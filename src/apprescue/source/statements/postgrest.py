"""What is read through PostgREST as the SQL that it sends: lateral joins for what is embedded, rows gathered as JSON.

The texts follow PostgREST 12 to 14 (QueryBuilder, SqlFragment, Statements); constants stand in them as literals.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.database import ident_of, literal
from apprescue.source.statements.answers import ANSWERED, MAX_ROWS, SOURCE, body_of, counts
from apprescue.source.statements.placing import Node, qualified
from apprescue.source.statements.query_string import Column, Condition, Field, Logic, Order, Read
from apprescue.source.statements.told import UntoldError
from apprescue.source.statements.values import PAGE, Values

_OPERATORS = {
    "eq": "=",
    "neq": "<>",
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
    "like": "like",
    "ilike": "ilike",
    "match": "~",
    "imatch": "~*",
    "cs": "@>",
    "cd": "<@",
    "ov": "&&",
    "sl": "<<",
    "sr": ">>",
    "nxr": "&<",
    "nxl": "&>",
    "adj": "-|-",
    "isdistinct": "IS DISTINCT FROM",
}
_SEARCHES = {"fts": "to_tsquery", "plfts": "plainto_tsquery", "phfts": "phraseto_tsquery"}
_SEARCHES["wfts"] = "websearch_to_tsquery"
_IS = {"null": "NULL", "not_null": "NOT NULL", "true": "TRUE", "false": "FALSE", "unknown": "UNKNOWN"}


class Reading:
    """The SQL of a placed read. `limited` is False for what answers a change, which has no pages."""

    def __init__(self, values: Values, limited: bool = True) -> None:
        self._values = values
        self._limited = limited

    def rows(self, node: Node) -> str:
        """The SELECT of a node."""
        read = node.read
        grouped = self._grouped(node)
        selected = [self._selected(node, column) for column in self._columns(node, bool(grouped))]
        if not read.columns and not read.embeds:
            selected = [f"{node.here}.*"]
        selected += [text for child in node.children for text in self._joined_columns(child)]
        parts = [f"SELECT {', '.join(selected)} FROM {self._from(node)}"]
        parts += [self._join(child) for child in node.children]
        where = self.conditions(node)
        if where:
            parts.append(f"WHERE {' AND '.join(where)}")
        if grouped:
            parts.append(f"GROUP BY {', '.join(grouped)}")
        if read.orders and not self._to_many_spread(node):
            parts.append(f"ORDER BY {', '.join(self._order(node, order) for order in read.orders)}")
        if self._limited:
            parts.append(self._page(read))
        return " ".join(parts)

    def counted(self, node: Node) -> str:
        """The SELECT that counts all rows, not those of a page."""
        where = [self._logic(node, part, count=True) for part in node.read.conditions] + self._ties(node)
        where += [f"EXISTS ({self.counted(child)})" for child in node.children if child.inner]
        return f"SELECT 1 FROM {self._from(node)}" + (f" WHERE {' AND '.join(where)}" if where else "")

    def conditions(self, node: Node) -> list[str]:
        """What stands after WHERE."""
        return [self._logic(node, part) for part in node.read.conditions] + self._ties(node)

    def _from(self, node: Node) -> str:
        junction = f", {qualified(node.way.junction)}" if node.way and node.way.junction else ""
        return node.source + (f" AS {ident_of(node.alias)}" if node.alias else "") + junction

    def _ties(self, node: Node) -> list[str]:
        way = node.way
        if way is None:
            return []
        if way.junction:
            through = qualified(way.junction)
            ties = [f"{node.here}.{ident_of(a)} = {through}.{ident_of(b)}" for a, b in way.beyond]
            return ties + [f"{through}.{ident_of(b)} = {node.parent}.{ident_of(a)}" for a, b in way.pairs]
        return [f"{node.here}.{ident_of(b)} = {node.parent}.{ident_of(a)}" for a, b in way.pairs]

    # columns

    def _columns(self, node: Node, grouped: bool) -> Iterator[Column]:
        for column in node.read.columns:
            every = column.field.name == "*" and not column.aggregate
            if every and node.relation and (grouped or self._to_many_spread(node) or column.aggregate):
                yield from (Column(Field(c.name)) for c in node.relation.columns)
            else:
                yield column

    def _selected(self, node: Node, column: Column) -> str:
        text = self._field(node, column.field)
        if column.cast:
            text = f"CAST( {text} AS {column.cast} )"
        hoisted = node.read.spread and node.way is not None and node.way.to_one
        if column.aggregate and not hoisted:
            text = _aggregated(column, text)
        alias = _alias(column) or (column.aggregate if node.read.spread else "")
        return f"{text} AS {ident_of(alias)}" if alias else text

    def _field(self, node: Node, one: Field) -> str:
        text = f"{node.here}.{'*' if one.name == '*' else ident_of(one.name)}"
        known = node.relation.column(one.name) if node.relation else None
        self._must_be(node, one.name)
        if not one.path:
            return text
        text = text if known and known.base in ("json", "jsonb") else f"to_jsonb({text})"
        return text + "".join(arrow + (key if _is_index(key) else literal(key)) for arrow, key in one.path)

    def _must_be(self, node: Node, name: str) -> None:
        relation = node.relation
        if relation is None or name in ("*", "count") or relation.column(name):
            return
        row = {arguments[0][1] for r in self._values.catalog.routines if len(arguments := r.arguments) == 1}
        if relation.name not in row and name != relation.name.rpartition(".")[2]:
            raise UntoldError(f"`{relation.name.removeprefix('public.')}` has no column `{name}`")

    def _grouped(self, node: Node) -> list[str]:
        """What is grouped by: all that is not gathered up, where something is."""
        spreads = [c for c in node.children if c.read.spread]
        hoisted = [c for s in spreads if s.way and s.way.to_one for c in s.read.columns if c.aggregate]
        mine = [c for c in node.read.columns if c.aggregate]
        if not hoisted and (not mine or node.read.spread):
            return []
        terms = []
        for column in self._columns(node, True):
            if not column.aggregate:
                alias = _alias(column)
                terms.append(ident_of(alias) if alias else self._field(node, column.field))
        for child in node.children:
            if child.read.spread:
                terms += [
                    f"{ident_of(child.joined)}.{ident_of(_name(c))}" for c in child.read.columns if not c.aggregate
                ]
            else:
                terms.append(ident_of(child.read.key))
        return terms

    # what is embedded

    def _to_many_spread(self, node: Node) -> bool:
        return node.read.spread and node.way is not None and not node.way.to_one

    def _joined_columns(self, child: Node) -> list[str]:
        joined = ident_of(child.joined)
        if child.read.spread:
            return [self._spread(child, column) for column in self._columns(child, False)] + [
                f"{joined}.{ident_of(inner.read.key)}" for inner in child.children if not inner.read.spread
            ]
        if child.plain:
            return []
        if child.way is not None and child.way.to_one:
            return [f"row_to_json({joined}.*)::jsonb AS {ident_of(child.read.key)}"]
        return [f"COALESCE( {joined}.{joined}, '[]') AS {ident_of(child.read.key)}"]

    def _spread(self, child: Node, column: Column) -> str:
        name = _name(column)
        text = f"{ident_of(child.joined)}.{'*' if name == '*' else ident_of(name)}"
        if column.aggregate and not self._to_many_spread(child):
            return f"{_aggregated(column, text)} AS {ident_of(column.alias or column.aggregate)}"
        return text

    def _join(self, child: Node) -> str:
        joined = ident_of(child.joined)
        how = "INNER" if child.inner else "LEFT"
        inner = self.rows(child)
        if child.way is not None and child.way.to_one:
            return f"{how} JOIN LATERAL ( {inner} ) AS {joined} ON TRUE"
        gathered = f"json_agg({joined})::jsonb AS {joined}"
        if child.read.spread:
            order = ", ".join(self._order(child, o, joined) for o in child.read.orders)
            by = f" ORDER BY {order}" if order else ""
            names = [ident_of(_name(column)) for column in self._columns(child, False)]
            names += [ident_of(nested.read.key) for nested in child.children if not nested.read.spread]
            texts = [f"COALESCE(json_agg({joined}.{name}{by}),'[]')::jsonb AS {name}" for name in names]
            gathered = ", ".join((gathered, *texts))
        on = f"{joined} IS NOT NULL" if child.inner else "TRUE"
        return f"{how} JOIN LATERAL ( SELECT {gathered} FROM ({inner} ) AS {joined} ) AS {joined} ON {on}"

    # conditions, order, pages

    def _logic(self, node: Node, part: Condition | Logic, count: bool = False) -> str:
        if isinstance(part, Logic):
            joined = f" {part.operator.upper()} ".join(self._logic(node, p, count) for p in part.parts)
            return f"{'NOT ' if part.negated else ''}({joined})"
        child = next((c for c in node.children if c.read.key == part.field.name), None)
        if child is not None and part.operator == "is" and part.value == "null" and not part.field.path:
            if count:
                return f"{'' if part.negated else 'NOT '}EXISTS ({self.counted(child)})"
            return f"{ident_of(child.joined)} IS {'' if part.negated else 'NOT '}DISTINCT FROM NULL"
        return self._condition(node, part)

    def _condition(self, node: Node, part: Condition) -> str:
        text = self._field(node, part.field)
        start = "NOT " if part.negated else ""
        if part.operator == "is":
            said = _IS.get(part.value.lower())
            if said is None and not self._values.holes(part.value):
                raise UntoldError(f"`is.{part.value}` is no condition of the interface")
            return f"{start}{text} IS {said or 'NULL'}"
        value = self._values.compared(part, node.relation if not part.field.path else None)
        if part.operator == "in":
            return f"{start}{text} = {value}"
        if part.operator in _SEARCHES:
            language = f"{literal(part.said)}, " if part.said else ""
            column = node.relation.column(part.field.name) if node.relation else None
            if column is None or column.base != "tsvector":
                text = f"to_tsvector({language}{text})"
            return f"{start}{text} @@ {_SEARCHES[part.operator]}({language}{value})"
        if part.said:
            value = f"{part.said.upper()}({value})"
        return f"{start}{text} {_OPERATORS[part.operator]} {value}"

    def _order(self, node: Node, order: Order, joined: str = "") -> str:
        if order.relation:
            child = next((c for c in node.children if c.read.key == order.relation), None)
            if child is None or child.way is None or not child.way.to_one:
                raise UntoldError(f"it sorts by `{order.relation}`, which is not one row that it embeds")
            text = f"{ident_of(child.joined)}.{ident_of(order.field.name)}"
        else:
            text = f"{joined}.{ident_of(order.field.name)}" if joined else self._field(node, order.field)
        nulls = {"nullsfirst": " NULLS FIRST", "nullslast": " NULLS LAST"}.get(order.nulls, "")
        return f"{text}{' ' + order.direction.upper() if order.direction else ''}{nulls}"

    def _page(self, read: Read) -> str:
        limit = self._values.whole(read.limit, PAGE) if read.limit else str(MAX_ROWS)
        if limit.isdigit() and int(limit) > MAX_ROWS:
            limit = str(MAX_ROWS)
        return f"LIMIT {limit} OFFSET {self._values.whole(read.offset, 0) if read.offset else 0}"


def _aggregated(column: Column, text: str) -> str:
    text = f"{column.aggregate.upper()}({text})"
    return f"CAST( {text} AS {column.aggregate_cast} )" if column.aggregate_cast else text


def _alias(column: Column) -> str:
    """The name that a column is given, also the last key of a way into JSON."""
    if column.alias or not column.field.path or column.aggregate:
        return column.alias
    keys = [key for _, key in column.field.path if not _is_index(key)]
    return keys[-1] if keys else column.field.name


def _name(column: Column) -> str:
    return _alias(column) or column.aggregate or column.field.name


def _is_index(key: str) -> bool:
    return key.lstrip("-").isdigit()


def read_sql(node: Node, values: Values) -> str:
    """The whole statement of a read."""
    reading = Reading(values)
    rows = reading.rows(node)
    part, total = counts(values.request, reading.counted(node))
    return (
        f"WITH {SOURCE} AS ( {rows} ) {part} SELECT {total} AS total_result_set, "
        f"pg_catalog.count(_postgrest_t) AS page_total, {body_of(values.request)} AS body, {ANSWERED}, "
        f"'' AS response_inserted FROM ( SELECT * FROM {SOURCE} ) _postgrest_t"
    )
