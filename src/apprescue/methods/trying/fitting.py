"""Rows are made such as the text of a function or a view asks for, so that it has something to tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.methods.trying.mentions import Mentions
from apprescue.methods.trying.other_values import NUMBERS
from apprescue.methods.trying.specimens import Specimens, where_of
from apprescue.model.access import Actor
from apprescue.model.catalog import Relation
from apprescue.model.database import ident, ident_of, literal

WANTED = re.compile(
    r"\b(?P<column>\w+)\"?\)?(?:::[a-z ]+)?\s*(?:=\s*(?:any\s*\(+\s*array\s*\[)?|\bin\s*\()\s*"
    r"(?P<value>'(?:[^']|'')*'|\btrue\b|\bfalse\b)",
    re.I,
)
SET = re.compile(r"\bset\b.*?(?=\bwhere\b|;|$)", re.I | re.S)
STORE = re.compile(r"balance|credit|coin|point|token|fund|available|remaining", re.I)
MOST_ROWS, MOST = 3, 24
ENOUGH = "99999"


def fitting(specimens: Specimens, mentions: Mentions, text: str, whose: Actor = Actor.OWNER) -> tuple[str, ...]:
    """Statements that give a person's rows the values with which a text compares their columns: paid, active, true;
    and enough of what it may take from them. One that the table does not allow is no loss."""
    wanted: dict[str, str] = {}
    for found in WANTED.finditer(SET.sub(" ", text)):
        value = found["value"]
        if "$" not in value and "\\" not in value:
            wanted.setdefault(found["column"], value.strip("'").replace("''", "'"))
    tables = [t for t in mentions.tables(text) if t.kind == "table"]
    return tuple(one for table in tables for one in _changes(specimens, table, text, wanted, whose))[:MOST]


def _changes(specimens: Specimens, table: Relation, text: str, wanted: dict[str, str], whose: Actor) -> Iterator[str]:
    keys = {*table.primary_key, *(c for r in table.references for c in r.columns)}
    rich = {c.name: ENOUGH for c in table.columns if c.base in NUMBERS and STORE.search(c.name) and c.name in text}
    wanted = rich | wanted
    columns = [c.name for c in table.columns if c.name in wanted and c.name not in keys and not c.generated]
    for row in [r for r in specimens.of(table.name) if whose in r.people][:MOST_ROWS]:
        for column in columns:
            if row.values.get(column) != wanted[column]:
                change = f"update {ident(table.name)} set {ident_of(column)} = {literal(wanted[column])}"
                where = where_of(table, row.values)
                yield f"do $fit$ begin {change} where {where}; exception when others then null; end $fit$"
