"""The two sample apps, audited by the command: what was planted is found, what is right is left in peace, in time.

The bars are what holds today, to be raised with every check that learns more; the aim is 0.85 of the critical and high
and 0.80 of all, in both apps.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support import accuses, answers

ROOT = Path(__file__).parents[1]
APPS = ("fanbase", "atelier")
GRAVE = ("critical", "high")
EVERY = (*GRAVE, "medium", "low")
BARS = (("fanbase", GRAVE, 0.80), ("fanbase", EVERY, 0.75), ("atelier", GRAVE, 0.85), ("atelier", EVERY, 0.77))
SECONDS = 5.0
ACCUSED_ALTHOUGH_SAFE = {
    "at-safe-sessions-05": "the limit is right; the finding is about the link that the same route sends, and true",
}
"""Safe things that a check of their risk speaks of nevertheless, each with the reason."""


@cache
def planted(app: str) -> dict[str, Any]:
    """What was planted in an app: defects, and look-alikes that are right."""
    read: dict[str, Any] = json.loads((ROOT / "examples" / app / "planted.json").read_text())
    return read


@cache
def audited(app: str) -> tuple[dict[str, Any], float]:
    """The report of the command, started anew, and the seconds that it took; the better of two runs."""
    command = [sys.executable, "-m", "apprescue", "audit", f"examples/{app}", "--format", "json", "--fail-on", "never"]
    took = []
    for _ in range(2):
        started = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src")}, check=True, capture_output=True)
        took.append(time.perf_counter() - started)
    return json.loads(done.stdout), min(took)


def missed(app: str, severities: tuple[str, ...]) -> tuple[list[str], int]:
    """The planted defects of these severities that no finding answers, and how many there are in all."""
    findings = audited(app)[0]["findings"]
    wanted = [one for one in planted(app)["defects"] if one["severity"] in severities]
    left = [one for one in wanted if not any(answers(one, finding) for finding in findings)]
    return [f"{one['id']} [{one['check']}, {one['severity']}] {one['title']}" for one in left], len(wanted)


@pytest.mark.parametrize("app", APPS)
def test_the_audit_of_a_sample_breaks_nowhere_and_ends_in_time(app: str) -> None:
    report, seconds = audited(app)
    assert report["crashed"] == []
    assert report["app"]["name"] == app
    assert seconds < SECONDS


@pytest.mark.parametrize(("app", "severities", "bar"), BARS)
def test_what_was_planted_is_found(app: str, severities: tuple[str, ...], bar: float) -> None:
    left, total = missed(app, severities)
    assert 1 - len(left) / total >= bar, f"{total - len(left)} of {total} found; missed:\n" + "\n".join(left)


@pytest.mark.parametrize("app", APPS)
def test_what_is_right_is_not_accused(app: str) -> None:
    findings = audited(app)[0]["findings"]
    accused = {
        item["id"]: f"{finding['check']}: {finding['detail']}"
        for item in planted(app)["safe"]
        for finding in findings
        if accuses(finding, item)
    }
    assert {name: said for name, said in accused.items() if name not in ACCUSED_ALTHOUGH_SAFE} == {}


def test_every_planted_hole_of_the_database_is_proven() -> None:
    findings = [f for f in audited("fanbase")[0]["findings"] if f["evidence"] == "proven"]
    holes = [d for d in planted("fanbase")["defects"] if d["risk"] != "speed" and any(map(_in_database, d["places"]))]
    assert len(holes) > 20
    assert not [f"{d['id']} {d['title']}" for d in holes if not any(answers(d, f) for f in findings)]


def _in_database(place: dict[str, Any]) -> bool:
    return "table" in place or place.get("path", "").endswith(".sql")
