"""Tune every app in a folder: how many of its queries became SQL, how many common reads are fast, before and after.

usage: bench/tuning.py APPS RESULTS [--rows NUMBERS] [--only PART ...]

An app that has its result already is not tuned again. Reads that stay slow are listed with the reason.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FAST = 300.0
JUDGED = ("feed", "list", "dashboard")
EVERYBODY = "200 people through a pool of 15"
CALM = "the same, without the queries that are slow alone"
Found = dict[str, Any]


def tune(app: Path, target: Path, rows: str) -> str:
    """Tune one app into a folder; the complaint where that was not possible."""
    command = [sys.executable, "-m", "apprescue", "tune", str(app), "--output", str(target), "--rows", rows]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if (target / "tuned.json").exists() else (ran.stderr.strip() or ran.stdout.strip())[-300:]


def p95(asked: list[Found], crowd: str = EVERYBODY) -> float | None:
    """The 95th percentile at the largest size; None where it was not measured or broken off."""
    if not asked:
        return None
    told: Found = dict(asked[-1]["latencies"]).get(crowd) or {}
    value = told.get("p95")
    return None if value is None else float(value)


def told(name: str, found: Found, seconds: float) -> list[str]:
    """The figures of one app, and each judged read that stays slow."""
    measured, untold = found["measured"], found["untold"]
    run = [one for one in measured if not one["failed"]]
    every = len(measured) + len(untold)
    judged = [one for one in run if one["statement"]["kind"] in JUDGED and not one["statement"]["writes"]]
    slow = [one for one in judged if (p95(one["after"] or one["before"]) or FAST) >= FAST]
    calm = [one for one in slow if (p95(one["after"], CALM) or FAST) >= FAST]
    was = [one for one in judged if (p95(one["before"]) or FAST) >= FAST]
    indexes = sum(not one["refused"] for one in found["indexes"])
    rewrites = sum(not one["refused"] for one in found["rewrites"])
    shares = f"{len(judged) - len(was):6}/{len(judged):<5}{len(judged) - len(slow):6}/{len(judged):<5}"
    shares += f"{len(judged) - len(calm):6}/{len(judged):<5}"
    lines = [f"{len(run):5}/{every:<5}{shares}{indexes:8}{rewrites:9}{seconds:8.0f}s  {name}"]
    for one in slow:
        place = one["statement"]["place"]
        figures = p95(one["before"]), p95(one["after"]), p95(one["after"], CALM)
        lines.append(f"      {' -> '.join(map(str, figures))} ms  {place['path']}:{place['line']}")
    return lines


def main() -> None:
    """Tune and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apps", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--rows", default="100000,1000000")
    parser.add_argument("--only", nargs="*", default=[])
    args = parser.parse_args()
    print("runnable    fast before  fast after  without slow ones  indexes rewrites  took")
    for app in sorted(path for path in args.apps.iterdir() if path.is_dir()):
        if args.only and not any(part in app.name for part in args.only):
            continue
        target = args.results / app.name
        began = time.perf_counter()
        complaint = "" if (target / "tuned.json").exists() else tune(app, target, args.rows)
        if complaint:
            print(f"{'':58}{app.name}: {complaint}", flush=True)
            continue
        found = json.loads((target / "tuned.json").read_text("utf-8"))
        print("\n".join(told(app.name, found, found["seconds"] or time.perf_counter() - began)), flush=True)


if __name__ == "__main__":
    main()
