"""A fix is a function: a finding and the app in, a patch out, or None where it is not sure. It writes nothing.

Its file's name is the subject of its commit in short; its module's docstring says what it does, and when it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Patch, Safety
from apprescue.shelf import modules, name_of

Edits = tuple[Edit, ...]


@dataclass(frozen=True)
class Fix:
    """A repair for what the checks `answers` find."""

    name: str
    answers: tuple[str, ...]
    title: str
    safety: Safety
    run: Callable[[Finding, App], Edits]

    def patch(self, finding: Finding, app: App) -> Patch | None:
        """The repair of a finding; None where it is another check's, or where this fix does not know how."""
        edits = self.run(finding, app) if finding.check in self.answers else ()
        return Patch(self.title, finding.key, edits, self.safety) if edits else None


def fix(*answers: str, title: str, safety: Safety = Safety.REVIEW) -> Callable[[Callable[[Finding, App], Edits]], Fix]:
    """Make a function a fix of the checks of these names. `title` is the subject of its commit."""
    return lambda run: Fix(name_of(run.__module__, "apprescue.fixes"), answers, title, safety, run)


def on_shelf(shelf: ModuleType) -> list[Fix]:
    """Every fix that stands on the shelf."""
    return [thing for file in modules(shelf) for thing in vars(file).values() if isinstance(thing, Fix)]
