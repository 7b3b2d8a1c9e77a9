"""Edits put into texts. They touch what they name and leave every other byte as it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from apprescue.model.patch import Edit, Patch


class EditError(Exception):
    """Edits that cannot be made together, or not in these texts."""


def applied(files: Mapping[str, str], edits: Iterable[Edit]) -> dict[str, str]:
    """The files with the edits in them. Raises EditError where two of them meet, or one lies outside of its file."""
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    return {**files, **{path: _edited(files.get(path, ""), own) for path, own in by_path.items()}}


def _edited(text: str, edits: list[Edit]) -> str:
    whole = text.encode("utf-8", "surrogatepass")
    pieces, done = [], 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        if not done <= edit.start <= edit.end <= len(whole):
            raise EditError(f"an edit at {edit.start} of {edit.path} meets another one or the end of the file")
        pieces += [whole[done : edit.start], edit.text.encode("utf-8", "surrogatepass")]
        done = edit.end
    return b"".join([*pieces, whole[done:]]).decode("utf-8", "surrogatepass")


def joined(files: Mapping[str, str], first: Patch, second: Patch) -> Patch:
    """A patch of these files that does what the first does, and on top of it what the second does. Raises EditError."""
    gone = {*first.gone, *second.gone}
    after = applied(applied(files, first.edits), second.edits)
    edits = tuple(
        Edit(path, 0, len(files.get(path, "").encode("utf-8", "surrogatepass")), text)
        for path, text in after.items()
        if path not in gone and files.get(path) != text
    )
    todo = tuple(dict.fromkeys([*first.todo, *second.todo]))
    return replace(first, edits=edits, fix=f"{first.fix}, {second.fix}", gone=tuple(sorted(gone)), todo=todo)


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What changed, as `git diff` writes it."""
    told: list[str] = []
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if old != new:
            names = f"a/{path}" if old is not None else "/dev/null", f"b/{path}" if new is not None else "/dev/null"
            told += difflib.unified_diff(_rows(old), _rows(new), *names)
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in told)


def _rows(text: str | None) -> list[str]:
    return (text or "").splitlines(keepends=True)


def indent_of(text: str, start: int) -> str:
    """The white space with which the line of a byte begins."""
    whole = text.encode("utf-8", "surrogatepass")
    row = whole[whole.rfind(b"\n", 0, start) + 1 :].decode("utf-8", "surrogatepass")
    return row[: len(row) - len(row.lstrip(" \t"))]
