"""The lists of what we planted in the sample apps stay true to the apps' text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
APPS = ("fanbase", "atelier")
RISKS = {"secrets", "access", "sessions", "database", "input", "cors", "speed", "running", "ai", "release"}


def _planted(app: str) -> dict[str, Any]:
    planted: dict[str, Any] = json.loads((EXAMPLES / app / "planted.json").read_text())
    return planted


def _items(kinds: tuple[str, ...] = ("defects", "safe")) -> list[Any]:
    return [pytest.param(app, item, id=item["id"]) for app in APPS for kind in kinds for item in _planted(app)[kind]]


@pytest.mark.parametrize(("app", "item"), _items())
def test_every_place_is_where_its_text_stands(app: str, item: dict[str, Any]) -> None:
    assert item["places"]
    for place in item["places"]:
        if "path" in place:
            _stands_there(EXAMPLES / app, place)
        elif "policy" in place:
            assert _defined(app, rf'POLICY "{re.escape(place["policy"])}"\s+ON {re.escape(place["table"])}\b'), place
        elif "table" in place:
            assert _defined(app, rf"\b{re.escape(place['table'].removeprefix('public.'))}\b"), place
        else:
            assert set(place) & {"route", "env"}, place


@pytest.mark.parametrize(("app", "item"), _items(("defects",)))
def test_every_defect_is_complete(app: str, item: dict[str, Any]) -> None:
    assert item["risk"] in RISKS
    assert item["check"].split("/")[0] in RISKS
    assert item["severity"] in ("critical", "high", "medium", "low")
    assert item["title"].endswith(".")
    if "twin" in item:
        assert item["twin"] in {safe["id"] for safe in _planted(app)["safe"]}


@pytest.mark.parametrize("app", APPS)
def test_ids_are_unique(app: str) -> None:
    ids = [item["id"] for kind in ("defects", "safe") for item in _planted(app)[kind]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("app", APPS)
def test_no_safe_place_stands_within_reach_of_a_defect_of_its_risk(app: str) -> None:
    planted = _planted(app)
    near = [
        (safe["id"], defect["id"])
        for safe in planted["safe"]
        for defect in planted["defects"]
        if safe["risk"] == defect["risk"]
        and any(_meet(a, b) for a in safe["places"] for b in defect["places"] if "path" in a and "path" in b)
    ]
    assert near == []


def _stands_there(root: Path, place: dict[str, Any]) -> None:
    file = root / place["path"]
    assert file.is_file(), place["path"]
    lines = file.read_text().split("\n")
    assert 1 <= place["line"] <= place["end_line"] <= len(lines), place
    stands = [number for number, line in enumerate(lines, 1) if place["text"] in line]
    assert any(place["line"] <= number <= place["end_line"] for number in stands), (
        f"{place['path']}: {place['text']!r} stands on {stands}, not on {place['line']}-{place['end_line']}"
    )


def _defined(app: str, pattern: str) -> bool:
    sources = [p for p in (EXAMPLES / app).rglob("*") if p.suffix in (".sql", ".py")]
    return any(re.search(pattern, source.read_text()) for source in sources)


def _meet(a: dict[str, Any], b: dict[str, Any]) -> bool:
    near = a["line"] <= b["end_line"] + 3 and b["line"] <= a["end_line"] + 3
    return bool(a["path"] == b["path"] and near)
