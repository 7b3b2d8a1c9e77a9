"""An inventory of the app in a folder, its secrets hidden as in every paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from apprescue.model.audit import without_secrets
from apprescue.model.outcome import NotExamined
from apprescue.reports import inventories
from apprescue.shelf import module
from apprescue.sprint import secrets
from apprescue.sprint.run import read_folder


def inventory(
    root: Path, name: str, progress: Callable[[str], None]
) -> tuple[list[dict[str, Any]], tuple[NotExamined, ...]]:
    """The rows of one inventory (`routes`, `queries`, ...), and what could not be read. Raises as `read_folder`."""
    progress("reading the app")
    known = read_folder(root)
    progress("looking for secrets to hide")
    leaks = secrets.scan(known.app.files)
    seen, left_out = (leaks, known.left_out) if isinstance(leaks, tuple) else (None, (*known.left_out, leaks))
    redact = secrets.redactor(known.app, seen, known.app.files)
    rows: list[dict[str, Any]] = module(inventories, name).rows(known.app)
    return without_secrets(rows, redact), without_secrets(left_out, redact)
