"""Supabase's generated `types.ts`: the tables of the live database, among them those that no migration makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from apprescue.model.place import Code
from apprescue.model.schema import Column, ForeignKey, Schema, Table

_SIGN = re.compile(r"\b(?:type|interface)\s+Database\b")
_ENTRY = re.compile(r"^(\s*)\"?([A-Za-z_][\w ]*)\"?(\??): ?(.*)$")
_KINDS = {"string": "text", "number": "numeric", "boolean": "boolean", "Json": "jsonb"}
_SECTIONS = ("Tables", "Views", "Functions", "Enums", "CompositeTypes")
_LIST = re.compile(r'"([^"]*)"')


def read(files: Mapping[str, str]) -> Schema:
    """Tables with their columns and foreign keys. What rules hold, the file does not say: `rls` is None."""
    tables: list[Table] = []
    for path, text in files.items():
        if not path.endswith((".ts", ".d.ts")) or "Database" not in text or not _SIGN.search(text):
            continue
        tables += [_table(f"public.{name}", path, line, lines) for name, line, lines in _tables(text.split("\n"))]
    return Schema(tables=tuple(tables), exposed=bool(tables))


def _tables(lines: list[str]) -> Iterator[tuple[str, int, list[str]]]:
    """Each table of the schema `public`: its name, its line and the lines inside."""
    schema, inside, index = "", -1, 0
    while index < len(lines):
        entry = _ENTRY.match(lines[index])
        index += 1
        if not entry or not entry[4].startswith("{"):
            continue
        indent, name = len(entry[1]), entry[2]
        if indent <= 2:
            schema, inside = name, -1
        elif name in _SECTIONS and schema == "public" and (inside < 0 or indent <= inside):
            inside = indent if name == "Tables" else -1
        elif inside >= 0 and indent == inside + 2:
            start = index
            while index < len(lines) and not re.match(rf"\s{{{indent}}}\}}", lines[index]):
                index += 1
            yield name, start, lines[start:index]


def _table(name: str, path: str, line: int, lines: list[str]) -> Table:
    at = Code(path, line, line + len(lines))
    columns: list[Column] = []
    own: tuple[str, ...] = ()
    foreign: list[ForeignKey] = []
    section = ""
    for number, text in enumerate(lines, line + 1):
        entry = _ENTRY.match(text)
        if not entry:
            continue
        if entry[2] in ("Row", "Insert", "Update", "Relationships"):
            section = entry[2]
        elif section == "Row":
            kind = entry[4].replace("| null", "").strip()
            column = Column(entry[2], _KINDS.get(kind, kind), Code(path, number, number), "null" in entry[4])
            columns.append(column)
        elif section == "Relationships" and entry[2] == "columns":
            own = tuple(_LIST.findall(text))
        elif section == "Relationships" and entry[2] == "referencedRelation":
            foreign += [ForeignKey(own, f"public.{to}", (), Code(path, number, number)) for to in _LIST.findall(text)]
    key = ("id",) if any(c.name == "id" for c in columns) else ()
    return Table(name, tuple(columns), at, "supabase_types", key, tuple(foreign))
