"""The server's text of a condition as a tree, and where each part of it stands in the text.

A tree is what libpg_query gives: dicts of one key, the node's kind, over its fields. Offsets count bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pgparse  # type: ignore[import-not-found]

Tree = dict[str, Any]

LONGEST = 48_000
_HEAD = b"SELECT ("
_TOKEN = re.compile(
    rb"""(?P<string>[eE]?'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*')|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|[()]""",
    re.S | re.X,
)
_PIECE = re.compile(_TOKEN.pattern + rb"|\b[aA][nN][dD]\b", re.S | re.X)
_PART = rb'(?:"(?:[^"]|"")*"|[A-Za-z_\x80-\xff][\w$\x80-\xff]*)'
_TYPE = re.compile(
    rb"(?:time(?:stamp)?(?:\(\d\))? with(?:out)? time zone|character varying|double precision|bit varying|"
    + _PART
    + rb"(?:\s*\.\s*"
    + _PART
    + rb")*)(?:\s*\(\s*\d+(?:\s*,\s*-?\d+)?\s*\))?(?:\s*\[\d*\])*",
    re.I,
)
_WORD = re.compile(rb"[eE]?'(?:[^']|'')*'|\$\d+|[\w.+-]+|" + _PART)


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of SQL with its tree; `base` is where the piece stands in what was parsed."""

    source: bytes
    tree: Any
    base: int = 0

    def span(self, node: Tree) -> tuple[int, int] | None:
        """Where an expression stands, with the parentheses that it needs: its first byte and the one behind its last.
        None where that cannot be told."""
        marks = list(_marks(node))
        if not marks:
            return None
        ends = [self._end(kind, fields) for kind, fields in marks]
        if None in ends:
            return None
        first = min(int(fields["location"]) for _, fields in marks) - self.base
        last = max(end for end in ends if end is not None)
        return self._balanced(first, last)

    def told(self, node: Tree) -> str:
        """An expression as it is written."""
        span = self.span(node)
        return self.source[span[0] : span[1]].decode() if span else ""

    def closing(self, start: int) -> int:
        """Where the parenthesis that opens next is closed."""
        return (self._closing(self.source.find(b"(", start)) or len(self.source) + 1) - 1

    def edited(self, edits: list[tuple[int, int, str]]) -> str:
        """The text with each span replaced."""
        result, at = b"", 0
        for first, last, text in sorted(edits):
            result += self.source[at:first] + text.encode()
            at = last
        return (result + self.source[at:]).decode()

    def _end(self, kind: str, fields: Tree) -> int | None:
        start = int(fields["location"]) - self.base
        if start < 0:
            return None
        match kind:
            case "FuncCall" if fields.get("funcformat") == "COERCE_SQL_SYNTAX":
                return None
            case "FuncCall" | "CoalesceExpr" | "SubLink":
                opened = self.source.find(b"(", start)
                return self._closing(opened) if opened >= 0 else None
            case "TypeCast" if self.source[start : start + 2] == b"::":
                return found.end() if (found := _TYPE.match(self.source, start + 2)) else None
            case "A_Const" | "ColumnRef" | "ParamRef" | "SQLValueFunction":
                return self._word_end(start)
            case "A_Expr" | "BoolExpr":
                return start  # their parts tell
            case _:
                return None

    def _word_end(self, start: int) -> int | None:
        end = start
        while found := _WORD.match(self.source, end):
            end = found.end()
            if self.source[end : end + 1] != b".":
                return end
            end += 1
        return None

    def _closing(self, opened: int) -> int | None:
        depth = 0
        for token in _TOKEN.finditer(self.source, opened):
            depth += {b"(": 1, b")": -1}.get(token[0], 0)
            if not depth:
                return token.end()
        return None

    def _balanced(self, first: int, last: int) -> tuple[int, int] | None:
        """The span with as many parentheses opened as closed."""
        depth = lowest = 0
        for token in _TOKEN.finditer(self.source, first, last):
            depth += {b"(": 1, b")": -1}.get(token[0], 0)
            lowest = min(lowest, depth)
        for _ in range(-lowest):
            first = len(self.source[:first].rstrip()) - 1
            if first < 0 or self.source[first : first + 1] != b"(":
                return None
        for _ in range(depth - lowest):
            last += len(self.source[last:]) - len(self.source[last:].lstrip()) + 1
            if self.source[last - 1 : last] != b")":
                return None
        return first, last


def condition(text: str) -> Text | None:
    """A condition, read; None where it is empty or cannot be read."""
    source = text.encode()
    if not text.strip() or len(source) > LONGEST:
        return None
    try:
        tree = pgparse.parse((_HEAD + source + b"\n)").decode())
        value = tree[0]["stmt"]["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
    except (pgparse.PGQueryError, RecursionError, ValueError, KeyError, IndexError):
        return None
    return Text(source, value, len(_HEAD))


def statements(text: str) -> Text | None:
    """One or more statements, read: the tree is the list of their nodes."""
    source = text.encode()
    if not text.strip() or len(source) > LONGEST:
        return None
    try:
        return Text(source, [raw["stmt"] for raw in pgparse.parse(text)])
    except (pgparse.PGQueryError, RecursionError, ValueError, KeyError):
        return None


def split_at_and(text: str) -> list[str]:
    """A condition cut at each AND that stands in no parentheses."""
    source, parts, depth, start = text.encode(), [], 0, 0
    for token in _PIECE.finditer(source):
        depth += {b"(": 1, b")": -1}.get(token[0], 0)
        if not depth and token[0].lower() == b"and":
            parts.append(source[start : token.start()].decode().strip())
            start = token.end()
    return [*parts, source[start:].decode().strip()]


def kind_of(node: Any) -> tuple[str, Tree]:
    """A node's kind and its fields; an empty kind where it is no node."""
    if isinstance(node, dict) and len(node) == 1:
        ((kind, fields),) = node.items()
        if isinstance(fields, dict):
            return kind, fields
    return "", {}


def words(items: Any) -> tuple[str, ...]:
    """The texts of a list of String nodes: a dotted name's parts."""
    return tuple(item["String"].get("sval", "") for item in items or () if isinstance(item, dict) and "String" in item)


def each(tree: Any, kind: str) -> Iterator[Tree]:
    """The fields of every node of a kind, outermost first."""
    if isinstance(tree, dict):
        if isinstance(tree.get(kind), dict):
            yield tree[kind]
        for value in tree.values():
            yield from each(value, kind)
    elif isinstance(tree, list):
        for value in tree:
            yield from each(value, kind)


def _marks(tree: Any) -> Iterator[tuple[str, Tree]]:
    """Every node that says where it stands; what a call or a query holds inside is left out."""
    if isinstance(tree, list):
        for item in tree:
            yield from _marks(item)
    elif isinstance(tree, dict):
        for kind, fields in tree.items():
            if isinstance(fields, dict) and kind != "typeName" and "location" in fields:
                yield kind, fields
            if kind not in ("SubLink", "typeName"):
                yield from _marks(fields)
