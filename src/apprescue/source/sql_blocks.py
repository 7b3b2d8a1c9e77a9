"""DO blocks: the statements inside, and those that they build from a list of names, as far as reading can tell.

A condition around a statement (`IF NOT EXISTS (...) THEN`) is taken as met: such blocks are written so that the
statement takes effect once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.source.sql import Statement, split, words
from apprescue.source.sql_text import strings, without_comments

_WORK = re.compile(
    r"\b(?:create\s|alter\s+(?:table|policy|function|view|publication|type)\b|drop\s|grant\s|revoke\s"
    r"|insert\s+into\s+storage\.buckets|update\s+storage\.buckets)",
    re.I,
)
_EXECUTE = re.compile(r"\bexecute\s+(?!function|procedure|on\b)", re.I)
_LOOP = re.compile(r"\bfor(?:each)?\s+\"?(\w+)\"?\s+in\b(.*?)\bloop\b", re.I | re.S)
_POLICY_LIST = re.compile(r"\bpg_policies\b", re.I)
_ALL_TABLES = re.compile(r"\b(?:pg_tables|information_schema\.tables|pg_class)\b", re.I)
_SCHEMA_TEST = re.compile(
    r"\b(?:table_?schema|schemaname|nspname|table_type|relkind)\s*(?:=|in\s*\()\s*(?:'[^']*'[,\s]*)+", re.I
)
_PLACEHOLDER = re.compile(r"%(?:\d+\$)?([ILs])")


def statements_in(
    statement: Statement, tables: list[str], policies: list[tuple[str, str]]
) -> Iterator[tuple[int, str]]:
    """The SQL that a DO block runs, each with the number of lines above it. `tables` and `policies` are those that
    stand: a block may loop over them."""
    body = next((words(a["DefElem"].get("arg")) for a in statement.tree.get("args", ()) if "DefElem" in a), ())
    if not body:
        return
    text = without_comments(body[0])
    above = statement.line - 1 + statement.text[: max(0, statement.text.find(body[0][:40]))].count("\n")
    names = _looped(text, tables, policies)
    position = 0
    for piece in split(text):
        lines = above + text[:position].count("\n")
        position += len(piece)
        yield from _from_piece(piece, lines, names)


def _from_piece(piece: str, lines: int, names: list[tuple[str, ...]]) -> Iterator[tuple[int, str]]:
    built = _EXECUTE.search(piece)
    if built:
        lines += piece[: built.start()].count("\n")
        for sql in _built(piece[built.end() :], names):
            yield lines, sql
        return
    work = _WORK.search(_blank_strings(piece))
    if work:
        yield lines + piece[: work.start()].count("\n"), piece[work.start() :]


def _built(command: str, names: list[tuple[str, ...]]) -> list[str]:
    """What an EXECUTE runs: its literal, or its format filled in for each name that is looped over."""
    texts = strings(command)
    template = texts[0] if texts else (re.findall(r"\$\w*\$(.*?)\$\w*\$", command, re.S) or [""])[0]
    if not _WORK.search(template):
        return []
    if "%" in template and "format" in command.lower():
        given = [t for t in texts[1:] if re.fullmatch(r"[\w. -]+", t)]
        return [_filled(template, row, given) for row in names]
    if "||" in command:
        return ["".join(_joined(command, row)) for row in names]
    return [template]


def _filled(template: str, row: tuple[str, ...], given: list[str]) -> str:
    holes = len(_PLACEHOLDER.findall(template))
    values = iter([*given, *row] if holes > len(row) else row[-holes:] if len(row) > holes else row)
    last = row[-1] if row else ""
    return _PLACEHOLDER.sub(lambda m: _quoted(next(values, last), m[1]), template)


def _quoted(value: str, kind: str) -> str:
    return "'" + value.replace("'", "''") + "'" if kind == "L" else value if kind == "s" else f'"{value}"'


def _joined(command: str, row: tuple[str, ...]) -> Iterator[str]:
    values = iter(row)
    last = row[-1] if row else ""
    for part in command.rstrip("; \n").split("||"):
        literal = strings(part)
        yield literal[0] if literal else f'"{next(values, last)}"'


def _looped(text: str, tables: list[str], policies: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    """What a block loops over: rows of names, each as many as the catalog that it asks gives."""
    loop = _LOOP.search(text)
    if not loop:
        return []
    source = loop[2] if strings(loop[2]) or _ALL_TABLES.search(loop[2]) else text[: loop.start()] + loop[2]
    named = [n.lower() for n in strings(_SCHEMA_TEST.sub("", source))]
    if _POLICY_LIST.search(source):
        wanted = {f"public.{n}" for n in named} | {f"storage.{n}" for n in named}
        return [(policy, table.rpartition(".")[2]) for table, policy in policies if not named or table in wanted]
    if named:
        return [(n,) for n in named if re.fullmatch(r"[\w.]+", n)]
    if _ALL_TABLES.search(source):
        return [(t.rpartition(".")[2],) for t in tables if t.startswith("public.")]
    return []


def _blank_strings(text: str) -> str:
    return re.sub(r"'(?:[^']|'')*'", lambda m: "'" + "_" * (len(m[0]) - 2) + "'", text)
