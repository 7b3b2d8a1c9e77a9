"""A commit taken out of what stands at a later one, by the lines that it changed; nothing is checked out."""

from __future__ import annotations

import tempfile
from itertools import dropwhile
from pathlib import Path

from apprescue.lab.git import git, told

NONE = "0" * 40


def undone(git_dir: Path, commit: str, head: str) -> dict[str, tuple[str, str]] | None:
    """What a commit changed as it would be at `head` without it, as mode and blob by path; None where later changes
    stand on the same lines. Raises CommandError."""
    files = {}
    for path, (mode, before, after) in _changed(git_dir, commit).items():
        there = _blob(git_dir, head, path)
        blob = before if there in (before, after) else _merged(git_dir, there, after, before)
        if not blob:
            return None
        files[path] = mode, blob
    return files


def builds_on(git_dir: Path, commit: str, head: str) -> list[str]:
    """The first commit up to `head` behind which this one cannot be undone alone, and those after it that change the
    same files, oldest first. Raises CommandError."""
    later = told(git_dir, "rev-list", "--reverse", f"{commit}..{head}", "--", *_changed(git_dir, commit)).split()
    return list(dropwhile(lambda one: undone(git_dir, commit, one) is not None, later))


def _merged(git_dir: Path, *blobs: str) -> str:
    """A file with what lies between the two others taken out of it; empty where they touch the same lines."""
    if NONE in blobs:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder, str(number)) for number in range(len(blobs))]
        for name, blob in zip(names, blobs, strict=True):
            name.write_bytes(git(git_dir, "cat-file", "blob", blob).out)
        ran = git(git_dir, "merge-file", "-p", "-q", *map(str, names))
        return "" if ran.code else told(git_dir, "hash-object", "-w", "--no-filters", "--stdin", given=ran.out)


def _changed(git_dir: Path, commit: str) -> dict[str, tuple[str, str, str]]:
    """The files of a commit, as the repository names them: the mode and the blob before it, the blob after it."""
    rows = told(git_dir, "diff-tree", "-r", "-z", "--no-renames", "--no-commit-id", commit, whole=True).split("\0")
    pairs = ((path, about.split(" ")) for about, path in zip(rows[::2], rows[1::2], strict=False))
    return {path: (mode[1:], before, after) for path, (mode, _, before, after, _) in pairs}


def _blob(git_dir: Path, commit: str, path: str) -> str:
    row = told(git_dir, "ls-tree", "-z", "--full-tree", commit, "--", path)
    return row.split("\t")[0].split(" ")[2] if row else NONE
