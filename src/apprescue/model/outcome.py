"""What became of a check: silence that looks like a pass is a defect, so there are five answers."""

from __future__ import annotations

from dataclasses import dataclass

from apprescue.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Quiet:
    """The check ran and saw nothing."""

    check: str


@dataclass(frozen=True, slots=True)
class Found:
    """The check saw something."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class Cleared:
    """It looked wrong, was tried in the laboratory and did not work. `why` says what came back."""

    finding: Finding
    why: str


@dataclass(frozen=True, slots=True)
class NotExamined:
    """Something was not looked at, and why. `check` is a check's name or the part of the app left out.

    `failed` tells that one of our own tools is missing or broke off: with that, silence is no clean report.
    """

    check: str
    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Crashed:
    """The check itself broke; its silence means nothing."""

    check: str
    error: str


Outcome = Quiet | Found | Cleared | NotExamined | Crashed
