"""What a refusal asks for, as the database's message and the refused statement tell it together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.source.sql import Statement, Tree, dotted, nodes, parse, relation

_COLUMN_OF = re.compile(r'column "([^"]+)" of relation "([^"]+)"')
_COLUMN_IN = re.compile(r'column "?([^". ]+)"?\.("?)([^" ]+)\2 does not exist')
_COLUMN = re.compile(r'column "([^"]+)" (?:does not exist|named in key does not exist|referenced in)')
_MADE = re.compile(r"\s*create\s+table\s+(?:if\s+not\s+exists\s+)?([\w.\"]+)\s*\(", re.I)
_SIGNS = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|.", re.S)
_REMARK = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
_KEY = re.compile(r"\bprimary\s+key\b|\bunique\b", re.I)
_CLAUSE = re.compile(r"(?:constraint|primary|unique|foreign|check|exclude|like)\b|\(", re.I)


def full(name: str) -> str:
    """A name with its schema."""
    return name if "." in name else f"public.{name}"


def columns(message: str, text: str) -> list[tuple[str, str]]:
    """The columns that a message may mean, each with its table, the likeliest first."""
    if found := _COLUMN_OF.search(message):
        return [(full(found[2]), found[1])]
    tables: list[str] = []
    aliases: dict[str, str] = {}
    for statement in statements(text):
        for node in _relations(statement):
            tables.append(relation(node))
            aliases[node.get("alias", {}).get("aliasname", node.get("relname", ""))] = relation(node)
            aliases.setdefault(node.get("relname", ""), relation(node))
    if found := _COLUMN_IN.search(message):
        return [(aliases[found[1]], found[3])] if found[1] in aliases else []
    if found := _COLUMN.search(message):
        return [(table, found[1]) for table in dict.fromkeys(tables)]
    return []


def keys(text: str) -> Iterator[tuple[str, list[str], str, list[str]]]:
    """The foreign keys of a statement: table and columns, and the table and columns that they point at."""
    for statement in statements(text):
        own = relation(statement.tree.get("relation"))
        for key in nodes(statement.tree, "Constraint"):
            if "pktable" in key:
                yield own, _strings(key.get("fk_attrs")), relation(key["pktable"]), _strings(key.get("pk_attrs"))


def conflicts(text: str) -> Iterator[tuple[str, list[str]]]:
    """The tables into which a statement inserts, with the columns of its ON CONFLICT."""
    for statement in statements(text):
        if statement.kind == "InsertStmt":
            named = [one["name"] for one in nodes(statement.tree, "IndexElem") if "name" in one]
            yield relation(statement.tree.get("relation")), named


def kinds(text: str) -> set[str]:
    """The kinds of the statements in a text, as the parser names them."""
    return {statement.kind for statement in statements(text)}


def changed_type(text: str) -> tuple[str, list[str]]:
    """The type that an ALTER TYPE changes, and the values that it must have for that."""
    for statement in statements(text):
        if statement.kind == "AlterEnumStmt":
            old = statement.tree.get("oldVal")
            return dotted(statement.tree.get("typeName")), [old] if old else []
    return "", []


def statements(text: str) -> Iterator[Statement]:
    """The statements of a text that are valid SQL."""
    return (one for one in parse(text) if isinstance(one, Statement))


def table_columns(text: str) -> tuple[str, list[str]] | None:
    """The name of the table that a statement makes and its columns as written, without what makes them keys; None for
    other statements."""
    made = _MADE.match(text)
    if made is None:
        return None
    depth, parts = 0, [""]
    for sign in _SIGNS.findall(text[made.end() :]):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    bare = (_KEY.sub("", _REMARK.sub("", part)).strip() for part in parts)
    return made[1], [part for part in bare if part and not _CLAUSE.match(part)]


def _relations(statement: Statement) -> Iterator[Tree]:
    for key in ("relation", "table"):
        node = statement.tree.get(key)
        if isinstance(node, dict) and "relname" in node:
            yield node
    yield from nodes(statement.tree, "RangeVar")


def _strings(items: object) -> list[str]:
    return [i["String"].get("sval", "") for i in items if "String" in i] if isinstance(items, list) else []
