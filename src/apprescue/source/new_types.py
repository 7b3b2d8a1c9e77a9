"""The types that Supabase's generator made of the database learn of a new table, so that its clients can be checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from apprescue.model.app import App
from apprescue.model.patch import Edit
from apprescue.source import supabase_types

_TABLES = re.compile(r"^( *)public: \{\n(?: *PostgrestVersion[^\n]*\n)? *Tables: \{\n", re.M)
_STEP = "  "


def typed(app: App, table: str, columns: Mapping[str, str], given: Collection[str]) -> Iterator[Edit]:
    """The edits that add a table to each file of generated types. `columns` tells their types in TypeScript by name,
    `given` are those that the database fills by itself."""
    for path, text in app.files.items():
        tables = _TABLES.search(text) if path.endswith(".ts") and supabase_types.is_generated(text) else None
        if tables:
            at = len(text[: tables.end()].encode("utf-8", "surrogatepass"))
            rows = _entry(tables[1] + 2 * _STEP, table, columns, given)
            yield Edit(path, at, at, "".join(f"{row}\n" for row in rows))


def _entry(indent: str, table: str, columns: Mapping[str, str], given: Collection[str]) -> Iterator[str]:
    """The table as the generator writes it."""
    yield f"{indent}{table}: {{"
    for kind in ("Row", "Insert", "Update"):
        yield f"{indent}{_STEP}{kind}: {{"
        for name, type_ in sorted(columns.items()):
            needed = kind == "Row" or (kind == "Insert" and name not in given and "null" not in type_)
            yield f"{indent}{_STEP * 2}{name}{'' if needed else '?'}: {type_}"
        yield f"{indent}{_STEP}}}"
    yield f"{indent}{_STEP}Relationships: []"
    yield f"{indent}}}"
