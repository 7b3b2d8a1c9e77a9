"""Repair every app in a folder: how many critical and high findings proved patches close, and what that takes.

usage: bench/repairing.py APPS RESULTS [--only PART ...] [--severity high] [--letters]

An app that has its result already is not repaired again. Nothing is written into an app: each is copied first.
`--letters` names the apps by letters, as docs/repair.md does.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

LOUD = ("critical", "high")
CLOSED = ("repaired", "closed with another")
Found = dict[str, Any]


def repair(app: Path, log: Path, severity: str) -> str:
    """Repair a copy of an app; the complaint where that was not possible."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / app.name
        shutil.copytree(app, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", ".apprescue"))
        command = [sys.executable, "-m", "apprescue", "repair", str(copy), "--severity", severity, "--log", str(log)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if log.exists() else (ran.stderr.strip() or ran.stdout.strip() or "it said nothing")[-300:]


def row(name: str, found: Found) -> str:
    """The figures of one app."""
    repairs = found["repairs"]
    loud = [one for one in repairs if one["severity"] in LOUD]
    closed = [one for one in loud if one["state"] in CLOSED]
    lines = [one["lines"] for one in repairs if one["state"] == "repaired"]
    refused = sum(one["state"] == "refused by proof" for one in loud)
    tests = sum(bool(one["test"]) for one in repairs)
    middle = f"{statistics.median(lines):.0f}" if lines else "-"
    share = f"{len(closed)}/{len(loud)}"
    return f"{share:>8}{refused:9}{tests:7}{middle:>7}{found['seconds']:8.0f}s  {name}"


def main() -> None:
    """Repair and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apps", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--severity", default="high")
    parser.add_argument("--letters", action="store_true")
    args = parser.parse_args()
    args.results.mkdir(parents=True, exist_ok=True)
    print("  closed  refused  tests  lines    took")
    every, closed, by_check, all_lines = 0, 0, Counter[str](), []
    for number, app in enumerate(sorted(path for path in args.apps.iterdir() if path.is_dir())):
        if args.only and not any(part in app.name for part in args.only):
            continue
        log = args.results / f"{app.name}.json"
        name = chr(ord("A") + number) if args.letters else app.name
        complaint = "" if log.exists() else repair(app, log, args.severity)
        if complaint:
            print(f"{name}: {complaint}", flush=True)
            continue
        found = json.loads(log.read_text("utf-8"))
        print(row(name, found), flush=True)
        loud = [one for one in found["repairs"] if one["severity"] in LOUD]
        every += len(loud)
        closed += sum(one["state"] in CLOSED for one in loud)
        by_check.update(one["check"] for one in loud if one["state"] not in CLOSED)
        all_lines += [one["lines"] for one in found["repairs"] if one["state"] == "repaired"]
    print(f"closed {closed} of {every} critical and high ({closed / max(every, 1):.0%}),", end=" ")
    print(f"{statistics.median(all_lines) if all_lines else 0:.0f} lines in the middle of {len(all_lines)} repairs")
    for check, left in by_check.most_common():
        print(f"{left:4} left of {check}")


if __name__ == "__main__":
    main()
