"""What other programs repair of the same findings: codemodder (Python only) and semgrep's autofix, beside ours.

usage: bench/autofix.py APPS RESULTS RULES [--only PART ...]

RULES is a checkout of the rules of semgrep's registry. Both programs run apart, on a copy of each app, in an
environment of their own (codemodder is AGPL: nothing of it is imported or shipped). Then the copy is examined as
`apprescue verify` does. RESULTS holds what bench/repairing.py wrote.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from apprescue.model.repair import Verified
from apprescue.sprint.verify import verify

ROOT = Path(__file__).parent.parent
VERSIONS = {"codemodder": "6.5.5", "semgrep": "1.182.0"}
LOUD = ("critical", "high")
CLOSED = ("repaired", "closed with another")
SECONDS = 900
GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "core.hooksPath=/dev/null")


def program(name: str) -> Path:
    """The program, installed where it is not yet."""
    folder = ROOT / "build" / "autofix" / name
    if not (folder / "bin" / name).exists():
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", f"{name}=={VERSIONS[name]}"]
        subprocess.run(pip, check=True)
    return folder / "bin" / name


def after(app: Path, command: Sequence[str]) -> Verified:
    """What became of a copy of an app on which a program was let loose."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / app.name
        shutil.copytree(app, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", ".apprescue"))
        for words in (("init", "-q", "."), ("add", "-A", "-f"), ("commit", "-qm", "as it was")):
            subprocess.run([*GIT, *words], cwd=copy, check=True, capture_output=True)
        subprocess.run([*command, str(copy)], cwd=copy, capture_output=True, timeout=SECONDS, check=False)
        return verify(copy)


def main() -> None:
    """Run each on each app and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apps", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("rules", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    args = parser.parse_args()
    semgrep, codemodder = program("semgrep"), program("codemodder")
    configs = [f"--config={args.rules / language}" for language in ("javascript", "typescript", "python", "generic")]
    commands = {
        "semgrep": [str(semgrep), "scan", "--autofix", "--metrics=off", "--disable-version-check", "-q", *configs],
        "codemodder": [str(codemodder)],
    }
    print("  loud  ours  semgrep  codemodder  (closed; in brackets what is newly broken)")
    sums = dict.fromkeys(("loud", "ours", *commands), 0)
    for app in sorted(path for path in args.apps.iterdir() if path.is_dir()):
        log = args.results / f"{app.name}.json"
        if not log.exists() or (args.only and not any(part in app.name for part in args.only)):
            continue
        repairs = [one for one in json.loads(log.read_text("utf-8"))["repairs"] if one["severity"] in LOUD]
        ours = sum(one["state"] in CLOSED for one in repairs)
        told = [f"{len(repairs):6}{ours:6}"]
        sums["loud"] += len(repairs)
        sums["ours"] += ours
        for name, command in commands.items():
            done = after(app, command)
            closed = sum(one.severity in LOUD for one in done.closed)
            sums[name] += closed
            told.append(f"{closed:5} ({len(done.opened) + len(done.worse)})")
        print("  ".join(told), app.name, flush=True)
    print(sums)


if __name__ == "__main__":
    main()
