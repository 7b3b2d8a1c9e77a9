"""A step is a module with one function, `step(work)`: a generator of what the ledger is to keep; it returns what came
of it.

What it yields is put down together with its end, or not at all: a step that is killed begins again and must be able to.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from apprescue.lab.rescue import Rescue, rescue
from apprescue.model.access import ONLY_SAID, Access
from apprescue.model.audit import Audit, without_secrets
from apprescue.model.finding import Finding
from apprescue.model.intake import Answer
from apprescue.model.sprint import Plan, Stage, Step
from apprescue.source.files import read_tree
from apprescue.source.stored import restored, stored
from apprescue.sprint.bench import TRYING, Bench
from apprescue.sprint.days import RESCUE
from apprescue.sprint.laboratory import Laboratory
from apprescue.sprint.ledger import Event, Ledger
from apprescue.sprint.run import Examined

Tell = Callable[[str], None]
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a sprint is to go. `yes` takes our reading for every answer that is missing; `only` names days or steps (none
    for all), `until` the last day. `answers` are those of the intake, `sizes` the rows that speed is measured at,
    `pack` is where the handover pack goes (empty: into the ledger's folder)."""

    plan: Plan = RESCUE
    yes: bool = False
    only: tuple[str, ...] = ()
    until: str = ""
    again: bool = False
    answers: Mapping[str, Answer] = field(default_factory=dict)
    sizes: tuple[int, ...] = (1_000, 100_000)
    bench: Bench = TRYING
    pack: Path | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Something that the ledger is to keep."""

    kind: str
    data: Mapping[str, Any]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a step: `said` in one line, or `reason` why not."""

    said: str = ""
    stage: Stage = Stage.DONE
    reason: str = ""


Doing = Generator[Told, None, Came]


@dataclass(frozen=True, slots=True)
class Work:
    """What a step works with. `began` is the number of the event that began the sprint, `since` that of the one that
    began this step for the first time; `commit` is the owner's that the sprint starts from."""

    root: Path
    book: Ledger
    commit: str
    began: int
    since: int
    step: Step
    wish: Wish
    laboratory: Laboratory
    tell: Tell

    @contextmanager
    def branch(self) -> Iterator[Rescue]:
        """The rescue branch, for as long as it is worked on."""
        with rescue(self.root, tuple(read_tree(self.root).files), date.today()) as branch:
            yield branch

    def events(self, kind: str) -> Iterator[Event]:
        """What this sprint has put down."""
        return self.book.events(kind, self.began)

    def findings(self) -> dict[str, Finding]:
        """The findings of the sprint by their keys."""
        return {one.key: restored(one.data["finding"], Finding) for one in self.events("found")}

    def answers(self, kind: str) -> dict[str, bool]:
        """What was decided, by what it is about."""
        return {one.key: one.data["answer"] for one in self.events("decided") if one.data["kind"] == kind}


def looked(done: Examined, when: str) -> Iterator[Told]:
    """What an examination saw, its secrets hidden: the audit without its findings, the access matrix, each finding."""
    audit = done.audit
    yield Told("audit", {"when": when, "audit": stored(replace(audit, findings=()))})
    yield Told("access", {"when": when, "access": stored(_short(done))})
    yield from (found(one, when) for one in audit.findings)


def found(finding: Finding, when: str) -> Told:
    """A finding as the ledger keeps it; it holds no secret any more."""
    return Told("found", {"when": when, "severity": finding.severity, "finding": stored(finding)}, finding.key)


def _short(done: Examined) -> Access:
    cells = tuple(replace(cell, replay=ONLY_SAID) for cell in done.access.cells)
    return without_secrets(replace(done.access, cells=cells), done.redact)


def of(data: Mapping[str, Any]) -> Audit:
    """The audit that an event of that kind holds."""
    return restored(data["audit"], Audit)
