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

from apprescue.lab.undo import builds_on
from apprescue.model.finding import Finding, Severity
from apprescue.model.place import code_of
from apprescue.model.repair import Repair, Repaired, State
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
    """For each commit, what is there after it was reverted that should not be, and what is missing; those that build on
    it go before it."""
    commits = {one.commit: one for one in done.by(State.REPAIRED)}
    for commit, one in list(commits.items())[:most]:
        git(folder, "checkout", "-q", "--detach", done.branch)
        gone: list[str] = []
        revert(folder, commit, [*commits], gone)
        if len(gone) > 1:
            yield f"{one.finding.check} {one.finding.place}: {len(gone) - 1} built on it and went before it"
        now = compare.opened(before.findings, examine(folder, tried, lambda _: None).findings)
        own = [finding for each in gone for finding in closed(done, commits[each])]
        if not any(is_same(one.finding, finding) for finding in now):
            yield f"{one.finding.check} {one.finding.place}: it stays closed without its commit"
        for finding in now:
            if not any(is_same(each, finding) for each in own):
                yield f"{one.finding.check} {one.finding.place}: {finding.check} {finding.place} opens too"


def revert(folder: Path, commit: str, commits: list[str], gone: list[str]) -> None:
    """Revert a commit, and before it those that build on it; they are added to what is gone."""
    gone.append(commit)
    while True:
        try:
            git(folder, "revert", "--no-edit", commit)
            return
        except subprocess.CalledProcessError:
            git(folder, "revert", "--abort")
        later = builds_on(folder / ".git", commit, git(folder, "rev-parse", "HEAD").strip())
        revert(folder, next(one for one in later if one in commits and one not in gone), commits, gone)


def closed(done: Repaired, repair: Repair) -> Iterator[Finding]:
    """What a repair closed: its finding, and those that it closed along."""
    yield repair.finding
    title = repair.patch.title if repair.patch else ""
    yield from (one.finding for one in done.by(State.ALONG) if f"“{title}”" in one.reason)


def is_same(one: Finding, other: Finding) -> bool:
    """Whether two findings are one; its key is another where a later repair changed the same line."""
    return one.key == other.key or (one.check, str(one.place)) == (other.check, str(other.place))


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
        mended = done.by(State.REPAIRED, State.ALONG)
        kept = [one for one in planted(app, "defects") if any(is_about(one, repair.finding) for repair in mended)]
        print(f"{app}: {len(mended)} of {len(done.repairs)} findings closed, {len(kept)} planted defects, "
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
