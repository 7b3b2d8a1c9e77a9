"""The handover pack: all of it comes from the ledger, and each of its numbers can be traced to a row there."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from apprescue.model.document import held
from apprescue.reports.interface import line
from apprescue.sprint.conduct import sprint
from apprescue.sprint.handover import FOLDER, pack
from apprescue.sprint.ledger import Event, opened
from apprescue.sprint.standing import standing
from tests.lab.test_rescue import app
from tests.sprint.test_sprint import APP, WISH

QUOTED = ("code", "pre", "svg", "title", "style", "summary")


class Reader(HTMLParser):
    """The figures of a page, and its words outside of them."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: list[dict[str, str]] = []
        self.inside: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "data":
            self.figures.append({name: value or "" for name, value in attrs})
        self.inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"data", *QUOTED} & set(self.inside):
            self.words.append(data)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = app(tmp_path_factory.mktemp("shop"), APP)
    sprint(root, replace(WISH, until=""))
    return root


def rows(root: Path) -> dict[int, Event]:
    with opened(root) as book:
        return {one.number: one for one in book.events()}


def test_it_has_every_form(shop: Path) -> None:
    names = {path.name for path in (shop / FOLDER).iterdir()}
    assert names == {
        "handover.html", "handover.md", "handover.pdf", "handover.json", "findings.sarif", "findings.junit.xml",
        "prompts.md", "sbom.cdx.json",
    }  # fmt: skip
    assert (shop / FOLDER / "handover.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((shop / FOLDER / "handover.json").read_text())["sprint"]["name"] == shop.name


def test_every_number_can_be_traced_to_the_ledger(shop: Path) -> None:
    page, known = Reader(), rows(shop)
    page.feed((shop / FOLDER / "handover.html").read_text())
    assert len(page.figures) > 20
    for figure in page.figures:
        told = [known[int(row)] for row in figure["data-rows"].split()]
        path = figure.get("data-path", "")
        value = held(told[0].data, path) if path else len(told)
        assert float(figure["value"]) == pytest.approx(value), figure


def test_the_first_two_pages_have_no_other_number(shop: Path) -> None:
    page = Reader()
    front, _, _ = (shop / FOLDER / "handover.html").read_text().partition("<nav class=contents")
    page.feed(front.partition("<main")[2].partition(">")[2])
    ours = " ".join(page.words).replace("of 100", "")
    with opened(shop) as book:
        stood = standing(book, shop.name)
    assert stood.audit
    told = [text for one in stood.findings for text in (one.reason, one.finding.title, one.finding.repair, *one.todo)]
    told += [page.matters for page in stood.audit.pages.values()] + [went.reason for went in stood.went.values()]
    quoted = {part.strip() for text in told for part in re.split(r"`|(?<=[.?!]) ", line(text)) if part.strip()}
    for text in sorted(quoted, key=len, reverse=True):
        ours = ours.replace(text, "")
    assert re.findall(r"\d+", ours) == []


def test_the_same_ledger_is_the_same_pack(shop: Path) -> None:
    with opened(shop) as book:
        stood = standing(book, shop.name)
    assert pack(stood) == pack(stood)


def test_what_is_open_is_in_the_papers_for_programs(shop: Path) -> None:
    with opened(shop) as book:
        stood = standing(book, shop.name)
    results = json.loads((shop / FOLDER / "findings.sarif").read_text())["runs"][0]["results"]
    assert len(results) == len(stood.open)


def test_no_secret_is_in_the_ledger_or_the_pack(tmp_path: Path) -> None:
    key = "sk_live_" + "9aQ4Lm2x" * 4
    pay = f"import Stripe from 'stripe';\nexport const stripe = new Stripe('{key}');\n"
    root = app(tmp_path, {**APP, "pay.js": pay})
    sprint(root, replace(WISH, until=""))
    kept = [path for path in (root / ".apprescue").rglob("*") if path.is_file() and "repair.git" not in path.parts]
    assert {"ledger.db", "handover.html"} <= {path.name for path in kept}
    assert [path.name for path in kept if key.encode() in path.read_bytes()] == []
