"""The values of a request as SQL: constants as literals, what only the running app knows as parameters."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import literal
from apprescue.model.trace import Value
from apprescue.model.workload import HOLE, Parameter, Source
from apprescue.source.statements.query_string import Condition, elements
from apprescue.source.statements.request import Request
from apprescue.source.statements.spelling import is_hole
from apprescue.source.statements.told import is_moment, moment, number, picked

PAGE = 20
"""How many are taken where the code alone knows how many."""
_ME = re.compile(
    r"(?:^|[.(])(?:(?:current|auth|session|logged_?in|my|authenticated)_?)?user(?:\(\))?\??\.(?:id|uid|sub)$"
    r"|auth\.uid\(\)$|(?:^|\.)(?:current|auth|session|my)_?user_?id$",
    re.I,
)
_MOST = 50
_OWN = re.compile(r"auth\.uid\(\)|jwt", re.I)
_IDS = ("uuid", "text", "character")
_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_DATES = ("timestamp", "date", "time")


@dataclass
class Values:
    """The values of one statement, gathered while its SQL is written. `role` is as whom it runs."""

    request: Request
    catalog: Catalog
    role: str
    parameters: list[Parameter] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)

    def put(self, parameter: Parameter) -> str:
        """The place of a parameter in the SQL; the same one for an equal parameter."""
        if parameter not in self.parameters:
            self.parameters.append(parameter)
        return f"${self.parameters.index(parameter) + 1}"

    def constant(self, text: str) -> str:
        """A text as a literal. One that reads like a place for a parameter becomes a parameter itself."""
        written = literal(text)
        return self.put(Parameter(Source.FIXED, text=written)) if HOLE.search(written) else written

    def whole(self, text: str, otherwise: int) -> str:
        """A whole number; `otherwise` where only the running app knows it."""
        value = self.request.hole(text) if len(text) == 1 else None
        if value is None:
            return text if text.lstrip("+-").isdigit() else str(otherwise)
        found = number(value, unknown=0)
        return self.put(Parameter(Source.FIXED, text=str(found if found and found > 0 else otherwise)))

    def holes(self, text: str) -> list[Value]:
        """The values that are known at run time only, in the order in which they stand in a text."""
        return [value for sign in text if (value := self.request.hole(sign)) is not None]

    def compared(self, condition: Condition, relation: Relation | None) -> str:
        """What a condition compares with, as SQL."""
        text, operator = condition.value, condition.operator
        if operator in ("like", "ilike"):
            text = text.replace("*", "%")
        column = relation.column(condition.field.name) if relation else None
        if operator == "in":
            return self._any(text, relation, column)
        holes = self.holes(text)
        if not holes:
            return self.constant(text)
        known = self._chosen(holes[0], column)
        if known is not None:
            return self.constant("".join(str(known) if is_hole(sign) else sign for sign in text))
        if operator in ("like", "ilike", "match", "imatch") or operator.endswith("fts"):
            return self._word(text, relation, column)
        if operator in ("cs", "cd", "ov") and column is not None and column.is_array:
            whole = self.put(self._drawn(relation, column))
            return whole if len(text) == 1 else f"({whole}::{column.type})[1:1]"
        if len(text) > 1 and not is_moment(holes[0]):  # a value made of several is one that stands in the column
            return self.put(self._drawn(relation, column))
        return self.put(self.parameter(holes[0], relation, column, operator))

    def _chosen(self, value: Value, column: Attribute | None) -> object:
        """One of the constants that a value may be, if it is one of the column's type."""
        known = picked(value) if value.choices else None
        if known is None or column is None:
            return known
        if column.base in self.catalog.enums:
            return known if known in self.catalog.enums[column.base] else None
        if column.base.startswith(_NUMBERS):
            return known if isinstance(known, int | float) or str(known).isdigit() else None
        if column.base == "boolean":
            return known if isinstance(known, bool) else None
        return (str(known) or None) if column.base in ("text", "character varying") else None

    def _any(self, text: str, relation: Relation | None, column: Attribute | None) -> str:
        parts = list(elements(text.strip()[1:-1].strip(" \t")))
        if not self.holes(text):
            quoted = ",".join('"' + p.replace("\\", "\\\\").replace('"', '\\"') + '"' for p in parts)
            return f"ANY ({self.constant('{}' if parts == [''] else '{' + quoted + '}')})"
        kind = f"{column.type}[]" if column else "text[]"
        if len(parts) == 1:
            drawn = self._drawn(relation, column)
            many = Parameter(drawn.source, drawn.relation, drawn.column, drawn.text, kind, many=PAGE)
            return f"ANY ({self.put(many)})"
        single = [
            self.put(self.parameter(found[0], relation, column, "eq"))
            if (found := self.holes(part))
            else self.constant(part)
            for part in parts
        ]
        return f"ANY (array[{', '.join(single)}]::{kind})"

    def _word(self, text: str, relation: Relation | None, column: Attribute | None) -> str:
        first = next(sign for sign in text if is_hole(sign))
        pattern = "".join("{}" if sign is first else "" if is_hole(sign) else sign for sign in text)
        before, _, after = text.partition(first)
        pattern = "".join(s for s in before if not is_hole(s)) + "{}" + "".join(s for s in after if not is_hole(s))
        if column is None or relation is None:
            return self.put(Parameter(Source.FIXED, text=literal(pattern.replace("{}", "a"))))
        return self.put(Parameter(Source.WORD, relation.name, column.name, type="text", pattern=pattern))

    def parameter(
        self, value: Value, relation: Relation | None, column: Attribute | None, operator: str = "eq"
    ) -> Parameter:
        """Where the value comes from that a column is compared with."""
        kind = column.type if column else ""
        dated = kind.startswith(_DATES) or not kind
        if is_moment(value) and dated:
            return Parameter(Source.MOMENT, text=moment(value, operator, kind), type=kind)
        if kind.startswith(_IDS) and (self.is_me(value) or (operator == "eq" and self._only_mine(relation, column))):
            return Parameter(Source.ME, type=kind)
        return self._drawn(relation, column)

    def is_me(self, value: Value) -> bool:
        """Whether a value is the id of whoever is signed in."""
        if any(origin.startswith("row.") for origin in value.origins):
            return False
        return bool({"caller.id", "caller.sub", "caller.uid"} & value.origins) or bool(_ME.search(value.name))

    def _only_mine(self, relation: Relation | None, column: Attribute | None) -> bool:
        """Whether the rules let somebody read just the rows that have his own id in this column, or other rows for what
        else he is (an admin, a member)."""
        if relation is None or column is None or self.role != "authenticated" or not relation.rls:
            return False
        rules = [p for p in relation.policies if p.permissive and p.command in ("all", "select")]
        rules = [p for p in rules if {"public", "authenticated"} & set(p.roles)]
        name = re.escape(column.name)
        compares = re.compile(rf"\b{name}\b\)? = \(*(?: SELECT )?auth\.|uid\(\)(?: AS uid)?\)? = \(?{name}\b", re.I)
        return all(_OWN.search(p.using) for p in rules) and any(compares.search(p.using) for p in rules)

    def _drawn(self, relation: Relation | None, column: Attribute | None) -> Parameter:
        if relation is None or column is None:
            return Parameter(Source.FIXED, text="'1'")
        return Parameter(Source.COLUMN, relation.name, column.name, type=column.type)

    # what is written

    def json(self, value: Value, relation: Relation | None, column: Attribute | None, writes: str) -> str:
        """A value inside of a JSON body, as SQL. `writes` is insert, upsert, update or call."""
        if value.fields is not None:
            return built({key: self.json(part, None, None, "call") for key, part in value.fields.items()})
        if value.items is not None and value.step is None:
            return f"json_build_array({', '.join(self.json(part, None, None, 'call') for part in value.items)})"
        if value.literal:
            return self._plain(value)
        known = self._chosen(value, column)
        if isinstance(known, str | int | float):
            return self._plain(Value(constant=known, literal=True))
        return self.written(value, relation, column, writes)

    def _plain(self, value: Value) -> str:
        found = value.constant
        return self.constant(found) if isinstance(found, str) else json.dumps(found)

    def written(self, value: Value, relation: Relation | None, column: Attribute | None, writes: str) -> str:
        """A value that only the running app knows, of a column's type."""
        if column is None or relation is None:
            known = picked(value)
            if is_moment(value):
                return self.put(Parameter(Source.MOMENT, text="now()"))
            return self.constant(str(known)) if known is not None else self.put(Parameter(Source.FIXED, text="'1'"))
        found = self.parameter(value, None, column, "set")
        if found.source in (Source.MOMENT, Source.ME):
            return f"{self.put(found)}::{column.type}"
        return f"{self.put(self._filled(relation, column, writes))}::{column.type}"

    def _filled(self, relation: Relation, column: Attribute, writes: str) -> Parameter:
        key = next((k for k in relation.references if k.columns == (column.name,)), None)
        if writes == "insert" and (column.name,) in relation.unique and key is None:
            return Parameter(Source.FIXED, text=fresh(column), type=column.type)
        if key is not None and self.catalog.relation(key.to) is not None and writes != "update":
            return Parameter(Source.COLUMN, key.to, key.to_columns[0], type=column.type)
        if key is not None and key.to == "auth.users" and self.role == "authenticated":
            return Parameter(Source.ME, type=column.type)
        return self._drawn(relation, column)


def fresh(column: Attribute) -> str:
    """A value that no row has yet, as SQL."""
    if column.base == "uuid":
        return "gen_random_uuid()"
    if column.base.startswith(_NUMBERS):
        return "(1000000000 + random() * 1000000000)::int"
    if column.base.startswith(_DATES):
        return "now()"
    most = re.search(r"\((\d+)\)", column.type)
    return f"left(md5(random()::text), {most[1]})" if most else "md5(random()::text)"


def some(kind: str, catalog: Catalog) -> str:
    """Any value of a type, as SQL."""
    if kind in catalog.enums:
        return literal(catalog.enums[kind][0])
    if kind.endswith("[]"):
        return "'{}'"
    starts = {"uuid": "gen_random_uuid()", "bool": "true", "json": "'{}'", "timestamp": "now()", "date": "now()"}
    return next((text for start, text in starts.items() if kind.startswith(start)), f"'{PAGE}'")


def built(fields: dict[str, str], binary: bool = False) -> str:
    """A JSON object of pieces of SQL; a function takes no more than 100 arguments."""
    kind = "jsonb" if binary or len(fields) > _MOST else "json"
    pairs = [f"{literal(key)}, {text}" for key, text in fields.items()]
    parts = [f"{kind}_build_object({', '.join(pairs[at : at + _MOST])})" for at in range(0, max(1, len(pairs)), _MOST)]
    whole = " || ".join(parts)
    return f"({whole})::json" if len(parts) > 1 and not binary else whole
