"""How long the desk takes to answer, page by page, with many findings.

    PYTHONPATH=src:. python bench/desk.py [--findings 5000] [--repeats 20]

A sprint on a small app is filled up with findings that differ in their keys and places. The first answer reads the
ledger; the others are what is shown as long as nothing new came.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from starlette.testclient import TestClient

from apprescue.desk.app import desk
from apprescue.model.place import Code
from apprescue.sprint.ledger import ledger
from apprescue.sprint.steps.interface import found
from tests.desk.support import PAGES, TOKEN, asking
from tests.reports.sample import FINDINGS

HOST = "http://127.0.0.1:8000"


def main() -> None:
    """Print a row for each page."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--findings", type=int, default=5000)
    asked.add_argument("--repeats", type=int, default=20)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = asking(Path(folder))
        with ledger(root) as book, book.together():
            for number in range(given.findings):
                one = FINDINGS[number % len(FINDINGS)]
                told = found(replace(one, key=f"{number:016x}", place=Code(f"src/a{number}.ts", number + 1)), "before")
                book.add(told.kind, told.data, told.key)
        client = TestClient(desk(root, TOKEN), HOST)
        started = time.perf_counter()
        client.get(f"/?token={TOKEN}")
        print(f"{given.findings} findings; the first answer takes {(time.perf_counter() - started) * 1000:.0f} ms")
        for path in (*PAGES, "/findings?q=a49", "/findings?page=90", f"/findings/{given.findings // 2:016x}"):
            print(f"{_took(client, path, given.repeats):7.1f} ms  {path}")


def _took(client: TestClient, path: str, repeats: int) -> float:
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        assert client.get(path).status_code == 200, path
        times.append((time.perf_counter() - started) * 1000)
    return median(times)


if __name__ == "__main__":
    main()
