"""A document as PDF, set by typst (a wheel that carries its fonts: https://pypi.org/project/typst/).

Texts never become typst's markup: each is handed over as a string literal. The same document is the same file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

import typst

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
    Tone,
)
from apprescue.reports.handover.interface import shown
from apprescue.reports.interface import line, plain

COLORS: dict[Tone, str] = {"": "1f1d1a", "good": "2c6a43", "bad": "a3122a", "warn": "a34a00", "quiet": "5d5850"}
LONGEST = 200
"""Lines of a listing that go on paper; the whole stands in the other papers."""
SETTINGS = """#set document(title: {title}, date: none)
#set page(paper: "a4", margin: (x: 2.1cm, y: 2.2cm), numbering: "1", header: context {{
  if counter(page).get().first() > 1 {{ text(8pt, fill: rgb("5d5850"), {title}) }}
}})
#set text(font: "Libertinus Serif", size: 10pt, hyphenate: true)
#set par(justify: false, leading: 0.62em)
#set table(stroke: 0.4pt + rgb("bbbbbb"), inset: 5pt)
#set list(spacing: 0.7em)
#set enum(spacing: 0.7em)
#show raw: set text(font: "DejaVu Sans Mono", size: 7.5pt)
#show heading.where(level: 1): it => block(above: 1.6em, below: 0.8em, text(15pt, it.body))
#show table.cell.where(y: 0): set text(weight: "bold")
#show table: set par(leading: 0.5em)
#let code(words) = box(fill: rgb("f5f2ec"), inset: (x: 2pt), outset: (y: 2pt), radius: 2pt, raw(words))
#let mono(words) = raw(words.clusters().map(one => if one in "/._-:" {{ one + "\\u{{200b}}" }} else {{ one }}).sum(default: ""))
"""


def render(document: Document) -> bytes:
    """The whole paper. Raises ValueError where it cannot be set."""
    try:
        made = typst.compile(source(document).encode("utf-8"), timestamp=datetime(2000, 1, 1, tzinfo=UTC))
    except typst.TypstError as error:
        raise ValueError(f"The paper cannot be set: {error}") from error
    if not isinstance(made, bytes):
        raise ValueError("The paper cannot be set: typst returned no file.")
    return made


def source(document: Document) -> str:
    """The paper as typst reads it."""
    title = _words(document.title)
    parts = [
        SETTINGS.format(title=title),
        f'#text(24pt, weight: "bold", {title})\n',
        f'#text(9pt, fill: rgb("5d5850"))[{_line(document.facts)}]\n',
    ]
    parts += map(_chapter, document.front)
    contents = "".join(f"+ {_text(one.title)}\n" for one in document.chapters)
    parts.append(f"#pagebreak()\n= #{_words('For the engineer')}\n{contents}\n")
    parts += map(_chapter, document.chapters)
    return "\n".join(parts)


def _chapter(chapter: Chapter) -> str:
    told = [f"= {_text(chapter.title)}\n"]
    if chapter.done:
        told.append(_bar("2c6a43", f"*{_line(chapter.done)}*"))
    if chapter.missing:
        told.append(_bar("a34a00", f"*Not done, because* {_text(chapter.missing.rstrip('.'))}."))
    return "".join(told) + _blocks(chapter.blocks)


def _bar(color: str, inside: str) -> str:
    return f'#block(stroke: (left: 2.5pt + rgb("{color}")), inset: (left: 8pt, y: 3pt))[{inside}]\n\n'


def _blocks(blocks: Iterable[Block]) -> str:
    return "".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Text():
            return f'#text(fill: rgb("{COLORS[block.tone]}"))[{_line(block.line)}]\n\n'
        case Bullets():
            kind = "enum" if block.numbered else "list"
            return f"#{kind}({', '.join(f'[{_line(point)}]' for point in block.points)})\n\n"
        case Table():
            return _table(block)
        case Listing():
            rows = plain(block.text).splitlines()
            more = [f"… {len(rows) - LONGEST} more lines in the HTML"] if len(rows) > LONGEST else []
            told = "\n".join([*rows[:LONGEST], *more])
            return f'#block(fill: rgb("f5f2ec"), inset: 6pt, width: 100%, radius: 3pt, mono({_words(told)}))\n\n'
        case Picture():
            drawing = block.svg.replace("currentColor", "#1f1d1a")
            caption = f'#text(8.5pt, fill: rgb("5d5850"))[{_text(block.words)}]'
            image = f'#image(bytes({_words(drawing)}), format: "svg", width: 100%)'
            return f"#block(breakable: false)[{image}\n{caption}]\n\n"
        case Folded():
            return f"#block(above: 1em)[*{_line(block.title)}*]\n#pad(left: 8pt)[{_blocks(block.blocks)}]\n\n"


def _table(table: Table) -> str:
    if not table.headings:
        return ""
    align = ", ".join("right" if n in table.numbers else "left" for n in range(len(table.headings)))
    wide = ", ".join("auto" if n in table.numbers else "1fr" for n in range(len(table.headings)))
    head = ", ".join(f"[{_text(one)}]" for one in table.headings)
    rows = ", ".join(f"[{_line(cell)}]" for row in table.rows for cell in row)
    return (
        f"#text(8.5pt, table(columns: ({wide},), align: ({align},), table.header({head}){', ' * bool(rows)}{rows}))\n\n"
    )


def _line(spans: Line) -> str:
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    match span:
        case str():
            return _text(span)
        case Figure():
            return _text(shown(span))
        case Code():
            return f"#mono({_words(line(span.text))});"
        case Strong():
            return f'#text(weight: "bold", fill: rgb("{COLORS[span.tone]}"), {_words(span.text)});'
        case Link():
            return _text(span.text)


def _text(words: str) -> str:
    """A text as content: a string that is shown as it is."""
    return f"#{_words(plain(words).replace(chr(10), ' '))};"


def _words(words: str) -> str:
    """A string literal of typst: that of JSON, for `plain` leaves no control that would be written in another way."""
    return json.dumps(plain(words), ensure_ascii=False)
