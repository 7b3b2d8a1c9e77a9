"""A document as one file: nothing is loaded, it reads without JavaScript, on a phone, in the dark and on paper."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from importlib.resources import files

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
from apprescue.reports.handover.interface import came, heading, pieces, shown
from apprescue.reports.interface import line
from apprescue.reports.page.text import escaped, lines, text


def render(document: Document) -> str:
    """The whole page."""
    style = "".join((files("apprescue.reports") / "page" / one).read_text("utf-8") for one in ("style.css", "pack.css"))
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    contents = "".join(map(_entry, document.chapters))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">\n'
        f"<title>{text(document.title)}</title>\n<style>{style}</style></head>\n<body class=pack>\n"
        '<a class="skip" href="#pages">Go to the first page</a>\n'
        f"<header><p class=facts>{_line(document.facts)}</p><h1>{text(document.title)}</h1></header>\n"
        f"<main id=pages>{''.join(chapter(one) for one in document.front)}"
        f"<nav class=contents aria-label=Contents><h2>For the engineer</h2><ol>{contents}</ol></nav>"
        f"{''.join(chapter(one) for one in document.chapters)}</main>\n"
        "<footer>Each number has, as a title, the rows of the ledger in <code>.apprescue/ledger.db</code> that say so."
        "</footer>\n</body></html>\n"
    )


def _entry(chapter: Chapter) -> str:
    how = f" <small>{came(chapter)}</small>" if came(chapter) else ""
    return f'<li><a href="#{text(chapter.anchor)}">{text(chapter.title)}</a>{how}</li>'


def chapter(one: Chapter) -> str:
    """A chapter alone, as a section."""
    done = f"<p class=done>{_line(one.done)}</p>" if one.done else ""
    why = text(one.missing.rstrip("."))
    missing = f"<p class=missing><b>Not done, because</b> {why}.</p>" if why else ""
    return (
        f'<section class=chapter id="{text(one.anchor)}"><h2>{text(one.title)}</h2>{done}{missing}'
        f"{_blocks(one.blocks)}</section>\n"
    )


def _blocks(blocks: Iterable[Block]) -> str:
    return "".join(map(block, blocks))


def block(block: Block) -> str:
    """A block alone."""
    match block:
        case Text() if heading(block):
            return f"<h3>{_line(block.line)}</h3>"
        case Text():
            return f'<p class="{block.tone}">{_line(block.line)}</p>'
        case Bullets():
            kind = "ol" if block.numbered else "ul"
            return f"<{kind}>{''.join(f'<li>{_line(point)}</li>' for point in block.points)}</{kind}>"
        case Table():
            return _table(block)
        case Listing():
            return f"<pre class=prompt tabindex=0>{_listing(block)}</pre>"
        case Picture():
            return f"<figure tabindex=0>{block.svg}<figcaption>{text(block.words)}</figcaption></figure>"
        case Folded():
            anchor = f' id="{text(block.anchor)}"' if block.anchor else ""
            title = f"<summary>{_line(block.title)}</summary>"
            return f"<details class=more{anchor}>{title}{_blocks(block.blocks)}</details>"


def _table(table: Table) -> str:
    head = "".join(f"<th scope=col{_right(n, table)}>{text(one)}</th>" for n, one in enumerate(table.headings))
    top = f"<thead><tr>{head}</tr></thead>" if any(table.headings) else ""
    rows = "".join(
        f"<tr>{''.join(f'<td{_right(n, table)}>{_line(cell)}</td>' for n, cell in enumerate(row))}</tr>"
        for row in table.rows
    )
    return f"<div class=scroll tabindex=0><table>{top}<tbody>{rows}</tbody></table></div>"


def _right(column: int, table: Table) -> str:
    return " class=number" if column in table.numbers else ""


def _listing(listing: Listing) -> str:
    if listing.language != "diff":
        return lines(listing.text)
    signs = {"+": "ins", "-": "del"}
    rows = ((signs.get(row[:1]), lines(row)) for row in listing.text.splitlines())
    return "\n".join(f"<{sign}>{row}</{sign}>" if sign else row for sign, row in rows)


def _line(spans: Line) -> str:
    return "".join(map(_span, pieces(spans)))


def _span(span: Span) -> str:
    match span:
        case str():
            return escaped(span)
        case Figure():
            rows = " ".join(map(str, span.rows))
            path = f' data-path="{text(span.path)}"' if span.path else ""
            return (
                f'<data class=figure value="{span.value:.17g}" data-rows="{rows}"{path} title="ledger: {_short(rows)}">'
                f"{escaped(shown(span))}</data>"
            )
        case Code():
            return f"<code>{_breaking(span.text)}</code>"
        case Strong():
            return f'<b class="{span.tone}">{escaped(span.text)}</b>'
        case Link():
            return f'<a href="#{text(span.to)}">{escaped(span.text)}</a>'


def _breaking(words: str) -> str:
    """A name that may break behind the signs in it."""
    return "<wbr>".join(map(text, re.split(r"(?<=[/._:-])(?=\w)", line(words))))


def _short(rows: str) -> str:
    return rows if len(rows) <= 60 else f"{rows[:60].rpartition(' ')[0]} …"
