"""An inventory of the app in a folder, its secrets hidden as in every paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from apprescue.lab import leaks as engine
from apprescue.model.audit import without_secrets
from apprescue.model.leak import Redactor
from apprescue.reports import inventories
from apprescue.shelf import module
from apprescue.sprint.run import read_folder


def inventory(root: Path, name: str, progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """The rows of one inventory (`routes`, `queries`, ...). Raises as `read_folder`."""
    progress("reading the app")
    app = read_folder(root)
    progress("looking for secrets to hide")
    leaks = engine.scan(app.files)
    rows: list[dict[str, Any]] = module(inventories, name).rows(app)
    return without_secrets(rows, Redactor(leaks if isinstance(leaks, tuple) else ()))
