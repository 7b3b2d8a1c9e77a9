"""A way to print a document is a module with one function: `render(document)`. What all say alike stands here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apprescue.model.document import Block, Chapter, Code, Document, Figure, Folded, Line, Span, Strong, Text


def shown(figure: Figure) -> str:
    """A number as it reads."""
    return figure.shown or f"{figure.value:,.10g}"


def pieces(spans: Line) -> Iterator[Span]:
    """The spans of a line; what stands between backticks in a text is code."""
    for span in spans:
        if isinstance(span, str):
            for n, words in enumerate(re.split(r"`([^`\n]+)`", span)):
                if words:
                    yield Code(words) if n % 2 else words
        else:
            yield span


def heading(text: Text) -> str:
    """The words of a paragraph that is nothing but words that stand out, for it is the heading of what follows."""
    first = text.line[0] if len(text.line) == 1 else ""
    return first.text.strip() if isinstance(first, Strong) else ""


def came(chapter: Chapter) -> str:
    """What came of a chapter, in a word or two; nothing where all of it was done."""
    if not chapter.missing:
        return ""
    return "partly done" if chapter.done else "not done"


def anchors(document: Document) -> frozenset[str]:
    """The places that a link may lead to."""
    every = (*document.front, *document.chapters)
    inside = (name for chapter in every for name in _folded(chapter.blocks))
    return frozenset(filter(None, (*(chapter.anchor for chapter in every), *inside)))


def _folded(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Folded):
            yield block.anchor
            yield from _folded(block.blocks)
