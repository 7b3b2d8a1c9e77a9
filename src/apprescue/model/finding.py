"""What is wrong, where, how bad, and how we know."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from apprescue.model.access import Claim
from apprescue.model.facts import Fact
from apprescue.model.place import Code, Place
from apprescue.model.proof import Proof


class Severity(StrEnum):
    """How much harm is done when it happens. Confidence is never mixed in: that is `Evidence`."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Impact(StrEnum):
    """What the business loses."""

    MONEY = "money"
    DATA = "data exposure"
    ONBOARDING = "onboarding"
    PERFORMANCE = "performance"
    BLINDNESS = "blindness"

    @property
    def rank(self) -> int:
        """0 for the most costly."""
        return list(Impact).index(self)


class Evidence(StrEnum):
    """How we know: a reproduction ran, it is certain by reading, or a person must look."""

    PROVEN = "proven"
    OBSERVED = "observed"
    SUSPECTED = "suspected"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return list(Evidence).index(self)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check saw. It does not say its own name: the sprint stamps that on.

    `detail` is for the owner, about this very place, in plain words. `cause` names what several sightings
    have in common; sightings of one check with the same cause become one finding with related places.
    `severity` and `evidence` overrule the check's own where this sighting is better or worse. `repair`
    overrules the check's general repair text, e.g. with a provider's rotation steps. `claims` say what somebody could
    do to the database if this is right: where the laboratory tries it, the claim is proven or cleared. `facts` say
    what must be true of the database's structure.
    """

    place: Place
    detail: str
    related: tuple[Place, ...] = ()
    cause: str = ""
    severity: Severity | None = None
    impact: Impact | None = None
    evidence: Evidence | None = None
    title: str = ""
    repair: str = ""
    proof: Proof | None = None
    claims: tuple[Claim, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `key` survives line moves: it is the thread through ledger, commit and report."""

    key: str
    check: str
    severity: Severity
    impact: Impact
    evidence: Evidence
    title: str
    detail: str
    place: Place
    related: tuple[Place, ...]
    repair: str
    prompt: str
    cwe: tuple[str, ...]
    owasp: tuple[str, ...]
    proof: Proof | None = None
    suppressed: str = ""
    claims: tuple[Claim, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def order(self) -> tuple[int, int, int, str, str]:
        """Most costly first: severity, impact, evidence; then name and place, so that runs agree."""
        return (self.severity.rank, self.impact.rank, self.evidence.rank, self.check, str(self.place))


def key_of(check: str, place: Place, excerpt: str, twin: int = 0) -> str:
    """A finding's key: its check, its place without line numbers, and the words that stand there.

    `twin` counts findings whose check, place and words are all the same (0 for the first).
    """
    where = place.path if isinstance(place, Code) else str(place)
    words = " ".join(excerpt.split())
    return hashlib.sha256(f"{check}\0{where}\0{words}\0{twin}".encode()).hexdigest()[:16]
