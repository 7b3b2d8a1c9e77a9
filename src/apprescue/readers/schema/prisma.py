"""Prisma's schema file: models as tables, with their keys, indexes and relations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from apprescue.model.place import Code
from apprescue.model.schema import Column, ForeignKey, Index, Schema, Table

_BLOCK = re.compile(r"^\s*(model|enum|view)\s+(\w+)\s*\{")
_FIELD = re.compile(r"^\s*(\w+)\s+(\w+)(\[\])?(\?)?\s*(.*)$")
_MAPPED = re.compile(r"^\s*(\w+)\b.*?(?<!@)@map\(\s*(?:name:\s*)?\"([^\"]+)\"")
_MAP = re.compile(r"@@map\(\s*(?:name:\s*)?\"([^\"]+)\"")
_NAMES = re.compile(r"\[([^\]]*)\]")
_TYPES = {"String": "text", "Int": "integer", "BigInt": "bigint", "Float": "double precision", "Decimal": "numeric"}
_TYPES |= {"Boolean": "boolean", "DateTime": "timestamp", "Json": "jsonb", "Bytes": "bytea"}


def read(files: Mapping[str, str]) -> Schema:
    """The models of every `.prisma` file. A server stands before them: row rules are unknown. Columns have the names
    that the client knows them by."""
    return _read(files, {})


def stored(files: Mapping[str, str]) -> Schema:
    """The same with the names that columns, enums and their values have in the database."""
    names: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        if path.endswith(".prisma"):
            for _, name, _, lines in _blocks(text):
                fields = (_MAPPED.search(line) for line in lines)
                names[name] = {found[1]: found[2] for found in fields if found}
                whole = next((m[1] for line in lines if (m := _MAP.search(line))), "")
                names[name] |= {"": whole} if whole else {}
    return _read(files, names)


def _read(files: Mapping[str, str], names: Mapping[str, Mapping[str, str]]) -> Schema:
    tables: list[Table] = []
    enums: dict[str, tuple[str, ...]] = {}
    texts = {path: text for path, text in files.items() if path.endswith(".prisma")}
    blocks = [(path, *block) for path, text in texts.items() for block in _blocks(text)]
    models = {name for _, kind, name, _, _ in blocks if kind == "model"}
    mapped = {name: _mapped(name, lines) for _, kind, name, _, lines in blocks if kind == "model"}
    for path, kind, name, line, lines in blocks:
        if kind == "enum":
            words = [word for text in lines for word in text.split()[:1] if word.isidentifier()]
            own = names.get(name, {})
            enums[f"public.{own.get('', name)}"] = tuple(own.get(word, word) for word in words)
        elif kind == "model":
            tables.append(_renamed(_table(path, name, line, lines, models, mapped), names, name, mapped))
    return Schema(tables=tuple(tables), enums=enums)


def _blocks(text: str) -> Iterator[tuple[str, str, int, list[str]]]:
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        opened = _BLOCK.match(lines[index])
        index += 1
        if opened:
            start = index
            while index < len(lines) and not lines[index].lstrip().startswith("}"):
                index += 1
            yield opened[1], opened[2], start, [line.partition("//")[0] for line in lines[start:index]]


def _mapped(name: str, lines: list[str]) -> str:
    found = next((m[1] for line in lines if (m := re.search(r'@@map\("([^"]+)"\)', line))), name)
    return f"public.{found}"


def _table(path: str, name: str, line: int, lines: list[str], models: set[str], mapped: dict[str, str]) -> Table:
    columns: list[Column] = []
    keys: list[ForeignKey] = []
    indexes: list[Index] = []
    primary: tuple[str, ...] = ()
    for number, text in enumerate(lines, line + 1):
        here = Code(path, number, number)
        stripped = text.strip()
        if stripped.startswith(("@@index", "@@unique", "@@id")):
            names = _names(stripped)
            primary = names if stripped.startswith("@@id") else primary
            indexes += [Index("_".join(names), names, here, "@@unique" in stripped)] if "@@id" not in stripped else []
            continue
        field = _FIELD.match(text)
        if not field or stripped.startswith("@"):
            continue
        label, kind, many, optional, rest = field.groups()
        if kind in models:
            keys += _relation(rest, mapped[kind], here)
            continue
        default = re.search(r"@default\((.*?)\)(?:\s|$)", rest)
        shown = _TYPES.get(kind, kind) + (many or "")
        columns.append(Column(label, shown, here, bool(optional), default[1] if default else ""))
        primary = (label,) if re.search(r"@id\b", rest) else primary
        indexes += [Index(f"{label}_key", (label,), here, unique=True)] if re.search(r"@unique\b", rest) else []
    place = Code(path, line, line + len(lines) + 1)
    return Table(mapped[name], tuple(columns), place, "prisma", primary, tuple(keys), tuple(indexes))


def _renamed(table: Table, names: Mapping[str, Mapping[str, str]], model: str, mapped: Mapping[str, str]) -> Table:
    """A table with the database's names for its columns, their types, and the columns that keys point at."""
    if not names:
        return table
    own = names.get(model, {})
    models = {stored: name for name, stored in mapped.items()}

    def of(columns: tuple[str, ...], there: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(there.get(name, name) for name in columns)

    return replace(
        table,
        columns=tuple(
            replace(c, name=own.get(c.name, c.name), type=names.get(c.type, {}).get("", c.type)) for c in table.columns
        ),
        primary_key=of(table.primary_key, own),
        foreign_keys=tuple(
            replace(k, columns=of(k.columns, own), to_columns=of(k.to_columns, names.get(models[k.to_table], {})))
            for k in table.foreign_keys
        ),
        indexes=tuple(replace(i, columns=of(i.columns, own)) for i in table.indexes),
    )


def _relation(rest: str, target: str, here: Code) -> list[ForeignKey]:
    fields = re.search(r"fields:\s*\[([^\]]*)\]", rest)
    if not fields:
        return []
    references = re.search(r"references:\s*\[([^\]]*)\]", rest)
    deletes = re.search(r"onDelete:\s*(\w+)", rest)
    own, other = (tuple(n.strip() for n in m[1].split(",")) if m else () for m in (fields, references))
    return [ForeignKey(own, target, other, here, deletes[1].lower() if deletes else "")]


def _names(text: str) -> tuple[str, ...]:
    found = _NAMES.search(text)
    return tuple(re.sub(r"\(.*", "", part).strip() for part in found[1].split(",")) if found else ()
