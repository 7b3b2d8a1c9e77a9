"""A sprint as its ledger tells it: the days, what was found, proved and repaired, what was decided and measured.

Everything has the number of the ledger's row that says so, so that each figure in a paper can be traced back to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from apprescue.model.access import Access
from apprescue.model.app import Package
from apprescue.model.audit import Audit
from apprescue.model.finding import Finding, Severity
from apprescue.model.intake import Answer
from apprescue.model.proof import Proof
from apprescue.model.repair import State
from apprescue.model.tuning import Tuned

CLOSED = frozenset({State.REPAIRED, State.ALONG, State.CLEARED})
"""The states in which nothing is left to do."""


class Stage(StrEnum):
    """How far a step has come. ASKING: it waits for the owner. LEFT_OUT: it was not done, for a reason."""

    TO_DO = "to do"
    RUNNING = "running"
    DONE = "done"
    ASKING = "waits for you"
    LEFT_OUT = "left out"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work. `title` is for the client, `seconds` what it usually takes; `work` names the function that
    does it, where that is not its own name, `only` the risks or checks that it is about (none for all)."""

    name: str
    title: str
    seconds: float
    work: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a sprint: `decides` is what the owner decides at its end, `delivers` what he has then, in his words."""

    name: str
    title: str
    steps: tuple[Step, ...]
    decides: str = ""
    delivers: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The table of a whole sprint."""

    name: str
    title: str
    days: tuple[Day, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all days, in their order."""
        return tuple(step for day in self.days for step in day.steps)


@dataclass(frozen=True, slots=True)
class Went:
    """How a step went: `reason` says why not, `said` what came of it in one line."""

    step: str
    stage: Stage
    reason: str = ""
    said: str = ""
    at: str = ""
    seconds: float = 0.0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that only the owner can say. `kind` is fit, intent or patch; `key` is what it is about (an intent's
    key, a finding's). `default` is our own reading; `answer` is None until somebody answers, `by` who did."""

    kind: str
    key: str
    text: str
    evidence: str = ""
    default: bool = True
    answer: bool | None = None
    by: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Stood:
    """A finding and how it stands. `row` is where it was found, `told` where its state was said last (0: nowhere).

    `title` is the repair's, `before` and `after` are what was shown by the same attempt, `cells` how many cells of the
    access matrix the repair put right, `test` the file that tries them again from now on. `new` for what was not there
    at the start.
    """

    finding: Finding
    state: State
    reason: str = ""
    title: str = ""
    commit: str = ""
    difference: str = ""
    lines: int = 0
    cells: int = 0
    todo: tuple[str, ...] = ()
    review: bool = False
    before: Proof | None = None
    after: str = ""
    test: str = ""
    new: bool = False
    row: int = 0
    told: int = 0

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do about it."""
        return self.state in CLOSED


@dataclass(frozen=True, slots=True)
class Kept:
    """A migration that was measured to help: the commit that holds it, or why it could not be kept."""

    migration: str
    commit: str = ""
    reason: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class EnvName:
    """A name of the environment, never its value: where it is read (`server`, `browser`), whether an example file
    lists it."""

    name: str
    sides: tuple[str, ...]
    listed: bool
    row: int = 0


@dataclass(frozen=True, slots=True)
class Command:
    """Something that the owner runs, or clicks, to release: never run by us. `undo` takes it back."""

    title: str
    command: str
    why: str = ""
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """A place that the app is deployed to, and what has to be done there, in this order."""

    name: str
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures that were computed from findings and put down: risk from 0 (none) to 100, hours from least to most.
    `when` is answers, before or after."""

    when: str
    risk: int
    reasons: tuple[str, ...] = ()
    hours: tuple[float, float] = (0.0, 0.0)
    row: int = 0


@dataclass(frozen=True, slots=True)
class Since:
    """What became of the findings since the sprint before, by their keys. `reopened` were closed once and are
    there again, `closed` were open when it ended and are not there any more."""

    new: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """How a sprint stands. `branch` holds the repairs, in the repository `where`. `audit` is that of the first day
    without its findings, those are in `findings`, worst first; `unexamined` says what could not be examined on the last
    day. `rows` names the ledger's rows of what has no row of its own: `plan`, `audit_before`, `access_after`, `tuned`,
    `measured` with a statement's key behind it.
    """

    name: str
    plan: Plan
    commit: str = ""
    branch: str = ""
    where: str = ""
    began: str = ""
    went: Mapping[str, Went] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    audit: Audit | None = None
    findings: tuple[Stood, ...] = ()
    decisions: tuple[Decision, ...] = ()
    access_before: Access | None = None
    access_after: Access | None = None
    tuned: Tuned | None = None
    kept: tuple[Kept, ...] = ()
    scores: tuple[Scores, ...] = ()
    env: tuple[EnvName, ...] = ()
    packages: tuple[Package, ...] = ()
    hosts: tuple[Host, ...] = ()
    unexamined: tuple[str, ...] = ()
    since: Since | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    last: int = 0

    @property
    def open(self) -> tuple[Stood, ...]:
        """What is left to do."""
        return tuple(one for one in self.findings if not one.closed and one.state is not State.SUPPRESSED)

    @property
    def asking(self) -> tuple[Decision, ...]:
        """What the owner has to decide now."""
        return tuple(one for one in self.decisions if one.answer is None)

    def of(self, *severities: Severity) -> tuple[Stood, ...]:
        """The findings of these severities."""
        return tuple(one for one in self.findings if one.finding.severity in severities)

    def by(self, *risks: str) -> tuple[Stood, ...]:
        """The findings of these risks (`access`), or checks (`secrets/key_in_client_code`)."""
        return tuple(
            one for one in self.findings if one.finding.check in risks or one.finding.check.split("/")[0] in risks
        )
