"""What makes an app fast, and what it took before and after."""

from __future__ import annotations

from dataclasses import dataclass, field

from apprescue.model.finding import Finding
from apprescue.model.index import Index
from apprescue.model.load import Latency
from apprescue.model.outcome import NotExamined
from apprescue.model.plan import Plan
from apprescue.model.workload import Screen, Statement, Untold

FAST = 300.0
"""Milliseconds under which 95 of 100 answers of a common read must come."""
EVERYBODY, ALONE = "200 people through a pool of 15", "alone"
"""How it is asked, where one figure has to stand for all; and by nobody else at the same time."""
CALM = "the same, without the queries that are slow alone"
"""How it would be asked if those were repaired which everybody else waits for; only measured where there are any."""


@dataclass(frozen=True, slots=True)
class Advised:
    """An index that was chosen. `size` in bytes: as guessed by the advisor, as built once it stands. `helps` are the
    keys of the statements that it is for; `reason` says so in plain words."""

    index: Index
    size: int
    helps: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An index that the app has and does not need, `name` written `schema.name`. `definition` makes it again.
    `unused` tells that no other one replaces it: no query that is known uses it, but there may be others."""

    name: str
    relation: str
    definition: str
    size: int
    reason: str
    unused: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """What the advisor would do, before anything was built. `considered` candidates, `asked` plans."""

    indexes: tuple[Advised, ...] = ()
    considered: int = 0
    asked: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Built:
    """An index that was built and measured. `tax` is what it adds to one insert, in microseconds; `gains` are the
    statement's key with the median milliseconds without and with this index, all others in place. `refused` says why
    it does not stay, empty where it does."""

    advised: Advised
    seconds: float
    tax: float
    gains: tuple[tuple[str, float, float], ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Another way to write a rule or a function, with the same meaning. `up` and `down` are SQL that do and undo it,
    `about` names what is rewritten (`policy "own rows" on public.posts`)."""

    kind: str
    about: str
    relation: str
    up: str
    down: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A rewrite that was tried: `gains` as of `Built`; `refused` says why it does not stay (slower, other rows, another
    access cell), empty where it does. `same` says what was compared, in words."""

    rewrite: Rewrite
    gains: tuple[tuple[str, float, float], ...] = ()
    same: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one statement took at one size of the data: by how it was asked (`alone`, `pool of 15`, `200 direct`)."""

    rows: int
    latencies: tuple[tuple[str, Latency], ...]

    def under(self, crowd: str) -> Latency | None:
        """What it took under a crowd of that name."""
        return next((latency for name, latency in self.latencies if name == crowd), None)


@dataclass(frozen=True, slots=True)
class Measured:
    """A statement before and after, at growing sizes, with its plans at the largest. `failed` has the server's words
    where it cannot run at all."""

    statement: Statement
    before: tuple[Asked, ...] = ()
    after: tuple[Asked, ...] = ()
    plan_before: Plan | None = None
    plan_after: Plan | None = None
    failed: str = ""

    @property
    def is_common(self) -> bool:
        """Whether it is a read that people wait for all day."""
        return not self.statement.writes and self.statement.kind not in (Screen.ADMIN, Screen.JOB, Screen.WRITE)

    @property
    def was(self) -> Latency | None:
        """What it took before, at the largest size, when everybody asked."""
        return _when_everybody(self.before)

    @property
    def now(self) -> Latency | None:
        """What it takes after, at the largest size, when everybody asks."""
        return _when_everybody(self.after)


def _when_everybody(asked: tuple[Asked, ...]) -> Latency | None:
    return asked[-1].under(EVERYBODY) if asked else None


@dataclass(frozen=True, slots=True)
class Migration:
    """A file of SQL for the owner, and the one that undoes it. `alone` tells that no transaction may stand around it;
    `effect` says what was measured, in words; `sql` and `undo` are the statements alone, without heading and
    transaction."""

    name: str
    up: str
    down: str
    reason: str
    effect: str
    alone: bool = False
    sql: str = ""
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Tuned:
    """Everything that came of tuning. `conditions` says on what it was measured (machine, server, sizes, crowd) as
    pairs of a word and a text; `spread` is the largest difference between repeats, as a share."""

    measured: tuple[Measured, ...] = ()
    indexes: tuple[Built, ...] = ()
    drops: tuple[Dropped, ...] = ()
    rewrites: tuple[Rewritten, ...] = ()
    migrations: tuple[Migration, ...] = ()
    untold: tuple[Untold, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    left_out: tuple[NotExamined, ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()
    spread: float = 0.0
    seconds: float = 0.0
    timings: dict[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def common(self) -> list[Measured]:
        """The common reads that could be measured."""
        return [one for one in self.measured if one.is_common and one.was]

    def waiting(self) -> int:
        """How many common reads are slow only because they wait behind those that are slow by themselves."""
        told = ((one.now, one.after[-1].under(CALM)) for one in self.common if one.after)
        return sum(bool(now and calm and now.p95 >= FAST > calm.p95) for now, calm in told)

    def fast(self, *, after: bool) -> int:
        """How many of the common reads are fast."""
        told = ((one.now or one.was) if after else one.was for one in self.common)
        return sum(latency is not None and latency.p95 < FAST for latency in told)
