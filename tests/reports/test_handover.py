"""A document in each of its forms: whatever a text holds, it stays a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import typst
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apprescue.model.document import (
    Bullets,
    Chapter,
    Code,
    Document,
    Figure,
    Folded,
    Link,
    Listing,
    Picture,
    Strong,
    Table,
    Text,
)
from apprescue.model.sprint import Standing
from apprescue.reports import chapters
from apprescue.reports.chapters.interface import every
from apprescue.reports.handover import front, html, markdown, pdf
from apprescue.reports.interface import line
from apprescue.reports.page import pictures
from apprescue.sprint.days import RESCUE
from tests.reports.standing import crowded
from tests.reports.test_papers import same_as_kept

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '#read("/etc/passwd") #let x = 1; [a](b) $x$ *b* _c_ `d` @e \\ // /* */',
    "](javascript:alert(1)) | a | b\n# heading\n```",
    "- not a list",
    "1. not a list",
    "\x1b[31mred\u202egnp",
    "\ud800 lone",
    "",
]
TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=()), max_size=30)


def document(words: str) -> Document:
    blocks = (
        Text((words, Strong(words, "bad"), Code(words), Link(words, "a"), Figure(2, (1, 2), "", words)), "warn"),
        Bullets(((words,), (Code(words), "."))),
        Bullets(((words,),), numbered=True),
        Table((words, "Number"), (((words,), (Figure(1.5, (7,), "a.b"),)),), (1,)),
        Listing(f"+{words}\n-{words}", "diff"),
        Picture(pictures.levels([(words, 1, 2, 3)]), words),
        Folded((words,), (Text((words,)),)),
    )
    chapter = Chapter("a", words or "A", blocks, (words, "."), words)
    return Document(words or "A", (Strong(words), words), (chapter,), (chapter,))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(name for name, _ in attrs)))


def tags(page: str) -> list[tuple[str, tuple[str, ...]]]:
    reader = Tags()
    reader.feed(page)
    return reader.seen


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_no_text_becomes_markup_of_the_page(words: str) -> None:
    assume(line(words))  # without its words, a sentence is left out

    def without(page: str) -> list[tuple[str, tuple[str, ...]]]:
        return [one for one in tags(page) if one[0] not in ("ins", "del", "code", "wbr")]

    assert without(html.render(document(words))) == without(html.render(document("plain")))


@pytest.mark.parametrize("words", HOSTILE)
def test_the_pdf_is_set_whatever_the_texts_hold(words: str) -> None:
    assert pdf.render(document(words)).startswith(b"%PDF")


@settings(max_examples=12, deadline=None)
@given(TEXTS)
def test_the_pdf_is_set_from_any_text(words: str) -> None:
    assert pdf.render(document(words)).startswith(b"%PDF")


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_no_text_becomes_markup_of_the_markdown(words: str) -> None:
    told = markdown.render(document(words))
    outside = re.sub(r"(?ms)^(`{3,})diff$.*?^\1$", "", told)
    assert "<script" not in re.sub(r"\\.", "", re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", outside))
    assert len(re.findall(r"(?m)^#{1,2} ", outside)) == 3


def test_it_reads_well() -> None:
    told = markdown.render(document("a plain text"))
    assert told.startswith("# a plain text\n")
    assert "| a plain text | Number |\n|---|---:|\n| a plain text | 1.5 |" in told
    assert "**Not done, because** a plain text." in told


def test_the_same_document_is_the_same_pdf() -> None:
    assert pdf.render(document("a")) == pdf.render(document("a"))


def test_links_of_the_pdf_lead_to_what_there_is() -> None:
    links = (Text((Link("there", "b"), Link("folded", "c"), Link("nowhere", "nowhere"), Link("no name", ""))),)
    twice = Chapter("b", "B", (*links, Folded(("F",), (), "c"), Folded(("F",), (), "c"), Folded(("F",), (), "b")))
    made = pdf.source(Document("A", (), (Chapter("", "None", links),), (twice, twice)))
    assert "nowhere" not in re.findall(r'label\("(.*?)"\)', made)
    assert made.count('#label("b")') == 1
    assert pdf.render(Document("A", (), (Chapter("", "None", links),), (twice, twice))).startswith(b"%PDF")


def test_a_short_command_is_copied_from_the_pdf_as_it_is() -> None:
    assert pdf.BREAK not in pdf.source(Document("A", (Code("git merge rescue/2026-01-31"),), (), ()))
    long = Document("A", (Code("src/" * 20),), (), ())
    assert f"src/{pdf.BREAK}src" in pdf.source(long)


def test_a_row_longer_than_a_page_goes_on_overleaf() -> None:
    def pages(words: int) -> int:
        chapter = Chapter("a", "A", (Table(("x", "y"), ((("word " * words,), ("b",)),)),))
        made = typst.compile(pdf.source(Document("A", (), (chapter,), ())).encode(), format="svg")
        return len(made) if isinstance(made, list) else 1

    assert pages(4000) > pages(1)


CROWDED = front.document(crowded(), every(chapters, crowded()))


@pytest.mark.parametrize(("name", "made"), [("handover.html", html.render), ("handover.md", markdown.render)])
def test_the_whole_pack_reads_as_it_did(name: str, made: Callable[[Document], str]) -> None:
    same_as_kept(name, made(front.document(crowded(), ())))


def test_the_owner_has_two_pages() -> None:
    pages = typst.compile(pdf.source(replace(CROWDED, chapters=())).encode(), format="svg")
    assert len(pages) == 3


def test_every_figure_keeps_its_rows() -> None:
    page = html.render(CROWDED)
    figures = re.findall(r'<data class=figure value="([^"]+)" data-rows="([^"]*)"( data-path)?', page)
    assert len(figures) > 100
    for value, rows, path in figures:
        assert rows or value == "0"
        assert path or float(value) == len(set(rows.split())), (value, rows)


def test_the_page_loads_nothing() -> None:
    page = html.render(CROWDED)
    assert not re.search(r"<(?:script|link|iframe|img)\b| (?:src|style|on\w+)=|url\(|@import", page)
    links, ids = set(re.findall(r'href="#([^"]+)"', page)), re.findall(r' id="?([^">]+)', page)
    assert links <= set(ids)
    assert "default-src 'none'" in page


def test_what_was_taken_for_the_owner_is_told() -> None:
    told = markdown.render(CROWDED)
    assert "question was answered for you" in told
    assert "our reading (--yes)" in told
    assert "not answered yet" in told


def test_nothing_is_good_before_anything_was_examined() -> None:
    told = markdown.render(front.document(Standing("teahouse", RESCUE), ()))
    assert "Nothing was examined yet" in told
    assert "Nothing is left to you" not in told


def test_emphasis_holds_no_space_at_its_ends() -> None:
    told = markdown.render(Document("A", (Strong("Do it. "), "Then", Strong(" "), "rest"), (), ()))
    assert "**Do it.** Then rest" in told
