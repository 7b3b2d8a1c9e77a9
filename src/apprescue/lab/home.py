"""The folder in which a database server of ours lives: held as long as we live, cleared by the next run otherwise."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from apprescue.lab.binaries import PostgresError, readable, runner
from apprescue.lab.command import CommandError, run

PREFIX = "apprescue-pg-"
HELD = "held"
DATA = "data"
MEMORY = Path("/dev/shm")
LONGEST_ROOM = 60  # a socket's path has about a hundred characters at most


@contextlib.contextmanager
def home(most_disk: int, *, memory: bool = True) -> Iterator[Path]:
    """A new folder with room for that many bytes, which the server's user owns. At the end it is gone.

    Without `memory` it is on disk, where programs may lie too.
    """
    for _ in range(10):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_room(most_disk, memory)))
        with hold(folder, os.O_CREAT) as held:
            if not held:  # another run swept it away before we held it
                continue
            own(folder)
            try:
                yield folder
            finally:
                clear(folder)
            return
    raise PostgresError("No folder could be made for the database server.")


def own(folder: Path) -> None:
    """Make a folder, with all in it, the server's user's: its keeper is to take it away."""
    if (user := runner()) is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, -1, follow_symlinks=False)


def sweep() -> None:
    """Take away what runs have left that were killed together with their keepers, also what still works there."""
    for room in _rooms():
        for folder in room.glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError), hold(folder) as held:
                if held and folder.lstat().st_uid in (os.geteuid(), runner()):
                    clear(folder)


def clear(folder: Path) -> None:
    """End every process that works in the folder's data, and take the folder away."""
    segment = _segment(folder / DATA)
    end = time.monotonic() + 5
    while (left := _working_in(folder / DATA)) and time.monotonic() < end:
        for process in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)
    shutil.rmtree(folder, ignore_errors=True)
    if segment:
        with contextlib.suppress(CommandError):  # gone already where the server came to a good end
            run(["ipcrm", "-m", segment], user=runner(), seconds=5)


def size(folder: Path) -> int:
    """How many bytes on disk the files under a folder take."""
    total, folders = 0, [str(folder)]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
    return total


def _rooms() -> list[Path]:
    """The folders for temporary things that are of a short name and that the server's user may enter."""
    found = [MEMORY, Path(tempfile.gettempdir()).resolve(), Path("/tmp")]
    fit = [room for room in found if len(str(room)) <= LONGEST_ROOM and room.is_dir() and os.access(room, os.W_OK)]
    return [room for room in dict.fromkeys(fit) if runner() is None or readable(room)]


def _room(most_disk: int, memory: bool) -> Path:
    """The room that is used: memory where there is plenty, for there a database is made ten times as fast."""
    for room in _rooms():
        wanted = 2 * most_disk
        if room != MEMORY or (memory and shutil.disk_usage(room).free >= wanted and _memory() >= wanted):
            return room
    raise PostgresError("There is no folder for temporary things that the database server could use.")


def _memory() -> int:
    """How many bytes of memory there are to use."""
    with contextlib.suppress(OSError, TypeError):
        told = re.search(r"MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text())
        limits = [Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")]
        limited = [int(text) for file in limits if file.exists() and (text := file.read_text().strip()).isdigit()]
        return min([int(told[1]) * 1024, *limited]) if told else 0
    return 0


@contextlib.contextmanager
def hold(folder: Path, creating: int = 0) -> Iterator[bool]:
    """Hold the folder's lock, which ends with us at the latest; false where another holds it or it is gone."""
    file = folder / HELD
    try:
        opened = os.open(file, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | creating, 0o600)
    except OSError:
        yield False
        return
    try:
        yield _locked(opened, file)
    finally:
        os.close(opened)


def _locked(opened: int, file: Path) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(opened), os.lstat(file))
    except OSError:
        return False


def _working_in(data: Path) -> list[int]:
    """The processes of the server whose data these are."""
    try:
        owner = data.stat().st_uid
    except OSError:
        return []
    if not Path("/proc/self/cwd").exists():
        return _told_by_file(data)
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == owner and (process / "cwd").readlink() == data:
                found.append(int(process.name))
    return found


def _told_by_file(data: Path) -> list[int]:
    """The same where the system does not tell where a process works: the server's first one, if it is that."""
    with contextlib.suppress(OSError, ValueError, IndexError, CommandError):
        process = int((data / "postmaster.pid").read_text().splitlines()[0])
        command = run(["ps", "-p", str(process), "-o", "command="], seconds=5).out.decode("utf-8", "replace")
        return [process] if str(data) in command else []
    return []


def _segment(data: Path) -> str:
    """The number of the piece of shared memory by which a server knows that its data are in use."""
    with contextlib.suppress(OSError, IndexError):
        return (data / "postmaster.pid").read_text().splitlines()[6].split()[1]
    return ""
