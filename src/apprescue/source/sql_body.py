"""What a function of the database does: the tables that it reads and writes, and whether it asks who calls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from apprescue.model.schema import DbFunction
from apprescue.source.sql import split
from apprescue.source.sql_access import asks_caller
from apprescue.source.sql_text import without_comments

_NAME = r"((?:\"?[A-Za-z_][\w$]*\"?\s*\.\s*)?\"?[A-Za-z_][\w$]*\"?)"
_WRITE = re.compile(
    rf"\b(insert\s+into|delete\s+from|update)\s+(?:only\s+)?{_NAME}(\s+(?:as\s+)?\w+)?(\s+set\b)?", re.I
)
_READ = re.compile(rf"\b(?:from|join)\s+(?:only\s+|lateral\s+)?{_NAME}(?![\w$]|\s*\()", re.I)
_SET = re.compile(r"\bset\b(.*?)(?:\bwhere\b|\breturning\b|\Z)", re.I | re.S)
_ASSIGNED = re.compile(r"(?:^|,)\s*\"?(\w+)\"?\s*=(?!=)", re.S)
_LISTED = re.compile(r"\(([\w\s,\"]+)\)", re.S)
_QUERY = re.compile(r"\(\s*select\b[^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*\)", re.I)
_CONFLICT = re.compile(r"\bon\s+conflict\s*\(([^()]*)\)", re.I)
_ROW = re.compile(r"\b(?:new|old)\.\"?(\w+)", re.I)
_STEP = re.compile(r"(\w+)\s*=\s*(?:coalesce\s*\(\s*)?(?:\w+\.)?\1\s*(?:,\s*0\s*\)\s*)?[+-]\s*1\b", re.I)
_STAFF = re.compile(
    r"\b(?:is_?(?:super_?)?admin\w*|has_role|is_moderator|is_staff|check_admin\w*|require_\w+|"
    r"assert_\w+)\s*\(",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Write:
    """A write: `operation` is insert, update or delete. `columns` are those set, `conflict` the target of ON
    CONFLICT; `counts_one` where an update only adds or takes one; `given` where a parameter of the function is
    among the new values."""

    operation: str
    table: str
    columns: tuple[str, ...]
    conflict: tuple[str, ...] = ()
    counts_one: bool = False
    given: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Body:
    """What a body does. `knows_caller` where it asks for the caller's id or token, or calls a function that tests
    his role."""

    writes: tuple[Write, ...]
    reads: frozenset[str]
    knows_caller: bool


@lru_cache(maxsize=4096)
def body_of(function: DbFunction) -> Body:
    """A function's body, read."""
    text = without_comments(function.body)
    plain = re.sub(r"'(?:[^']|'')*'", "''", text)
    names = [re.escape(name) for name, _ in function.parameters if name]
    parameters = re.compile("|".join([*(rf"\b{name}\b" for name in names), r"\$\d"]), re.I)
    writes: list[Write] = []
    position = 0
    for piece in split(plain):
        writes += _writes(piece, plain[:position].count("\n"), parameters)
        position += len(piece)
    written = {w.table for w in writes}
    reads = {full(m[1]) for m in _READ.finditer(plain)}
    return Body(tuple(writes), frozenset(reads - {"public.new", "public.old"} | (reads & written)), _knows(text))


def full(name: str) -> str:
    """A name as SQL writes it, as `schema.name`."""
    parts = [p.strip().strip('"').lower() for p in name.split(".")]
    return ".".join(parts) if len(parts) > 1 else f"public.{parts[0]}"


@lru_cache(maxsize=1024)
def guarded(function: DbFunction, command: str) -> frozenset[str]:
    """The columns that a trigger's function keeps: it puts the old value back, sets a new row's value itself, or
    refuses the change."""
    text = without_comments(function.body)
    named = {name.lower() for name in _ROW.findall(text)}
    return frozenset(name for name in named if _keeps(text, name, command))


def _keeps(text: str, column: str, command: str) -> bool:
    name = rf"\"?{re.escape(column)}\"?"
    value = r"old\.\"?\w+" if command == "update" else r"(?!new\.)\S"
    if re.search(rf"(?:\bthen|\belse|\bbegin|;)\s*new\.{name}\s*:?=\s*{value}", text, re.I):
        return True
    changed = rf"(?:new|old)\.{name}\s*(?:is\s+distinct\s+from|<>|!=)\s*(?:new|old)\.{name}\b"
    refuses = re.search(r"\braise\s+exception\b|\breturn\s+(?:old|null)\s*;", text, re.I)
    return bool(
        refuses
        and (re.search(changed, text, re.I) or (command == "insert" and re.search(rf"\bnew\.{name}\b", text, re.I)))
    )


def _knows(text: str) -> bool:
    return (
        asks_caller(text)
        or bool(_STAFF.search(text))
        or bool(re.search(r"\bcurrent_user\b|\bsession_user\b", text, re.I))
    )


def _writes(piece: str, above: int, parameters: re.Pattern[str]) -> list[Write]:
    found: list[Write] = []
    for match in _WRITE.finditer(piece):
        operation = match[1].split()[0].lower()
        sets = match[4] or (match[3] or "").strip().lower() == "set"
        if operation == "update" and not sets:
            continue
        line = above + piece[: match.start()].count("\n")
        found.append(_write(operation, full(match[2]), piece[match.start(2) :], line, parameters))
    return found


def _write(operation: str, table: str, text: str, line: int, parameters: re.Pattern[str]) -> Write:
    columns: tuple[str, ...] = ()
    if operation == "update":
        found = _SET.search(text)
        settings = found[1] if found else ""
        columns = tuple(c.lower() for c in _ASSIGNED.findall(settings))
        steps = {c.lower() for c in _STEP.findall(settings)}
        free = [c for c in columns if c not in steps and c not in ("updated_at", "last_used_at", "last_scanned_at")]
        given = bool(parameters.search(_QUERY.sub("", settings)))
        return Write(operation, table, columns, (), bool(steps) and not free, given, line)
    if operation == "insert":
        listed = _LISTED.match(text[text.find("(") :]) if "(" in text else None
        columns = tuple(c.strip().strip('"').lower() for c in listed[1].split(",")) if listed else ()
    target = _CONFLICT.search(text)
    conflict = tuple(c.strip().strip('"').lower() for c in target[1].split(",")) if target else ()
    return Write(operation, table, columns, conflict, given=bool(parameters.search(text)), line=line)
