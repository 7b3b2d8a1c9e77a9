"""Audit every app in a folder, keep the results as JSON, and score them where the truth is known.

usage: bench/corpus.py APPS RESULTS [--truth FILE --score PROGRAM]

The scoring program is called as `PROGRAM TRUTH RESULTS --how reading`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

SEVERITIES = ("critical", "high", "medium", "low")
NOTHING_RECOGNISED = 3


def audit(app: Path, results: Path) -> str:
    """Audit one app and say in a line what came of it."""
    target = results / f"{app.name}.json"
    target.unlink(missing_ok=True)
    command = [sys.executable, "-m", "apprescue", "audit", str(app), "--output", str(target), "--fail-on", "never"]
    began = time.perf_counter()
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if ran.returncode:
        why = "no app recognised" if ran.returncode == NOTHING_RECOGNISED else ran.stderr.strip()[-200:]
        return f"{'':24} {seconds:6.2f}s  {app.name}: {why}"
    done = json.loads(target.read_text())
    counts = Counter(f["severity"] for f in done["findings"] if not f["suppressed"])
    broken = f"  crashed: {', '.join(c['check'] for c in done['crashed'])}" if done["crashed"] else ""
    return "".join(f"{counts[s]:6}" for s in SEVERITIES) + f" {seconds:6.2f}s  {app.name}{broken}"


def main() -> None:
    """Audit, print, score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apps", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--score", type=Path)
    args = parser.parse_args()
    args.results.mkdir(parents=True, exist_ok=True)
    print(" critic   high medium    low")
    for app in sorted(path for path in args.apps.iterdir() if path.is_dir()):
        print(audit(app, args.results), flush=True)
    if args.truth and args.score:
        subprocess.run([sys.executable, args.score, args.truth, args.results, "--how", "reading"], check=True)


if __name__ == "__main__":
    main()
