"""Finds what stands on a shelf. A thing joins its shelf by existing: its file is its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any


def modules(shelf: ModuleType) -> Iterator[ModuleType]:
    """Every module that stands on the shelf, folders opened, in the order of their names."""
    for info in pkgutil.walk_packages(shelf.__path__, f"{shelf.__name__}."):
        leaf = info.name.rpartition(".")[2]
        if not info.ispkg and not leaf.startswith("_") and leaf != "interface":
            yield importlib.import_module(info.name)


def name_of(module: str, shelf: str) -> str:
    """A thing's name from its module: `apprescue.checks.cors.any_origin` on `apprescue.checks` is `cors/any_origin`."""
    return module.removeprefix(shelf + ".").replace(".", "/")


def names(shelf: ModuleType) -> list[str]:
    """The names of everything on the shelf, told from its files alone: nothing is imported."""
    return sorted(_names(Path(next(iter(shelf.__path__)))))


def _names(folder: Path, before: str = "") -> Iterator[str]:
    for info in pkgutil.iter_modules([str(folder)]):
        if info.ispkg:
            yield from _names(folder / info.name, f"{before}{info.name}/")
        elif not info.name.startswith("_") and info.name != "interface":
            yield before + info.name


def module(shelf: ModuleType, name: str) -> Any:
    """The one thing of that name on the shelf; nothing else is imported."""
    return importlib.import_module(f"{shelf.__name__}.{name.replace('/', '.')}")
