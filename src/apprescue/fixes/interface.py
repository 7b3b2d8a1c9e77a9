"""A fix is a function: a finding and what it needs in, changes out, or none where it is not sure. It writes nothing.

Its parameters after the finding are its needs, made once by the sprint: `app`, and of the laboratory's rebuilt database
the `catalog`, the `access` matrix and the `intent` that the matrix was held against. Its file's name is the subject of
its commit in short; its module's docstring says what it does, and when it does not.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from apprescue.model.finding import Finding
from apprescue.model.patch import Change, Edit, Gone, Patch, Safety, Todo
from apprescue.shelf import modules, name_of

Changes = Iterable[Change]


@dataclass(frozen=True)
class Fix:
    """A repair for what the checks `answers` find."""

    name: str
    answers: tuple[str, ...]
    title: str
    safety: Safety
    run: Callable[..., Changes]

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of what it must be given beside the finding."""
        return tuple(inspect.signature(self.run).parameters)[1:]

    def patch(self, finding: Finding, world: Mapping[str, Any]) -> Patch | None:
        """The repair of a finding; None where it is another check's, where this fix does not know how, or where what it
        needs is not to be had (absent from `world`, or None there)."""
        if finding.check not in self.answers or any(world.get(need) is None for need in self.needs):
            return None
        changes = tuple(self.run(finding, **{need: world[need] for need in self.needs}))
        edits = tuple(one for one in changes if isinstance(one, Edit))
        gone = tuple(one.path for one in changes if isinstance(one, Gone))
        todo = tuple(one.text for one in changes if isinstance(one, Todo))
        if not edits and not gone:
            return None
        return Patch(self.title, finding.key, edits, self.safety, self.name, gone, todo)


def fix(*answers: str, title: str, safety: Safety = Safety.REVIEW) -> Callable[[Callable[..., Changes]], Fix]:
    """Make a function a fix of the checks of these names. `title` is the subject of its commit."""
    return lambda run: Fix(name_of(run.__module__, "apprescue.fixes"), answers, title, safety, run)


def on_shelf(shelf: ModuleType) -> list[Fix]:
    """Every fix that stands on the shelf."""
    return [thing for file in modules(shelf) for thing in vars(file).values() if isinstance(thing, Fix)]
