"""SQL as statements: split with our own scanner where the text is broken or long, parsed by PostgreSQL's parser.

A statement's tree is what libpg_query gives: dicts of one key, the node's kind, over its fields.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pgparse  # type: ignore[import-not-found]

Tree = dict[str, Any]

LONGEST = 48_000
"""Bytes of one statement. A chain of operators nests once for two bytes and the parser's stack ends near 60,000."""

_SPACE = re.compile(rb"(?:\s+|--[^\n]*(?:\n|\Z))+", re.S)
_MARK = re.compile(
    rb"--[^\n]*|/\*|\*/|;|\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$|\"(?:[^\"]|\"\")*\""
    rb"|(?<![\w])[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\bbegin\s+atomic\b|\bend\b|\bcase\b|^\\[a-z!?][^\n]*",
    re.S | re.I | re.M,
)
_DOLLAR = re.compile(rb"(?=(\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$))")
_COPY = re.compile(rb"\s*copy\s[^;]*\sfrom\s+stdin\b[^;]*;", re.I)
_COPY_END = re.compile(rb"^\\\.[ \r]*$", re.M)


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A statement that parsed. `kind` is the root node's name (`CreatePolicyStmt`), `tree` its fields.

    `line` is where its first word stands; `line_of` gives the line of a node from its `location`.
    """

    kind: str
    tree: Tree
    text: str
    line: int
    end_line: int
    _base: int
    _breaks: list[int]
    _source: bytes

    def line_of(self, node: Tree) -> int:
        """The line on which a node of this statement begins."""
        location = node.get("location")
        return self.line if location is None else bisect_right(self._breaks, self._base + int(location)) + 1

    def from_location(self, location: int) -> str:
        """The statement's text from a node's location on."""
        start = self._base + location
        return self._source[start : start + LONGEST].decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Broken:
    """A statement that did not parse, and why."""

    text: str
    line: int
    error: str


def split(text: str) -> list[str]:
    """Cut SQL after each semicolon that ends a statement. The pieces joined are the text again."""
    source = text.encode("utf-8", "surrogatepass")
    return [source[a:b].decode("utf-8", "surrogatepass") for a, b in _cuts(source)]


def pieces(text: str) -> Iterator[tuple[str, int]]:
    """The statements of a file as `psql` cuts them, each with the line of its first word: without what stands before
    it, without the lines that speak to `psql` itself, and the rows of a COPY with their statement."""
    source = text.replace("\0", " ").encode("utf-8", "replace")
    line, seen = 1, 0
    for start, end in _cuts(source):
        first = _first(source, start, end)
        if source[first:end].strip() in (b"", b";") or source[first : first + 1] == b"\\":
            continue
        line, seen = line + source.count(b"\n", seen, first), first
        yield source[first:end].decode("utf-8", "replace"), line


def parse(text: str) -> list[Statement | Broken]:
    """Every statement of a file, in order. Never raises: what does not parse is a `Broken`."""
    source = text.replace("\0", " ").encode("utf-8", "replace")
    breaks = [m.start() + 1 for m in re.finditer(rb"\n", source)]
    if len(source) <= LONGEST:
        try:
            return list(_statements(source, 0, len(source), breaks))
        except (pgparse.PGQueryError, RecursionError, ValueError):
            pass
    return [one for start, end in _cuts(source) for one in _piece(source, start, end, breaks)]


@lru_cache(maxsize=8192)
def expression(text: str) -> Tree | None:
    """The tree of an expression such as a policy's condition; None where it does not parse or is empty."""
    if not text.strip() or len(text) > LONGEST:
        return None
    try:
        tree = pgparse.parse(f"SELECT ({text}\n)")
        target = tree[0]["stmt"]["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
    except (pgparse.PGQueryError, RecursionError, ValueError, KeyError, IndexError, TypeError):
        return None
    return target if isinstance(target, dict) else None


def nodes(tree: Any, kind: str) -> Iterator[Tree]:
    """The fields of every node of a kind inside a tree, outermost first."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if isinstance(node.get(kind), dict):
                yield node[kind]
            stack.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            stack.extend(reversed(node))


def words(items: Any) -> tuple[str, ...]:
    """The texts of a list of String nodes: a dotted name's parts."""
    if isinstance(items, dict):
        items = items.get("List", {}).get("items") or items.get("items") or [items]
    return tuple(i["String"].get("sval", "") for i in items or () if isinstance(i, dict) and "String" in i)


def dotted(items: Any, schema: str = "public") -> str:
    """A name written `schema.name` from its parts."""
    parts = words(items)
    return ".".join(parts[-2:]) if len(parts) > 1 else f"{schema}.{parts[0] if parts else ''}"


def relation(node: Tree | None) -> str:
    """The name of a RangeVar, written `schema.name`."""
    node = node or {}
    return f"{node.get('schemaname', 'public')}.{node.get('relname', '')}"


def _piece(source: bytes, start: int, end: int, breaks: list[int]) -> Iterator[Statement | Broken]:
    first = _first(source, start, end)
    if first >= end or source[first:end].strip() in (b"", b";") or source[first : first + 1] == b"\\":
        return
    if copied := _COPY.match(source, first, end):
        end = copied.end()
    error = ""
    if end - first > LONGEST:
        error = "the statement is too long to be read"
    else:
        try:
            yield from list(_statements(source, first, end, breaks))
        except (pgparse.PGQueryError, RecursionError, ValueError) as problem:
            error = str(problem)
    if error:
        text = source[first : min(end, first + LONGEST)].decode("utf-8", "replace")
        yield Broken(text, bisect_right(breaks, first) + 1, error)


def _statements(source: bytes, start: int, end: int, breaks: list[int]) -> Iterator[Statement]:
    for raw in pgparse.parse(source[start:end].decode("utf-8", "replace")):
        (kind, tree), *_ = raw["stmt"].items()
        offset = start + int(raw.get("stmt_location", 0))
        length = int(raw.get("stmt_len", 0)) or end - offset
        first = _first(source, offset, offset + length)
        text = source[first : offset + length].decode("utf-8", "replace")
        last = bisect_right(breaks, first + len(text.rstrip().encode()) - 1) + 1
        yield Statement(kind, tree, text, bisect_right(breaks, first) + 1, last, start, breaks, source)


def _cuts(source: bytes) -> Iterator[tuple[int, int]]:
    """The spans of the statements, each with its semicolon."""
    start = at = 0
    atomic: list[bytes] = []
    tags: dict[bytes, list[int]] = {}
    data_ends = source.rfind(b"\n\\.")
    while found := _MARK.search(source, at):
        mark, at = found[0], found.end()
        if mark == b";" and not atomic:
            if data_ends >= at and _COPY.match(source, _first(source, start, at), at):
                data_end = _COPY_END.search(source, at)
                at = data_end.end() if data_end else at
            yield start, at
            start = at
        elif mark == b"/*":
            at = _comment_end(source, at)
        elif mark.startswith(b"\\"):
            if _first(source, start, found.start()) == found.start():
                yield start, at
                start = at
        elif mark.startswith(b"$"):
            tags = tags or _tags(source)
            close = bisect_left(tags[mark], at)
            at = tags[mark][close] + len(mark) if close < len(tags[mark]) else at
        elif mark[:1].isalpha() and not mark.endswith(b"'"):
            atomic = _nesting(atomic, mark.lower())
    if start < len(source):
        yield start, len(source)


def _tags(source: bytes) -> dict[bytes, list[int]]:
    """Where each dollar quote stands."""
    found: dict[bytes, list[int]] = {}
    for tag in _DOLLAR.finditer(source):
        found.setdefault(tag[1], []).append(tag.start())
    return found


def _nesting(atomic: list[bytes], word: bytes) -> list[bytes]:
    """The open blocks of a `begin atomic` body, in which semicolons do not end the statement."""
    if word.startswith(b"begin"):
        return [*atomic, b"begin"]
    if not atomic:
        return atomic
    return [*atomic, b"case"] if word == b"case" else atomic[:-1]


def _first(source: bytes, start: int, end: int) -> int:
    """Where the first word stands, behind space and comments."""
    at = start
    while at < end:
        if space := _SPACE.match(source, at, end):
            at = space.end()
        elif source.startswith(b"/*", at, end):
            at = min(_comment_end(source, at + 2), end)
        else:
            break
    return at


def _comment_end(source: bytes, at: int) -> int:
    """Behind the comment that was opened before `at`; comments nest. One that is never closed ends at its first
    `*/`, or is none."""
    first = source.find(b"*/", at)
    depth, here = 1, at
    while depth:
        opened, closed = source.find(b"/*", here), source.find(b"*/", here)
        if closed < 0:
            return first + 2 if first >= 0 else len(source)
        if 0 <= opened < closed:
            depth, here = depth + 1, opened + 2
        else:
            depth, here = depth - 1, closed + 2
    return here
