"""The app's own compiler and tests, run apart before and after each repair of code: what passed must still pass."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from apprescue.lab.apart import can_run_apart, run_apart
from apprescue.lab.command import CommandError
from apprescue.source.own_checks import ENVIRONMENTS, OwnCheck, failures, is_missing, own_checks

LONGEST, MOST = 120.0, 600.0  # seconds for one check, and for all of a run
DEEPEST = 3
PATHS = "/usr/local/bin:/usr/bin:/bin"
SYSTEM = (Path("/usr"), Path("/bin"))
NO_WALLS = "this machine cannot run a program apart (it takes Linux's user namespaces and util-linux)"


class OwnChecks:
    """The checks that work on the app as it is, by their `names`. `owner` is his folder, where the packages are
    installed; `tree` is ours, with the repairs. Nothing is run where nothing is installed."""

    def __init__(self, owner: Path, tree: Path, files: Mapping[str, str], tell: Callable[[str], None]) -> None:
        self._owner, self._tree, self._left = owner.resolve(), tree, MOST
        self._installed = dict(_folders(self._owner, ""))
        self._known: dict[OwnCheck, Counter[str]] = {}
        self._notes: list[str] = []
        self.names: tuple[str, ...] = ()
        told = list(own_checks(files, self._is_installed))
        if told and not can_run_apart():
            self._notes.append(f"Your own checks ({', '.join(one.name for one in told)}) were not run: {NO_WALLS}.")
            return
        if not told and any(path.endswith(("package.json", "requirements.txt")) for path in files):
            self._notes.append(
                "Neither a type check nor tests of your own were run: they, or their packages, are not in this folder."
                " Syntax and names were checked."
            )
        for check in told:
            tell(f"running your own check: {check.name}")
            self._begin(check)
        self.names = tuple(one.name for one in self._known)
        if self._known:
            self._notes.append(f"Your own checks were run after each repair of code: {', '.join(self.names)}.")

    @property
    def notes(self) -> tuple[str, ...]:
        """What the owner must know of them."""
        return tuple(self._notes)

    def against(self, paths: tuple[str, ...]) -> str:
        """What speaks against a patch of these files, which stands in our folder; empty where nothing does."""
        now = dict(self._known)
        for check, before in self._known.items():
            if not any(path.endswith(check.about) for path in paths):
                continue
            came = self._ran(check)
            if came is None:
                return f"After it, your own check {check.name} does not run any more."
            new = [one for one in came - before if not is_missing(one, self._is_installed)]
            if new:
                return f"After it, your own check {check.name} fails: {new[0][:200]}."
            now[check] = came
        self._known = now
        if self._left <= 0 and now:
            self._notes.append(f"After {MOST / 60:g} minutes, later repairs were not held against your own checks.")
            self._known = {}
        return ""

    def _begin(self, check: OwnCheck) -> None:
        came = self._ran(check)
        if came is None:
            self._notes.append(f"Your own check {check.name} does not run here, so no repair was held against it.")
        else:
            self._known[check] = came

    def _ran(self, check: OwnCheck) -> Counter[str] | None:
        """What a check complains of now; None where it did not do its work."""
        begun = time.monotonic()
        kits = dict.fromkeys(_kits(self._owner))
        path = ":".join([*(str(one / "bin") for one in kits), PATHS])
        try:
            ran = run_apart(
                check.command, self._tree, check.folder, installed=self._installed, shown=tuple(kits),
                environment={"PATH": f"{path}:/usr/sbin:/sbin", "CI": "1"}, seconds=LONGEST,
            )  # fmt: skip
        except CommandError:
            return None
        finally:
            self._left -= time.monotonic() - begun
        return failures(check, ran.code, ran.out.decode("utf-8", "replace"))

    def _is_installed(self, path: str) -> bool:
        return (self._owner / path).exists()


def _folders(root: Path, inside: str) -> Iterator[tuple[str, Path]]:
    """The folders of installed packages in the owner's folder, by their path in the app."""
    at = root / inside
    for one in sorted(os.scandir(at), key=lambda one: one.name):
        path = f"{inside}/{one.name}".lstrip("/")
        if not one.is_dir(follow_symlinks=False):
            continue
        if one.name == "node_modules" or (not inside and one.name in ENVIRONMENTS):
            yield path, Path(one.path)
        elif not one.name.startswith(".") and path.count("/") < DEEPEST:
            yield from _folders(root, path)


def _kits(owner: Path) -> Iterator[Path]:
    """Where the languages themselves are installed, when that is not where the system keeps its programs."""
    places = [shutil.which("node"), *(str(owner / name / "bin/python") for name in ENVIRONMENTS)]
    for place in filter(None, places):
        program = Path(place).resolve()
        if program.exists() and not any(program.is_relative_to(one) for one in SYSTEM):
            yield program.parents[1]
