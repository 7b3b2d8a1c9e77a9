"""Supabase's generated `types.ts`: the live database's tables, views, functions and enums, as its clients know them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from apprescue.model.database import ident
from apprescue.model.place import Code
from apprescue.model.schema import Column, DbFunction, ForeignKey, Index, Schema, Table, View
from apprescue.source.type_literals import Shape, shapes

ORIGIN = "supabase_types"
GIVEN = "default"
"""The default of a column that takes a value by itself; which value, the file does not say."""

_SIGN = re.compile(r"\b(?:type|interface)\s+Database\b")
_KINDS = {"string": "text", "number": "numeric", "boolean": "boolean", "Json": "jsonb", "unknown": "text"}
_PLAIN = frozenset(_KINDS.values())
_ENUM = re.compile(r"\[[\"']Enums[\"']\]\[[\"']([^\"']+)[\"']\]")
_CHOICE = re.compile(r"[\"']([^\"']*)[\"']")


def read(files: Mapping[str, str]) -> Schema:
    """What the types tell of the schema `public`; where several files do, the one with the most tables first.

    Columns have the types text, numeric, boolean, jsonb, an enum's name, or lists of them. What rules hold, what keys
    and defaults are, the file does not say: `rls` is None, and the key is `id` where there is such a column.
    """
    found = [(path, shape) for path in sorted(files) if _is_candidate(path, files[path]) for shape in _all(files[path])]
    found.sort(key=lambda pair: -len(pair[1].at("public", "Tables")))
    tables: dict[str, Table] = {}
    views: dict[str, View] = {}
    functions: dict[str, DbFunction] = {}
    enums: dict[str, tuple[str, ...]] = {}
    for path, shape in found:
        for name, one in shape.at("public", "Tables").items():
            if "Row" in one.fields:
                tables.setdefault(f"public.{name}", _table(f"public.{name}", path, one))
        for name, one in shape.at("public", "Views").items():
            views.setdefault(f"public.{name}", _view(f"public.{name}", path, one))
        for name, one in shape.at("public", "Functions").items():
            functions.setdefault(f"public.{name}", _function(f"public.{name}", path, one))
        for name, one in shape.at("public", "Enums").items():
            enums.setdefault(f"public.{name}", tuple(_CHOICE.findall(one.text)))
    return Schema(
        tables=tuple(_keyed(tables)),
        views=tuple(views.values()),
        functions=tuple(functions.values()),
        enums={name: values for name, values in enums.items() if values},
        exposed=bool(tables),
    )


def is_generated(text: str) -> bool:
    """Whether a file of types came out of the generator, and nobody wrote it by hand."""
    return any("CompositeTypes" in s.at("public") or "__InternalSupabase" in s.fields for s in _all(text))


def _is_candidate(path: str, text: str) -> bool:
    return path.endswith((".ts", ".mts")) and "Database" in text and bool(_SIGN.search(text))


def _all(text: str) -> Iterator[Shape]:
    return (shape for shape in shapes(text, "Database") if shape.at("public", "Tables"))


def _table(name: str, path: str, shape: Shape) -> Table:
    given = shape.at("Insert")
    columns = tuple(
        Column(
            column,
            _type(one.text),
            Code(path, one.line, one.line),
            "null" in one.text.split("|"),
            GIVEN if column in given and given[column].optional and "null" not in one.text.split("|") else "",
        )
        for column, one in shape.at("Row").items()
    )
    keys, alone = [], []
    for one in shape.fields["Relationships"].items if "Relationships" in shape.fields else ():
        told = {k: _CHOICE.findall(v.text) for k, v in one.fields.items()}
        here = Code(path, one.line, one.end_line)
        for to in told.get("referencedRelation", ()):
            own = tuple(told.get("columns", ()))
            keys.append(ForeignKey(own, f"public.{to}", tuple(told.get("referencedColumns", ())), here))
            if "isOneToOne" in one.fields and one.fields["isOneToOne"].text == "true":
                alone.append(Index("_".join((*own, "key")), own, here, unique=True))
    key = ("id",) if "id" in shape.at("Row") else ()
    place = Code(path, shape.line, shape.end_line)
    return Table(name, columns, place, ORIGIN, key, tuple(keys), tuple(dict.fromkeys(alone)))


def _keyed(tables: Mapping[str, Table]) -> Iterator[Table]:
    """The tables with the keys that others point at: what is pointed at is unique."""
    pointed: dict[str, dict[tuple[str, ...], Code]] = defaultdict(dict)
    for key in (key for table in tables.values() for key in table.foreign_keys):
        if key.to_columns:
            pointed[key.to_table].setdefault(key.to_columns, key.place)
    for table in tables.values():
        mine = {columns: place for columns, place in pointed[table.name].items() if columns != table.primary_key}
        primary = table.primary_key or next(iter(mine), ())
        unique = tuple(Index("_".join((*c, "key")), c, at, unique=True) for c, at in mine.items() if c != primary)
        yield replace(table, primary_key=primary, indexes=(*table.indexes, *unique))


def _view(name: str, path: str, shape: Shape) -> View:
    """A view; its definition is one that gives the same columns and no row."""
    kinds = ((column, _type(one.text)) for column, one in shape.at("Row").items())
    shown = (f"null::{kind if kind in _PLAIN else 'text'} as {ident(column)}" for column, kind in kinds)
    return View(name, f"select {', '.join(shown)} where false", Code(path, shape.line, shape.end_line))


def _function(name: str, path: str, shape: Shape) -> DbFunction:
    parameters = tuple((word, _type(one.text)) for word, one in shape.at("Args").items())
    returned = shape.fields["Returns"].text if "Returns" in shape.fields else ""
    return DbFunction(name, parameters, _type(returned), "", "", Code(path, shape.line, shape.end_line))


def _type(text: str) -> str:
    """A type of TypeScript as one of SQL."""
    parts = [part for part in text.split("|") if part not in ("null", "undefined", "")]
    if not parts:
        return "void"
    kind, many = parts[0], ""
    while kind.endswith("[]"):
        kind, many = kind.removesuffix("[]"), "[]"
    enum = _ENUM.search(text)
    if kind == "{}":
        return "record" + many
    return (enum[1] if enum else _KINDS.get(kind, "text")) + many
