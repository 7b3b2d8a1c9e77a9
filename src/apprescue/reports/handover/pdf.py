"""A document as PDF, set by typst (a wheel that carries its fonts: https://pypi.org/project/typst/).

Texts never become typst's markup: each is handed over as a string literal. The same document is the same file. How it
looks stands in `page/pack.typ`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from itertools import groupby

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
)
from apprescue.reports.handover.interface import anchors, came, heading, pieces, shown
from apprescue.reports.interface import line, plain
from apprescue.reports.page.drawing import WIDE

LONGEST = 80
"""Lines of a listing that go on paper; the whole stands in the other papers."""
SIGNS = {"+": "good", "-": "bad"}
NAMES = ("--- a/", "+++ b/", "--- /dev/null", "+++ /dev/null")
"""Lines of a difference that name its files."""
BREAK = "\u200b"
"""Where a long word may break; nothing is seen of it."""
UNBROKEN, CELL, LONG = 44, 16, 100
"""Letters of a word that stay on one line: of a name in a text, of one in a table, of code that stands alone."""
NARROW = 14
"""Letters up to which a column takes what it needs."""
SHORT_ROW = 600
"""Letters up to which a row of a table stays on one page."""


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
    return _Paper(document).whole()


TRACED = "Each number can be traced: handover.html holds the rows of the ledger that say so."


class _Paper:
    """One document on its way to typst: which places links may lead to, and which of them stand already."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.known = anchors(document)
        self.placed: set[str] = set()

    def whole(self) -> str:
        style = (files("apprescue.reports") / "page" / "pack.typ").read_text("utf-8")
        one = self.document
        front = "\n#pagebreak()\n".join(map(self._chapter, one.front))
        chapters = "".join(map(self._chapter, one.chapters))
        rows = "".join(
            f"({_words(chapter.title)}, label({_words(chapter.anchor)}), {_words(came(chapter))}), "
            for chapter in one.chapters
            if chapter.anchor in self.known
        )
        return "\n".join(
            (
                f"#let title = {_words(one.title)}",
                style,
                '#v(-0.8cm)\n#text(26pt, weight: "bold", title)\n',
                f"#text(9pt, fill: soft)[{self._line(one.facts)}]\n",
                f"#[\n#set text(9.4pt)\n{front}]\n#pagebreak()",
                f'#heading(level: 1, outlined: false, "For the engineer")\n#contents({rows})\n',
                f"#text(8.5pt, fill: soft)[{_text(TRACED)}]\n",
                chapters,
            )
        )

    def _chapter(self, chapter: Chapter) -> str:
        told = self._at(chapter.anchor, f"#heading(level: 1, {_words(chapter.title)})")
        if chapter.done:
            told += f'#marked("good")[{self._line(chapter.done)}]\n'
        if chapter.missing:
            told += f'#marked("warn")[Not done, because {_text(chapter.missing.rstrip("."))}.]\n'
        return told + self._blocks(chapter.blocks)

    def _at(self, anchor: str, made: str) -> str:
        """A block with its anchor, which stands once in the whole paper."""
        if not anchor or anchor in self.placed:
            return f"{made}\n\n"
        self.placed.add(anchor)
        return f"{made} #label({_words(anchor)})\n\n"

    def _blocks(self, blocks: Iterable[Block]) -> str:
        return "".join(map(self._block, blocks))

    def _block(self, block: Block) -> str:
        match block:
            case Text() if heading(block):
                return f"#heading(level: 2, outlined: false)[{self._line(block.line)}]\n\n"
            case Text():
                return f'#tone("{block.tone or "plain"}")[{self._line(block.line)}]\n\n'
            case Bullets():
                kind = "enum" if block.numbered else "list"
                return f"#{kind}({', '.join(f'[{self._line(point)}]' for point in block.points)})\n\n"
            case Table():
                return self._table(block)
            case Listing():
                return f"#listing({', '.join(_parts(block))})\n\n"
            case Picture():
                drawing = block.svg.replace("currentColor", "#1f1d1a")
                return f"#picture({_words(drawing)}, {_words(block.words)}, {_share(block.svg)}%)\n\n"
            case Folded():
                made = f"#folded([{self._line(block.title)}])[{self._blocks(block.blocks)}]"
                return f"{self._at(block.anchor, '#metadata(none)')}{made}\n\n" if block.anchor else f"{made}\n\n"

    def _table(self, table: Table) -> str:
        if not table.headings:
            return ""
        align = "".join("right, " if n in table.numbers else "left, " for n in range(len(table.headings)))
        head = "".join(f"head({_one_line(one)}), " for one in table.headings)
        top = f"table.header({head}), " if any(table.headings) else ""
        rows = "".join(map(self._row, table.rows))
        return f"#table(columns: ({_widths(table)}), align: ({align}), {top}{rows})\n\n"

    def _row(self, row: tuple[Line, ...]) -> str:
        breaks = "true" if sum(map(_letters, row)) > SHORT_ROW else "false"
        return "".join(f"table.cell(breakable: {breaks})[{self._line(cell, CELL)}], " for cell in row)

    def _line(self, spans: Line, unbroken: int = UNBROKEN) -> str:
        return "".join(self._span(span, unbroken) for span in pieces(spans))

    def _span(self, span: Span, unbroken: int) -> str:
        match span:
            case str():
                return _text(span)
            case Figure():
                return _text(shown(span))
            case Code():
                return f"#raw({_literal(_breakable(line(span.text), unbroken))});"
            case Strong():
                return f'#text(weight: "bold", fill: tones.{span.tone or "plain"}, {_one_line(span.text)});'
            case Link():
                to = span.to in self.known
                return f"#link(label({_words(span.to)}), {_one_line(span.text)});" if to else _text(span.text)


def _parts(listing: Listing) -> Iterator[str]:
    """Code, line by line where it is a difference: what came and what went have their colours."""
    rows = plain(listing.text).expandtabs(4).splitlines()
    if rows[LONGEST:]:
        rows = [*rows[:LONGEST], f"… {len(rows) - LONGEST} more lines in handover.html"]
    diff = listing.language == "diff"
    for sign, group in groupby(rows, lambda row: _sign(row) if diff else "plain"):
        told = "\n".join(_breakable(row, LONG) for row in group)
        yield f'tone("{sign}", raw({_literal(told)}))'


def _share(svg: str) -> int:
    """How much of the page's width a drawing takes, in hundredths."""
    width = re.match(r'<svg [^>]*?\bwidth="(\d{1,4})"', svg)
    return min(100, round(int(width[1]) / WIDE * 100)) if width else 100


def _sign(row: str) -> str:
    return "quiet" if row.startswith(NAMES) else SIGNS.get(row[:1], "plain")


def _widths(table: Table) -> str:
    """Shares of the page by what stands in a column; numbers take what they need."""
    shares = []
    for n, name in enumerate(table.headings):
        longest = max([len(name), *(_letters(row[n]) for row in table.rows if n < len(row))])
        own = n in table.numbers or longest <= NARROW
        shares.append("auto, " if own else f"{min(longest, 90) ** 0.7:.2f}fr, ")
    return "".join(shares)


def _letters(spans: Line) -> int:
    return sum(
        len(span if isinstance(span, str) else shown(span) if isinstance(span, Figure) else span.text) for span in spans
    )


def _breakable(words: str, most: int) -> str:
    """Long words may break behind the signs in them, and anywhere where they have none."""

    def broken(word: re.Match[str]) -> str:
        return re.sub(rf"([/._\-:,;=&?(){{}}\[\]]+|[^/._\-:,;=&?(){{}}\[\]]{{{most}}})(?=.)", rf"\1{BREAK}", word[0])

    return re.sub(rf"\S{{{most},}}", broken, words)


def _text(words: str) -> str:
    """A text as content: a string that is shown as it is."""
    return f"#{_one_line(words)};"


def _one_line(words: str) -> str:
    return _words(plain(words).replace("\n", " "))


def _words(words: str) -> str:
    return _literal(plain(words))


def _literal(words: str) -> str:
    """A string literal of typst: that of JSON, for `plain` leaves no control that would be written in another way."""
    return json.dumps(words, ensure_ascii=False)
