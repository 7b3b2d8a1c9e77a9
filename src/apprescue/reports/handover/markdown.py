"""A document as Markdown that reads well raw. No text of the app becomes markup in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.document import (
    Block,
    Bullets,
    Chapter,
    Code,
    Document,
    Figure,
    Folded,
    Line,
    Link,
    Listing,
    Picture,
    Span,
    Strong,
    Table,
    Text,
)
from apprescue.reports.handover.interface import heading, pieces, shown
from apprescue.reports.interface import line, plain

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
LEADING = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)")


def render(document: Document) -> str:
    """The whole paper."""
    rows = [f"# {_escaped(document.title)}", "", _line(document.facts), ""]
    for chapter in (*document.front, *document.chapters):
        rows += _chapter(chapter)
    return "\n".join(rows).rstrip() + "\n"


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield from (f"## {_escaped(chapter.title)}", "")
    if chapter.done:
        yield from (f"*{_line(chapter.done)}*", "")
    if chapter.missing:
        yield from (f"**Not done, because** {_escaped(chapter.missing.rstrip('.'))}.", "")
    for block in chapter.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Text() if heading(block):
            yield from (f"### {_escaped(heading(block))}", "")
        case Text():
            yield from (_line(block.line), "")
        case Bullets():
            signs = (f"{n}." if block.numbered else "-" for n in range(1, len(block.points) + 1))
            yield from (f"{sign} {_line(point)}" for sign, point in zip(signs, block.points, strict=True))
            yield ""
        case Table():
            yield f"| {' | '.join(map(_escaped, block.headings))} |"
            yield "|" + "|".join("---:" if n in block.numbers else "---" for n in range(len(block.headings))) + "|"
            yield from (f"| {' | '.join(map(_line, row))} |" for row in block.rows)
            yield ""
        case Listing():
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", block.text)), 0)
            yield from (f"{fence}{block.language}", plain(block.text).rstrip(), fence, "")
        case Picture():
            yield from (f"*{_escaped(block.words)}*", "")
        case Folded():
            yield from (f"**{_line(block.title)}**", "")
            for one in block.blocks:
                yield from _block(one)


def _line(spans: Line) -> str:
    return LEADING.sub(r"\1\\\2", "".join(map(_span, pieces(spans))).strip())


def _span(span: Span) -> str:
    match span:
        case str():
            return _escaped(span)
        case Figure():
            return _escaped(shown(span))
        case Code():
            return _code(span.text)
        case Strong():
            before, words, after = _trimmed(_escaped(span.text))
            return f"{before}**{words}**{after}" if words else before
        case Link():
            return _escaped(span.text)


def _trimmed(words: str) -> tuple[str, str, str]:
    """A text without the spaces at its ends, and these: no sign of emphasis may stand beside one."""
    inside = words.strip()
    before, _, after = words.partition(inside) if inside else (words, "", "")
    return before, inside, after


def _code(words: str) -> str:
    told = line(words).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall(r"`+", told)), default=0) + 1)
    pad = " " if told.startswith("`") or told.endswith("`") else ""
    return f"{fence}{pad}{told}{pad}{fence}" if told else ""


def _escaped(words: str) -> str:
    """A text on one line, without markup; spaces at its ends stay, for it may stand between others."""
    told = plain(words).replace("\n", " ")
    return SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", told))
