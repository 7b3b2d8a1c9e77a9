"""What is the same for every run is made once and kept in the user's cache: the data of a server with the stand-in."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from apprescue.lab.binaries import cache, runner

PREFIX = "server-"
MOST = 3


def take(key: str, target: Path) -> bool:
    """Copy what is kept under the key to `target`, for the server's user; false where there is nothing."""
    folder = cache()
    if not folder:
        return False
    source = folder / f"{PREFIX}{key}"
    with _locked(folder, fcntl.LOCK_SH):
        try:
            _copy(source, target, runner())
            os.utime(source)
        except OSError:
            shutil.rmtree(target, ignore_errors=True)
            return False
    return True


def keep(key: str, source: Path) -> None:
    """Keep a copy of `source`, and of all that is kept what was taken last; nothing where there can be no cache."""
    folder = cache()
    if not folder:
        return
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(prefix="making-", dir=folder) as making:
        _copy(source, Path(making) / "data", None)
        with _locked(folder, fcntl.LOCK_EX):
            (Path(making) / "data").rename(folder / f"{PREFIX}{key}")
            kept = sorted(folder.glob(f"{PREFIX}*"), key=lambda path: path.stat().st_mtime)
            for old in kept[:-MOST]:
                shutil.rmtree(old, ignore_errors=True)


def forget(key: str) -> None:
    """Take away what is kept under the key, for it is of no use."""
    if folder := cache():
        with contextlib.suppress(OSError), _locked(folder, fcntl.LOCK_EX):
            shutil.rmtree(folder / f"{PREFIX}{key}", ignore_errors=True)


def _copy(source: Path, target: Path, owner: int | None) -> None:
    """Copy a folder of plain files, each to be read by its owner alone."""
    target.mkdir(mode=0o700)
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _copy(source / entry.name, target / entry.name, owner)
            elif entry.is_file(follow_symlinks=False):
                shutil.copyfile(entry.path, target / entry.name)
                (target / entry.name).chmod(0o600)
                if owner is not None:
                    os.chown(target / entry.name, owner, -1)
    if owner is not None:
        os.chown(target, owner, -1)


@contextlib.contextmanager
def _locked(folder: Path, kind: int) -> Iterator[None]:
    with (folder / "lock").open("ab") as file:
        fcntl.flock(file, kind)
        yield
