"""Repair the sample apps and hold the repairs to their word: what was planted is closed, what is right is not touched,
a second run has nothing to do, and reverting one commit opens exactly what it closed.

usage: bench/reverting.py [APP ...] [--severity low] [--most COMMITS]
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apprescue.model.finding import Finding, Severity
from apprescue.model.place import code_of
from apprescue.model.repair import Repaired, State
from apprescue.sprint import compare
from apprescue.sprint.bench import TRYING
from apprescue.sprint.laboratory import Laboratory
from apprescue.sprint.repair import Wish, examine, laboratory, repair
from apprescue.sprint.run import Examined

ROOT = Path(__file__).parent.parent / "examples"
GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "core.hooksPath=/dev/null")
NEAR = 3


def git(folder: Path, *words: str) -> str:
    """What git says."""
    return subprocess.run([*GIT, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def planted(app: str, kind: str) -> list[dict[str, Any]]:
    """What was planted in a sample app: `defects`, or what is `safe`."""
    found: list[dict[str, Any]] = json.loads((ROOT / app / "planted.json").read_text("utf-8"))[kind]
    return found


def is_about(item: dict[str, Any], finding: Finding) -> bool:
    """Whether a finding is of a planted thing: its check, and near one of its places."""
    for place in (finding.place, *finding.related):
        code = code_of(place)
        for one in item["places"]:
            same = code and one.get("path") == code.path and abs(one.get("line", 0) - code.line) <= NEAR
            table = one.get("table") and str(one["table"]) in str(place)
            if item.get("check") == finding.check and (same or table):
                return True
    return False


def reverted(folder: Path, done: Repaired, before: Examined, tried: Laboratory, most: int) -> Iterator[str]:
    """For each commit, what is there after it was reverted that should not be, and what is missing."""
    closed_along: dict[str, set[str]] = {}
    for one in done.by(State.ALONG):
        title = one.reason.partition("“")[2].rpartition("”")[0]
        closed_along.setdefault(title, set()).add(one.finding.key)
    for one in done.by(State.REPAIRED)[:most]:
        git(folder, "checkout", "-q", "--detach", done.branch)
        try:
            git(folder, "revert", "--no-edit", one.commit)
        except subprocess.CalledProcessError:
            git(folder, "revert", "--abort")
            yield f"{one.finding.check} {one.finding.place}: later repairs stand on it, so it cannot be reverted alone"
            continue
        now = examine(folder, tried, lambda _: None)
        keys = {finding.key for finding in compare.opened(before.findings, now.findings)}
        allowed = {one.finding.key, *closed_along.get(one.patch.title if one.patch else "", set())}
        if one.finding.key not in keys:
            yield f"{one.finding.check} {one.finding.place}: it stays closed without its commit"
        if more := keys - allowed:
            yield f"{one.finding.check} {one.finding.place}: {len(more)} others open too"


def told(app: str, severity: Severity, most: int) -> None:
    """Print the figures of one sample app."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / app
        shutil.copytree(ROOT / app, folder, ignore=shutil.ignore_patterns(".apprescue"))
        git(folder, "init", "-q", ".")
        git(folder, "add", "-A", "-f")
        git(folder, "commit", "-qm", "as it was")
        done = repair(folder, Wish(severity))
        again = repair(folder, Wish(severity))
        open_keys = {one.finding.key for one in done.by(State.REFUSED, State.BY_HAND, State.OPEN)}
        closed = done.by(State.REPAIRED, State.ALONG)
        kept = [one for one in planted(app, "defects") if any(is_about(one, repair.finding) for repair in closed)]
        print(f"{app}: {len(closed)} of {len(done.repairs)} findings closed, {len(kept)} planted defects, "
              f"{len(done.by(State.REFUSED))} repairs taken back, {done.seconds:.0f} s")  # fmt: skip
        more, left = len(again.by(State.REPAIRED)), len(again.repairs)
        print(f"  a second run repairs {more}; it leaves {left} of {len(open_keys)}")
        with laboratory(TRYING) as tried:
            git(folder, "checkout", "-q", "--detach", done.branch)
            before = examine(folder, tried, lambda _: None)
            accused = [one["id"] for one in planted(app, "safe") if any(is_about(one, f) for f in before.findings)]
            print(f"  right things accused after it: {accused or 'none'}")
            for line in reverted(folder, done, before, tried, most):
                print(f"  {line}", flush=True)
        print(f"  {min(most, len(done.by(State.REPAIRED)))} commits were reverted, one by one")


def main() -> None:
    """Hold the sample apps to it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apps", nargs="*", default=["fanbase", "atelier"])
    parser.add_argument("--severity", default="low", type=Severity)
    parser.add_argument("--most", default=1000, type=int)
    args = parser.parse_args()
    for app in args.apps:
        told(app, args.severity, args.most)


if __name__ == "__main__":
    main()
