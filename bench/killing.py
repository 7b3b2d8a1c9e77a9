"""kill -9 at random moments of a sprint: it goes on each time, and ends as one that was never killed.

    PYTHONPATH=src python bench/killing.py [--kills 50] [--plan rescue|launch] [--seed 1] [--longest SECONDS]

A sprint on a copy of `examples/fanbase` is started, killed after a random time and started again, until it ends; then
the next one, until there were so many kills. The times are as often short as long (their logarithms are even), so that
short steps and long ones are both hit. Each is held against one that nobody killed: every finding with its state
and reason, the scores, the steps, and the pack without moments, commits and the rows' numbers. What a clock decides
differs between any two sprints, which of two indexes that do the same is kept, say, or which screen is the slowest: the
two chapters of it are held to the same queries, and its commits are left out. Two sprints that nobody killed are held
against each other first.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FANBASE = Path(__file__).parents[1] / "examples" / "fanbase"
OWNER = ["-c", "user.name=Owner", "-c", "user.email=owner@localhost"]
VARYING = frozenset({"at", "began", "seconds", "row", "told", "last", "commit", "where", "rows", "measured", "effect"})
MEASURED = ("## Indexes", "## How fast it is, before and after")
QUERY = re.compile(r"^\| ([^|]+) \| `([^`]+:\d+)`", re.M)
CLOCKED = re.compile(
    r"^\*\*Make the app's own queries faster .*?(?=^\*\*(?!Why|Measured|Undo)|^#|\Z)|^Behind them those that make .*?$"
    r"|^\*Commits: \d+",
    re.M | re.S,
)
TIMES = re.compile(r"\b[0-9a-f]{7,40}\b|\d+(?:\.\d+)?\s?(?:ms|s|µs)\b|\b20\d{12}\w*")


def main() -> int:
    """Run it; 0 where every sprint ended as it should."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--kills", type=int, default=50)
    asked.add_argument("--plan", default="rescue")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--longest", type=float, default=300.0)
    given = asked.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole, again = (_told(_run_through(_copy(Path(folder) / name), given.plan)) for name in ("whole", "again"))
        print(f"two that nobody killed: {_different(whole, again) or 'the same'}", flush=True)
        kills, sprints, wrong = 0, 0, 0
        while kills < given.kills:
            root = _copy(Path(folder) / f"killed{sprints}")
            before = _tree(root)
            while kills < given.kills and not _ends_within(root, given.plan, given.longest ** chance.random()):
                kills += 1
                assert _tree(root) == before, "the owner's files changed"
            told = _told(_run_through(root, given.plan))
            sprints += 1
            different = _different(whole, told)
            wrong += bool(different)
            print(f"sprint {sprints}: {kills} kills so far, {different or 'as whole'}", flush=True)
            for name in different:
                _print(whole.get(name), told.get(name), name)
            shutil.rmtree(root)
    print(f"{kills} kills in {sprints} sprints, {wrong} of them ended otherwise")
    return int(wrong > 0)


def _different(whole: dict[str, Any], told: dict[str, Any]) -> list[str]:
    return [name for name in {**whole, **told} if whole.get(name) != told.get(name)]


def _copy(root: Path) -> Path:
    shutil.copytree(FANBASE, root / "fanbase", ignore=shutil.ignore_patterns(".apprescue"))
    for command in (["init", "-q"], ["add", "-Af"], [*OWNER, "commit", "-q", "-m", "The app as it was"]):
        subprocess.run(["git", "-C", str(root / "fanbase"), *command], check=True)
    return root / "fanbase"


def _command(root: Path, plan: str) -> list[str]:
    return [sys.executable, "-m", "apprescue", "sprint", str(root), "--plan", plan, "--yes", "--rows", "1000,5000"]


def _run_through(root: Path, plan: str) -> Path:
    subprocess.run(_command(root, plan), check=True, stdout=subprocess.DEVNULL)
    return root


def _ends_within(root: Path, plan: str, seconds: float) -> bool:
    """Whether the sprint ended by itself; else it was killed."""
    with subprocess.Popen(_command(root, plan), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        try:
            run.wait(seconds)
        except subprocess.TimeoutExpired:
            run.kill()
            return False
    return True


def _tree(root: Path) -> str:
    told = subprocess.run(
        ["git", "-C", str(root), "status", "--porcelain", "--ignored", "-uall"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    head = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return head.stdout + "".join(row for row in told.splitlines(keepends=True) if ".apprescue/" not in row)


def _told(root: Path) -> dict[str, Any]:
    """What a sprint came to, without what differs from run to run."""
    pack = root / ".apprescue" / "handover"
    sprint = json.loads((pack / "handover.json").read_text())["sprint"]
    findings = {one["finding"]["key"]: _plain(one) for one in sprint.pop("findings")}
    sprint["went"].get("index", {}).pop("said", None)
    chapters = re.split(r"^(?=## )", (pack / "handover.md").read_text(), flags=re.M)
    return {
        "findings": findings,
        "sprint": _plain({k: v for k, v in sprint.items() if k not in ("tuned", "kept")}),
        **{text.split("\n")[0]: _chapter(text) for text in chapters},
    }


def _chapter(text: str) -> Any:
    """A chapter of the pack without its times; of a measured one the queries that it tells of."""
    return sorted(set(QUERY.findall(text))) if text.startswith(MEASURED) else TIMES.sub("…", CLOCKED.sub("", text))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if name not in VARYING}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return TIMES.sub("…", value) if isinstance(value, str) else value


def _print(whole: Any, told: Any, path: str = "") -> None:
    """The first places in which two values differ."""
    if isinstance(whole, dict) and isinstance(told, dict):
        for name in [*whole, *(one for one in told if one not in whole)]:
            if whole.get(name) != told.get(name):
                _print(whole.get(name), told.get(name), f"{path}.{name}")
    elif isinstance(whole, str) and isinstance(told, str) and "\n" in whole:
        pairs = [(a, b) for a, b in zip(whole.split("\n"), told.split("\n"), strict=False) if a != b]
        for was, now in pairs[:3]:
            print(f"   {path}: {was[:150]!r}\n      {now[:150]!r}")
    else:
        print(f"   {path}: {str(whole)[:150]!r}\n      {str(told)[:150]!r}")


if __name__ == "__main__":
    sys.exit(main())
