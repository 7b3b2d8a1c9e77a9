"""An inventory of the app in a folder, its secrets hidden as in every paper."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apprescue.model.access import Access
from apprescue.model.outcome import NotExamined
from apprescue.reports import inventories
from apprescue.shelf import module
from apprescue.sprint.bench import TRYING, Bench
from apprescue.sprint.run import Known, read_folder, safe

Tell = Callable[[str], None]
LeftOut = tuple[NotExamined, ...]


def inventory(root: Path, name: str, progress: Tell, bench: Bench = TRYING) -> tuple[list[dict[str, Any]], LeftOut]:
    """The rows of one inventory (`routes`, `queries`, `access`, ...), and what could not be read. Raises as
    `read_folder`. An inventory's parameter says what it is made of: the app, or the access matrix."""
    rows_of = module(inventories, name).rows
    if "access" not in inspect.signature(rows_of).parameters:
        known = _known(root, progress)
        return safe(known, rows_of(known.app), progress)
    matrix, left_out = access(root, progress, bench)
    return rows_of(matrix), left_out


def access(root: Path, progress: Tell, bench: Bench = TRYING) -> tuple[Access, LeftOut]:
    """The access matrix of the app in a folder; empty where it could not be made. Raises as `read_folder`."""
    known = _known(root, progress)
    from apprescue.sprint.laboratory import trial  # a server's client is much to import for those who only read

    tried = trial(known.app, bench, progress=progress).access
    if isinstance(tried, NotExamined):
        return Access(), (*known.left_out, tried)
    return safe(known, tried, progress)


def _known(root: Path, progress: Tell) -> Known:
    progress("reading the app")
    return read_folder(root)
