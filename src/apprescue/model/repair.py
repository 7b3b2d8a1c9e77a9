"""What became of findings that somebody tried to repair."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apprescue.model.finding import Finding
from apprescue.model.patch import Patch
from apprescue.model.proof import Proof


class State(StrEnum):
    """How a finding stands. OPEN: nothing was tried. REPAIRED: a commit closes it, and that was proved. ALONG: it was
    closed by the repair of another one. REFUSED: a repair was made and taken back, for its proof failed. BY_HAND: no
    repair is known; a person has to do it. SUPPRESSED: the owner accepts it for a time. CLEARED: it looked wrong and
    was proved to be safe."""

    OPEN = "open"
    REPAIRED = "repaired"
    ALONG = "closed with another"
    REFUSED = "refused by proof"
    BY_HAND = "by hand"
    SUPPRESSED = "suppressed"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Repair:
    """One finding and what became of it.

    `reason` says why not, or with which other repair. `commit` closes it, by `lines` changed lines; `difference` is the
    patch as text. `before` is what was shown before, `after` what the same attempt came to afterwards, in words,
    `cells` how many cells of the access matrix it put right, `test` the file that tries them again from now on.
    """

    finding: Finding
    state: State
    reason: str = ""
    patch: Patch | None = None
    commit: str = ""
    difference: str = ""
    lines: int = 0
    cells: int = 0
    before: Proof | None = None
    after: str = ""
    test: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a run came to. `branch` is where the commits are, in the repository `where`; `base` the owner's commit that
    they start from, `earlier` how many commits an earlier run had left there. `findings` counts those at the start,
    `own_checks` names those of the app's own checks (types, tests) that were run after each repair of code, `notes` is
    what the owner must know."""

    name: str
    branch: str
    where: str
    base: str
    repairs: tuple[Repair, ...]
    earlier: int = 0
    own_checks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    def by(self, *states: State) -> tuple[Repair, ...]:
        """The repairs in these states."""
        return tuple(one for one in self.repairs if one.state in states)


@dataclass(frozen=True, slots=True)
class Verified:
    """An app before and after somebody changed it: findings that are closed, still open, or new; cells of the access
    matrix that got worse, in words; what could not be examined, in words."""

    name: str
    closed: tuple[Finding, ...] = ()
    still_open: tuple[Finding, ...] = ()
    opened: tuple[Finding, ...] = ()
    worse: tuple[str, ...] = ()
    not_examined: tuple[str, ...] = ()
    seconds: float = 0.0
