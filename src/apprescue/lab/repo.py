"""Reads an app's git history without trusting it: no hook, filter, pager or network is ever started by it.

Everything here only reads. A history with objects missing gives what is there; one that git cannot read gives a
reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from apprescue.lab.command import CommandError, Ran
from apprescue.lab.git import git, read_batch, start
from apprescue.model.outcome import NotExamined

LARGEST_BLOB = 1_000_000


@dataclass(frozen=True, slots=True)
class Blob:
    """A text that some commit of the history held, under the first path that it is known by."""

    id: str
    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Repo:
    """A git repository, or the part of one that stands in the folder `root`.

    `git_dir` is its own folder, `commit` the newest commit's id or empty, `inside` the path from the repository's top
    folder to `root`, empty where they are the same.
    """

    root: Path
    git_dir: Path
    commit: str
    inside: str = ""

    @property
    def is_shallow(self) -> bool:
        """Whether it was copied without its older commits."""
        shared = self.git_dir / "commondir"
        home = self.git_dir / shared.read_text("utf-8", "replace").strip() if shared.is_file() else self.git_dir
        return (home / "shallow").is_file()


@dataclass(frozen=True, slots=True)
class Objects:
    """The texts of a history: pairs of an id and the first path that names it, and how many are not there."""

    blobs: tuple[tuple[str, str], ...]
    missing: int


def open_repo(root: str | Path) -> Repo | NotExamined:
    """The repository (it may be a bare one) that the folder `root` is or is a part of, or why none can be read."""
    folder = Path(root).resolve()
    above = ((top, _git_dir_of(top)) for top in (folder, *folder.parents))
    try:
        top, git_dir = next(((top, found) for top, found in above if found), (folder, None))
    except OSError as error:
        return NotExamined("history", f"the folder of git cannot be opened: {error.strerror}")
    if git_dir is None:
        return NotExamined("history", "the folder is no git repository, so older versions are not known")
    try:
        said = git(git_dir, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", seconds=10)
    except CommandError as error:
        return NotExamined("history", str(error), failed=True)
    commit = said.out.decode("ascii", "replace").strip()
    if said.code and said.err:
        return NotExamined("history", f"git cannot read the repository: {said.complaint}", failed=True)
    return Repo(folder, git_dir, commit, folder.relative_to(top).as_posix() if top != folder else "")


def tracked(repo: Repo) -> frozenset[str] | NotExamined:
    """The paths below the folder that the newest commit holds: what others get when they clone."""
    if not repo.commit:
        return NotExamined("history", "the repository has no commit yet")
    try:
        said = git(repo.git_dir, "ls-tree", "-r", "-z", "--name-only", f"{repo.commit}:{repo.inside}", seconds=30)
    except CommandError as error:
        return NotExamined("history", str(error), failed=True)
    if said.code:
        return NotExamined("history", f"git cannot list the newest commit: {said.complaint}")
    return frozenset(filter(None, said.out.decode("utf-8", "replace").split("\0")))


def objects(repo: Repo, seconds: float = 60) -> Objects:
    """Every blob of a common size that a branch or tag reaches, once. Raises CommandError."""
    fitting = f"--filter=combine:blob:limit={LARGEST_BLOB}+object:type=blob"
    listing = start(
        repo.git_dir, "rev-list", "--objects", "--all", "--missing=print", fitting, streaming=True, seconds=seconds
    )
    found, missing = [], 0
    for line in listing.out:
        name, _, path = line.rstrip(b"\n").partition(b" ")
        missing += name.startswith(b"?")
        if path:
            found.append((name.decode("ascii"), path.decode("utf-8", "replace")))
    _must_end_well(listing.result())
    return Objects(tuple(found), missing)


def blobs(repo: Repo, wanted: Sequence[tuple[str, str]], seconds: float = 120) -> Iterator[Blob]:
    """The texts of blobs, given as pairs of id and path. Binary and missing ones are left out.

    Raises CommandError where git stops half-way.
    """
    paths = dict(wanted)
    names = "".join(f"{name}\n" for name in paths).encode("ascii")
    reading = start(repo.git_dir, "cat-file", "--batch", "--buffer", given=names, streaming=True, seconds=seconds)
    try:
        for name, data in read_batch(reading.out):
            if b"\0" not in data[:8000]:
                yield Blob(name, paths[name], data)
    except BaseException:
        reading.stop()
        raise
    _must_end_well(reading.result())


def births(repo: Repo, ids: Iterable[str], seconds: float = 60) -> dict[str, tuple[str, str]]:
    """For blobs, the oldest commit that brought each, and its path there. What no commit brings is left out."""
    wanted = set(ids)
    if not wanted:
        return {}
    born: dict[str, tuple[str, str]] = {}
    finding = [f"--find-object={name}" for name in sorted(wanted)] if len(wanted) <= 500 else []
    log = start(
        repo.git_dir, "log", "--all", "-m", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv",
        "-z", "--format=%H", *finding, streaming=True, seconds=seconds,
    )  # fmt: skip
    commit = ""
    fields = iter(_fields(log.out))
    for field in fields:
        text = field.lstrip(b"\n")
        if text.startswith(b":"):
            path = next(fields, b"").decode("utf-8", "replace")
            name = text.split(b" ")[3].decode("ascii", "replace")
            if name in wanted:
                born[name] = (commit, path)
        elif re.fullmatch(rb"[0-9a-f]{40,64}", text):
            commit = text.decode("ascii")
    _must_end_well(log.result())
    return born


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while part := stream.read(65536):
        *whole, rest = (rest + part).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _must_end_well(ran: Ran) -> None:
    if ran.code:
        raise CommandError(f"git cannot read the history: {ran.complaint}")


def _is_git_dir(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def _git_dir_of(top: Path) -> Path | None:
    """The git folder of a bare repository, or of a work tree: `.git`, or what a `.git` file names (a linked one)."""
    if _is_git_dir(top):
        return top
    dot = top / ".git"
    if dot.is_dir():
        return dot if _is_git_dir(dot) else None
    if dot.is_file():
        named = dot.read_text("utf-8", "replace")[:4096].removeprefix("gitdir:").strip()
        return (top / named).resolve() if (top / named / "HEAD").is_file() else None
    return None
