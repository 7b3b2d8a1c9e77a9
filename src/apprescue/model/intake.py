"""What is asked before a rescue begins, and what comes of the answers: fit, risk, readiness, hours, offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from apprescue.model.finding import Finding, Severity
from apprescue.model.outcome import Crashed, NotExamined

ENOUGH_RISKS = 2
"""So many risks of the checklist call for a rescue."""

Unexamined = NotExamined | Crashed


class Answer(StrEnum):
    """What the owner says. UNKNOWN is no good news: it is never shown as fine."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Sprint(StrEnum):
    """What to buy, or not. The value is its title."""

    DO_IT_YOURSELF = "do it yourself"
    LAUNCH_READY = "launch-ready in 48 hours"
    RESCUE = "rescue in 5 to 7 days"
    REBUILD = "rebuild"
    NOT_YET = "not yet"


class Mark(StrEnum):
    """What the audit says to something. Whatever it did not see wholly is NOT_EXAMINED, never PASS."""

    PASS = "pass"
    FAIL = "fail"
    NOT_EXAMINED = "not examined"


@dataclass(frozen=True, slots=True)
class Gate:
    """A situation in which a rescue is the wrong thing to buy, in the owner's words; YES closes it. `instead` is what
    helps him there, `leads` what is offered in place of a rescue."""

    key: str
    situation: str
    instead: str
    leads: Sprint


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the founder's checklist. `risk_when` tells which answer is a risk (True: yes), `weight` how many of
    the 100 points it has. `checks` names the checks, or whole risks, by which an audit answers it; `beyond` is what no
    audit can see of it, empty where an audit sees all."""

    key: str
    words: str
    risk_when: bool
    why: str
    weight: int = 0
    checks: tuple[str, ...] = ()
    beyond: str = ""

    def is_risk(self, answer: Answer) -> bool | None:
        """Whether an answer is a risk; None where it is not known."""
        return None if answer is Answer.UNKNOWN else (answer is Answer.YES) is self.risk_when


@dataclass(frozen=True, slots=True)
class Fit:
    """What the answers come to. `closed` are the situations that hold, `unsure` those that nobody answered; `risks`,
    `unknown` and `fine` are the ten questions. `tight` tells whether the budget is."""

    answers: Mapping[str, Answer]
    closed: tuple[Gate, ...]
    unsure: tuple[Gate, ...]
    risks: tuple[Question, ...]
    unknown: tuple[Question, ...]
    fine: tuple[Question, ...]
    tight: Answer = Answer.UNKNOWN

    @property
    def fits(self) -> bool:
        """Whether no situation is known in which a rescue is wrong."""
        return not self.closed

    @property
    def calls_for_rescue(self) -> bool:
        """Whether the checklist has so many risks that a rescue is called for."""
        return len(self.risks) >= ENOUGH_RISKS


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a risk score: `key` is the question or the check that it comes from, `number` how many findings."""

    key: str
    words: str
    points: float
    number: int = 1


@dataclass(frozen=True, slots=True)
class Risk:
    """How much is at stake, from 0 (nothing known) to 100. Most costly reason first. `unknown` says in words what was
    not answered or not examined: what is behind it is not in the score, or only by half."""

    score: int
    reasons: tuple[Reason, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The score in a word."""
        return next(
            word for least, word in ((70, "severe"), (40, "high"), (15, "some"), (0, "low")) if self.score >= least
        )


@dataclass(frozen=True, slots=True)
class Look:
    """What an audit says to a point: the findings that concern it, worst first; `reasons` say in words what was not
    examined of it."""

    mark: Mark
    findings: tuple[Finding, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the launch scorecard. `checks` and `beyond` as a question's; it fails from the severity `fails_from`
    on, what is milder is told."""

    key: str
    check: str
    criterion: str
    why: str
    breaks: str
    checks: tuple[str, ...] = ()
    beyond: str = ""
    fails_from: Severity = Severity.MEDIUM


@dataclass(frozen=True, slots=True)
class Judged:
    """A row of the scorecard and what the audit says to it."""

    row: Row
    look: Look


@dataclass(frozen=True, slots=True)
class Compared:
    """What the owner says, beside what the audit saw."""

    question: Question
    answer: Answer
    look: Look

    @property
    def refuted(self) -> bool:
        """Whether the owner calls it fine and the audit found something."""
        return self.question.is_risk(self.answer) is False and self.look.mark is Mark.FAIL


@dataclass(frozen=True, slots=True)
class Work:
    """Work of one kind on a number of findings, in hours from least to most."""

    kind: str
    number: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Hours of work from least to most, and what they are made of. Nothing to do is 0 hours."""

    low: float = 0.0
    high: float = 0.0
    work: tuple[Work, ...] = ()

    @property
    def middle(self) -> float:
        """The hours halfway between least and most."""
        return (self.low + self.high) / 2

    def cost(self, rate: float) -> tuple[float, float]:
        """What it costs at a rate per hour, from least to most, in the rate's currency."""
        return self.low * rate, self.high * rate


@dataclass(frozen=True, slots=True)
class Offer:
    """Which sprint fits, and why. `instead` says what else to do where a rescue does not fit. `sure` is False where an
    answer that is not known yet could change it."""

    sprint: Sprint
    reasons: tuple[str, ...]
    instead: tuple[str, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Own:
    """Something to do oneself, by hand and with commands of this tool (PATH stands for the app's folder)."""

    title: str
    why: str
    steps: tuple[str, ...]
    commands: tuple[str, ...]


@dataclass(frozen=True)
class Intake:
    """Everything that is known before a rescue. `claimed` is the risk by the owner's answers, `shown` that by evidence,
    `readiness` and `estimate` come from the audit too: None or empty where there was none. `rate` is the owner's, 0
    where he set none."""

    name: str
    fit: Fit
    claimed: Risk
    offer: Offer
    own: tuple[Own, ...]
    shown: Risk | None = None
    compared: tuple[Compared, ...] = ()
    readiness: tuple[Judged, ...] = ()
    estimate: Estimate | None = None
    rate: float = 0.0
    unexamined: tuple[str, ...] = field(default=())
