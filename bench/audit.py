"""Measure a whole audit beside semgrep: the same apps, one run, turn by turn, as a ratio.

usage: bench/audit.py FOLDER [--rounds N] [--only PART-OF-A-NAME] [--jobs N]

FOLDER holds one app a folder. Both programs are started anew for every measurement, so every time is from a cold
start; they take turns, so that a busy machine slows both. Shown are medians of wall time, processor time and the
largest memory of any one process. semgrep is installed into build/semgrep. Its rules are `bench/rules.yaml`, or
those under SEMGREP_RULES (a rule file, or a folder in the layout of semgrep's own collection, of which the rules for
JavaScript, TypeScript, Python and secrets are merged into one file: semgrep is far slower with many files).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SEMGREP = ROOT / "build" / "semgrep"
SEMGREP_VERSION = "1.182.0"
COMPARABLE = ("javascript", "typescript", "python", "generic/secrets")
MERGE = """
import pathlib, sys
from ruamel.yaml import YAML
yaml, rules = YAML(typ="safe"), []
for file in sorted(f for folder in sys.argv[2:] for f in pathlib.Path(folder).rglob("*.y*ml")):
    if ".test." not in file.name:
        rules += (yaml.load(file) or {}).get("rules", [])
YAML().dump({"rules": rules}, pathlib.Path(sys.argv[1]))
print(len(rules))
"""


class Cost(NamedTuple):
    """What one run took: seconds of wall clock and of processor, megabytes at its peak."""

    wall: float
    processor: float
    memory: float


def cost(command: Sequence[str]) -> Cost:
    """Run a command to its end, silently, and measure it with all that it starts."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with code {process.returncode}")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def typical(costs: Sequence[Cost]) -> Cost:
    """The median of each part."""
    return Cost(*map(median, zip(*costs, strict=True)))


def install_semgrep() -> None:
    """Set semgrep up in a folder of its own, once."""
    if not (SEMGREP / "bin" / "semgrep").exists():
        print("Installing semgrep ...", flush=True)
        venv.create(SEMGREP, with_pip=True)
        pip = [str(SEMGREP / "bin" / "python"), "-m", "pip", "install", "-qq", f"semgrep=={SEMGREP_VERSION}"]
        subprocess.run(pip, check=True)


def rules() -> Path:
    """The rule file that semgrep is given."""
    given = os.environ.get("SEMGREP_RULES")
    if not given or Path(given).is_file():
        return Path(given) if given else ROOT / "bench" / "rules.yaml"
    merged = ROOT / "build" / "semgrep-rules.yaml"
    folders = [Path(given) / part for part in COMPARABLE if (Path(given) / part).is_dir()] or [Path(given)]
    number = subprocess.check_output([SEMGREP / "bin" / "python", "-c", MERGE, merged, *folders], text=True)
    print(f"{number.strip()} rules of {given} in one file")
    return merged


def measured(app: Path, rule_file: Path, rounds: int, jobs: int) -> tuple[Cost, Cost]:
    """What the audit and what semgrep take for one app."""
    ours, theirs = [], []
    audit = [sys.executable, "-m", "apprescue", "audit", str(app), "--static", "--format", "json", "--fail-on", "never"]
    scan = [str(SEMGREP / "bin" / "semgrep"), "scan", "--quiet", "--metrics=off", "--disable-version-check", "--json"]
    scan += ["--no-git-ignore", f"--jobs={jobs}", "--config", str(rule_file), str(app)]
    for _ in range(rounds):
        ours.append(cost(audit))
        theirs.append(cost(scan))
    return typical(ours), typical(theirs)


def apps(folder: Path, only: str) -> Iterator[tuple[Path, int]]:
    """Each app with its number of files, the smallest first."""
    found = [(app, sum(1 for f in app.rglob("*") if f.is_file())) for app in folder.iterdir() if app.is_dir()]
    yield from sorted((one for one in found if only in one[0].name), key=lambda one: one[1])


def main() -> None:
    """Measure and print one line an app."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    install_semgrep()
    rule_file = rules()
    print(f"{'files':>6}  {'audit':>8} {'cpu':>7} {'MB':>5}   {'semgrep':>8} {'cpu':>7} {'MB':>5}   {'faster':>6}  app")
    lines = []
    for app, files in apps(args.folder, args.only):
        us, them = measured(app, rule_file, args.rounds, args.jobs)
        lines.append((us, them.wall / us.wall))
        print(
            f"{files:6}  {us.wall:7.2f}s {us.processor:6.2f}s {us.memory:5.0f}   "
            f"{them.wall:7.2f}s {them.processor:6.2f}s {them.memory:5.0f}   {lines[-1][1]:5.1f}x  {app.name}",
            flush=True,
        )
    if not lines:
        sys.exit(f"no apps in {args.folder}")
    print(
        f"median app {median(us.wall for us, _ in lines):.2f} s, largest app {lines[-1][0].wall:.2f} s, "
        f"most memory {max(us.memory for us, _ in lines):.0f} MB; at least {min(r for _, r in lines):.1f}x faster, "
        f"{lines[-1][1]:.1f}x on the largest"
    )


if __name__ == "__main__":
    main()
