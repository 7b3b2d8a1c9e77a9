"""TypeScript's object types as data: names with what stands behind them, however the file is laid out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

_TOKEN = re.compile(
    r"(?P<skip>//[^\n]*|/\*.*?\*/|[ \t\r\f\v]+)|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')|(?P<line>\n)"
    r"|(?P<word>[\w$]+)|(?P<mark>.)",
    re.S,
)
_JOINS = frozenset("|&")
_DEEPEST = 40
_MOST_SHAPES = 5


@dataclass(slots=True)
class Shape:
    """What stands behind a name: `text` without spaces; the `fields` of an object; the `items` of a list of types."""

    line: int
    end_line: int
    optional: bool = False
    text: str = ""
    fields: dict[str, Shape] = field(default_factory=dict)
    items: list[Shape] = field(default_factory=list)

    def at(self, *path: str) -> dict[str, Shape]:
        """The fields of an object some names down; none where it is no object."""
        here = self
        for name in path:
            if name not in here.fields:
                return {}
            here = here.fields[name]
        return here.fields


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def shapes(text: str, name: str) -> Iterator[Shape]:
    """The object types that a file gives a name: `type Name = { ... }` and `interface Name { ... }`; the first few."""
    opened = re.finditer(rf"\b(?:type\s+{name}\s*=|interface\s+{name}\b[^{{=]{{0,200}})\s*(?=\{{)", text)
    for found in islice(opened, _MOST_SHAPES):
        yield _Reading(text, found.end()).value(0)


class _Reading:
    """A walk over the tokens of one type."""

    def __init__(self, text: str, at: int) -> None:
        self._tokens = self._of(text, at)
        self._here = next(self._tokens)

    @staticmethod
    def _of(text: str, at: int) -> Iterator[_Token]:
        line = text.count("\n", 0, at) + 1
        for found in _TOKEN.finditer(text, at):
            if found.lastgroup != "skip":
                yield _Token(found.lastgroup or "", found[0], line)
            line += found[0].count("\n")
        while True:
            yield _Token("end", "", line)

    def _take(self) -> _Token:
        taken, self._here = self._here, next(self._tokens)
        return taken

    def _lines(self) -> None:
        while self._here.kind == "line":
            self._take()

    def value(self, depth: int) -> Shape:
        """A type: to the end of its line, its comma or its semicolon; a union may go over several lines."""
        self._lines()
        shape = Shape(self._here.line, self._here.line)
        parts: list[str] = []
        while True:
            if self._here.kind == "line" and (not parts or parts[-1] in _JOINS):
                self._lines()
            here = self._here
            if here.kind == "line" or here.text in ";,)]}>" or here.kind == "end":
                if here.kind != "line" or not self._goes_on():
                    break
                continue
            if depth > _DEEPEST:
                self._take()
            elif here.text == "{":
                fields = self._object(depth)
                shape.fields = shape.fields or fields
                parts.append("{}")
            elif here.text in "[(<":
                items = self._list(depth)
                shape.items = shape.items or items
                parts.append({"[": "[", "(": "(", "<": "<"}[here.text] + ",".join(i.text for i in items))
                parts[-1] += {"[": "]", "(": ")", "<": ">"}[here.text]
            else:
                parts.append(self._take().text)
        shape.text, shape.end_line = "".join(parts), self._here.line
        return shape

    def _goes_on(self) -> bool:
        """Whether a union goes on in the next line; the lines between are taken."""
        self._lines()
        return self._here.text in _JOINS

    def _object(self, depth: int) -> dict[str, Shape]:
        fields: dict[str, Shape] = {}
        self._take()
        while self._here.kind != "end" and self._here.text != "}":
            token = self._take()
            if token.kind not in ("word", "text"):
                if token.text == "[":
                    while self._here.text not in ("]", "") and self._here.kind != "line":
                        self._take()
                continue
            if token.text == "readonly" and self._here.kind in ("word", "text"):
                token = self._take()
            optional = self._here.text == "?"
            if optional:
                self._take()
            if self._here.text == ":":
                self._take()
                shape = self.value(depth + 1)
                shape.line, shape.optional = token.line, optional
                fields[token.text.strip("\"'")] = shape
        self._take()
        return fields

    def _list(self, depth: int) -> list[Shape]:
        items: list[Shape] = []
        close = {"[": "]", "(": ")", "<": ">"}[self._take().text]
        while self._here.kind != "end" and self._here.text not in (close, "}"):
            if self._here.kind == "line" or self._here.text in ",;)]>":
                self._take()
                continue
            items.append(self.value(depth + 1))
        if self._here.text == close:
            self._take()
        return items
