"""What Drizzle's tables and columns are called in the code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apprescue.source import tree as t
from apprescue.source.javascript import parse
from apprescue.source.owner_path import same_name
from apprescue.source.project import SCRIPTS


@dataclass(frozen=True)
class Named:
    """A table's variable, and its columns' properties by their name in the database."""

    variable: str
    properties: Mapping[str, str]

    def property_of(self, column: str) -> str:
        """What a column is called in the code; empty where it is unknown."""
        return self.properties.get(column, "")


def drizzle_names(files: Mapping[str, str]) -> dict[str, Named]:
    """The tables of an app by their name in the database."""
    found = {}
    for path, text in files.items():
        if path.endswith(SCRIPTS) and "drizzle-orm" in text and "Table(" in text:
            for node in parse(text, jsx=not path.endswith(".ts")):
                made = node.value if isinstance(node, t.Export) else node
                if isinstance(made, t.Assign) and isinstance(made.target, t.Name) and isinstance(made.value, t.Call):
                    named = _table(made.target.id, made.value)
                    if named is not None:
                        found[named[0]] = named[1]
    return found


def table_called(names: Mapping[str, Named], table: str) -> Named | None:
    """A table by its name in the database, or in the code."""
    return names.get(table) or next((one for one in names.values() if same_name(one.variable, table)), None)


def _table(variable: str, call: t.Call) -> tuple[str, Named] | None:
    made = call.callee.id if isinstance(call.callee, t.Name) else ""
    if not made.endswith("Table") or len(call.args) < 2:
        return None
    first, second = call.args[:2]
    if not isinstance(first, t.Literal) or not isinstance(second, t.Object):
        return None
    return str(first.value), Named(variable, {_column(k, v): k for k, v in second.entries if isinstance(k, str)})


def _column(key: str, value: t.Node) -> str:
    """The name in the database of a column: `varchar("owner_id").notNull()`, or its key."""
    while isinstance(value, t.Call) and isinstance(value.callee, t.Member):
        value = value.callee.object
    if isinstance(value, t.Call) and value.args and isinstance(value.args[0], t.Literal):
        return str(value.args[0].value)
    return key
