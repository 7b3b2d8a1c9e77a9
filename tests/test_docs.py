"""The docs that are made from the code are what the code says now."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from apprescue import checks
from apprescue.model.finding import Evidence, Impact, Severity
from apprescue.reports.interface import KINDS
from apprescue.shelf import names

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_make", DOCS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_made_pages_are_up_to_date(maker: ModuleType) -> None:
    made = maker.made()
    kept = {str(page.relative_to(DOCS)): page.read_text("utf-8") for page in DOCS.rglob("*.md")}
    old = [name for name, text in made.items() if kept.get(name) != text]
    gone = [page.name for page in (DOCS / "checks").glob("*.md") if f"checks/{page.name}" not in made]
    assert not old + gone, "run `make docs`"


def test_coverage_names_checks_that_exist_and_says_why_not_elsewhere() -> None:
    items = tomllib.loads((DOCS / "coverage.toml").read_text("utf-8"))["item"]
    known = set(names(checks))
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        assert set(item.get("checks", ())) <= known, item["id"]
        assert item.get("checks") or item.get("why"), f"{item['id']} has neither a check nor a reason"


def test_the_schema_knows_the_model() -> None:
    parts = json.loads((DOCS / "json.schema.json").read_text("utf-8"))["$defs"]
    finding, place = parts["finding"]["properties"], parts["place"]["properties"]
    assert finding["severity"]["enum"] == list(Severity)
    assert finding["impact"]["enum"] == list(Impact)
    assert finding["evidence"]["enum"] == list(Evidence)
    assert sorted(place["kind"]["enum"]) == sorted(KINDS.values())
    assert parts["place"] == json.loads((DOCS / "routes.schema.json").read_text("utf-8"))["$defs"]["place"]
