"""A paper as data: chapters of blocks. Each way to print it (HTML, PDF, Markdown) is a file of its own.

Texts are texts: whoever prints them escapes them. A `Figure` is a number that the ledger holds: who prints it keeps its
rows beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Tone = Literal["", "good", "bad", "warn", "quiet"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with the ledger's rows that say so: their count, or where `path` is given (`after.3.p95`) what stands
    there in the one row (`held`). `shown` is how it reads where that is not the bare number (`1.2 s`)."""

    value: float
    rows: tuple[int, ...]
    path: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of code or a name, inside a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out; the tone is a colour where there is one, never the only sign."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another place of the paper: `to` is a block's anchor."""

    text: str
    to: str


Span = str | Figure | Code | Strong | Link
Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph."""

    line: Line
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """Points of a list; `numbered` where their order matters."""

    points: tuple[Line, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. `numbers` are the columns that stand to the right."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """Code as it stands, or a difference (`diff`)."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG of ours, and what it says in words."""

    svg: str
    words: str


@dataclass(frozen=True, slots=True)
class Folded:
    """Detail that opens on a click, and is simply there on paper."""

    title: Line
    blocks: tuple[Block, ...]
    anchor: str = ""


Block = Text | Bullets | Table | Listing | Picture | Folded


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the paper. `done` is what was delivered in one line, `missing` why it was not (both empty for a chapter
    that is no deliverable)."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    done: Line = ()
    missing: str = ""


def held(data: Any, path: str) -> float:
    """The number that stands at a path of a ledger's row: names and places of lists with dots between them. `cells#`
    is how many entries a list has, `cells#verdict=leak` how many of them have that word there. What is not there
    counts as nothing, for values that are their class's own are left out."""
    path, counts, wanted = path.partition("#")
    for name in filter(None, path.split(".")):
        data = (
            (data[int(name)] if int(name) < len(data) else None) if isinstance(data, list) else (data or {}).get(name)
        )
    if not counts:
        return float(data or 0)
    name, _, word = wanted.partition("=")
    return float(sum(not wanted or entry.get(name) == word for entry in data or ()))


@dataclass(frozen=True, slots=True)
class Document:
    """A whole paper: `front` are the pages that come first, for the owner; then the engineer's chapters."""

    title: str
    facts: Line
    front: tuple[Chapter, ...]
    chapters: tuple[Chapter, ...]
