"""The desk in a real browser: it reads without a mouse, on a phone, in the dark, without JavaScript, and shows what is
new by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from apprescue.sprint.ledger import opened
from apprescue.sprint.standing import standing
from tests.desk.support import PAGES, TOKEN, asking, served

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        except Error:
            pytest.skip("there is no Chromium on this machine, and `make test` could not get one")
        yield found
        found.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asking(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def address(shop: Path) -> Iterator[str]:
    with served(shop) as found:
        yield found


def entered(browser: Browser, address: str, **settings: object) -> Page:
    page = browser.new_context(**settings).new_page()  # type: ignore[arg-type]  # settings of Playwright's own
    page.set_default_timeout(10_000)
    page.goto(f"{address}/?token={TOKEN}")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_nothing_breaks(browser: Browser, address: str, scheme: str) -> None:
    page = entered(browser, address, color_scheme=scheme)
    trouble: list[str] = []
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    for path in (*PAGES, "/findings/feed"):
        page.goto(address + path)
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in SERIOUS] == [], path
        assert "hacked" not in page.title()
    assert trouble == []
    page.context.close()


def test_a_phone_shows_all_of_it(browser: Browser, address: str) -> None:
    page = entered(browser, address, viewport={"width": 390, "height": 800})
    for path in (*PAGES, "/findings/feed"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.context.close()


def test_the_keyboard_is_enough(browser: Browser, address: str) -> None:
    page = entered(browser, address)
    page.goto(f"{address}/findings")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.locator("input[name=q]").focus()
    page.keyboard.type("script")
    page.keyboard.press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.context.close()


def test_the_sprint_shows_by_itself_what_is_new(browser: Browser, address: str, shop: Path) -> None:
    page = entered(browser, address)
    page.wait_for_timeout(700)
    with opened(shop) as book:
        book.add("step", {"step": "regress", "stage": "failed", "reason": "it was only tried here"})
    expect(page.get_by_text("it was only tried here")).to_be_visible()
    page.context.close()


def test_decisions_need_no_javascript(browser: Browser, address: str, shop: Path) -> None:
    with opened(shop) as book:
        before = len(standing(book, "shop").asking)
    page = entered(browser, address, java_script_enabled=False)
    page.goto(f"{address}/decisions")
    page.get_by_role("button", name="No", exact=True).first.click()
    assert page.url == f"{address}/decisions"
    with opened(shop) as book:
        assert len(standing(book, "shop").asking) == before - 1
    page.context.close()
