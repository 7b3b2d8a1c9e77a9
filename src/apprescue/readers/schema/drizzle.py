"""Drizzle's table definitions: `pgTable("name", { ... })` and its sisters for MySQL and SQLite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from apprescue.model.place import Code
from apprescue.model.schema import Column, ForeignKey, Index, Schema, Table

_TABLE = re.compile(
    r"(?:const|let|var)\s+(\w+)\s*(?::[^=]+)?=\s*(?:pgTable|mysqlTable|sqliteTable|"
    r"\w+\.table)\(\s*[\"'`](\w+)[\"'`]\s*,"
)
_COLUMN = re.compile(r"(?:^|[,{])\s*(\w+)\s*:\s*(\w+)\s*\(\s*(?:[\"'`](\w+)[\"'`])?")
_REFERENCE = re.compile(
    r"\.references\(\s*\(\s*\)(?:\s*:\s*\w+)?\s*=>\s*(\w+)\.(\w+)(?:[^)]*?onDelete\s*:\s*[\"'](\w[\w ]*)[\"'])?"
)
_INDEX = re.compile(r"\b(uniqueIndex|unique|index)\(\s*(?:[\"'`]([\w-]+)[\"'`])?\s*\)[^,\n]*?\.on\(([^)]*)\)")
_DEFAULT = re.compile(r"\.default\(([^()]*(?:\([^()]*\))?[^()]*)\)")
_ENUM = re.compile(r"(?:const|let|var)\s+(\w+)\s*=\s*(?:pgEnum|\w+\.enum)\(\s*[\"'`](\w+)[\"'`]\s*,\s*\[([^\]]*)\]")
_TEXT = re.compile(r"[\"'`]([^\"'`]*)[\"'`]")
_COMMENT = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*.*?\*/", re.S)
_TOKEN = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*.*?\*/|[(){}\[\]]|,", re.S
)


def read(files: Mapping[str, str]) -> Schema:
    """The tables of every file that defines some. A server stands before them: row rules are unknown."""
    texts = {
        path: _COMMENT.sub(_blank, text)
        for path, text in files.items()
        if path.endswith((".ts", ".js", ".mjs", ".mts")) and "drizzle-orm" in text
    }
    found = {path: list(_TABLE.finditer(text)) for path, text in texts.items()}
    names = {match[1]: f"public.{match[2]}" for matches in found.values() for match in matches}
    enums = [match for text in texts.values() for match in _ENUM.finditer(text)]
    kinds = {match[1]: match[2] for match in enums}
    tables: list[Table] = []
    for path, matches in found.items():
        ends = [match.start() for match in matches[1:]] + [len(texts[path])]
        tables += [_table(path, texts[path], m, end, names, kinds) for m, end in zip(matches, ends, strict=False)]
    return Schema(tables=tuple(tables), enums={f"public.{m[2]}": tuple(_TEXT.findall(m[3])) for m in enums})


def _blank(found: re.Match[str]) -> str:
    """A comment as spaces, a text as it stands."""
    return found[0] if found[0][0] in "\"'`" else re.sub(r"[^\n]", " ", found[0])


def _table(path: str, text: str, match: re.Match[str], end: int, names: dict[str, str], kinds: dict[str, str]) -> Table:
    parts = list(_arguments(text, match.end(), end))
    line = text.count("\n", 0, match.start()) + 1
    columns: list[Column] = []
    keys: list[ForeignKey] = []
    indexes: list[Index] = []
    primary: tuple[str, ...] = ()
    columns_at, body = parts[0] if parts else (match.end(), "")
    labels: dict[str, str] = {}
    for start, definition in _entries(body):
        column = _COLUMN.match(definition)
        if not column:
            continue
        number = text.count("\n", 0, columns_at + start) + 1
        number += definition[: len(definition) - len(definition.lstrip("\n ,{"))].count("\n")
        here, name = Code(path, number, number), column[3] or column[1]
        labels[column[1]] = name
        columns.append(_column(name, kinds.get(column[2], column[2]), definition, here))
        primary = (name,) if ".primaryKey(" in definition else primary
        indexes += [Index(f"{name}_unique", (name,), here, unique=True)] if ".unique(" in definition else []
        reference = _REFERENCE.search(definition)
        if reference:
            keys.append(
                ForeignKey((name,), names.get(reference[1], reference[1]), (reference[2],), here, reference[3] or "")
            )
    for at, extra in parts[1:]:
        indexes += _indexes(extra, path, text.count("\n", 0, at) + 1, labels)
    last = line + text.count("\n", match.start(), parts[-1][0] + len(parts[-1][1]) if parts else match.end())
    return Table(
        names[match[1]], tuple(columns), Code(path, line, last), "drizzle", primary, tuple(keys), tuple(indexes)
    )


def _column(name: str, kind: str, definition: str, here: Code) -> Column:
    default = _DEFAULT.search(definition)
    required = ".notNull(" in definition or ".primaryKey(" in definition
    return Column(
        name, kind.lower(), here, not required, default[1].strip() if default else "", "serial" in kind.lower()
    )


def _indexes(extra: str, path: str, line: int, labels: dict[str, str]) -> Iterator[Index]:
    for found in _INDEX.finditer(extra):
        columns = tuple(labels.get(n, n) for n in re.findall(r"\.(\w+)", found[3]))
        number = line + extra.count("\n", 0, found.start())
        yield Index(found[2] or "_".join(columns), columns, Code(path, number, number), found[1] != "index")


def _arguments(text: str, at: int, end: int) -> Iterator[tuple[int, str]]:
    """The arguments from a place to the closing parenthesis of the call, each with its offset."""
    depth, start = 0, at
    for token in _TOKEN.finditer(text, at, end):
        mark = token[0]
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
            if depth < 0:
                yield start, text[start : token.start()]
                return
        elif mark == "," and depth == 0:
            yield start, text[start : token.start()]
            start = token.end()


def _entries(body: str) -> Iterator[tuple[int, str]]:
    """The entries of an object literal, each with its offset."""
    opened = body.find("{")
    if opened < 0:
        return
    yield from _arguments(body, opened + 1, len(body))
