"""The same app gives the same report: from run to run, whatever the order of sets, and on a busy machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUSY = 4


def report(app: str, seed: str) -> str:
    """An app's whole report as the command prints it, without its timings."""
    command = [sys.executable, "-m", "apprescue", "audit", f"examples/{app}", "--format", "json", "--fail-on", "never"]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    whole = json.loads(done.stdout)
    assert whole.pop("timings")
    return json.dumps(whole, indent=1)


@pytest.mark.parametrize("app", ["atelier", "fanbase"])
def test_two_runs_agree_to_the_letter_also_on_a_busy_machine(app: str) -> None:
    first = report(app, "0")
    assert json.loads(first)["findings"]
    assert report(app, "1") == first
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY)]
    try:
        assert report(app, "2") == first
    finally:
        for process in busy:
            process.kill()
            process.wait()
