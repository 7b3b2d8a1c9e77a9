"""What was found, put in order; looked at again where the owner said what is meant."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.finding import Finding, Severity
from apprescue.model.repair import State
from apprescue.model.sprint import Scores
from apprescue.reports.interface import count
from apprescue.source.stored import stored
from apprescue.sprint import compare
from apprescue.sprint.intake.estimate import estimate
from apprescue.sprint.intake.score import risk_from_findings, unexamined_in
from apprescue.sprint.intake.whole import fixable
from apprescue.sprint.ledger import FINDING
from apprescue.sprint.repair import examine, repeatable
from apprescue.sprint.steps.interface import BEFORE, Came, Doing, Told, Work, looked, of
from apprescue.sprint.steps.questions import KIND

MEANT = "You said that this is meant."


def step(work: Work) -> Doing:
    """Examine the branch again where an answer may have changed what is wrong; then tell the risk and the hours."""
    known = work.findings()
    owner = [one for one in work.events("decided") if one.data["kind"] == KIND and one.data["by"] != "--yes"]
    if owner:
        with work.branch() as branch:
            done = examine(branch.root, work.laboratory, work.tell)
        yield from looked(done, BEFORE)
        now = done.audit.findings
        was, able = list(known.values()), repeatable()
        meant = [one for one in was if one.check in able and compare.again(one, was, now) is None]
        for one in meant:
            known.pop(one.key)
            yield Told(FINDING, {"state": State.CLEARED.value, "reason": MEANT}, one.key)
        known |= {one.key: one for one in now}
    yield from scored(work, list(known.values()), BEFORE)
    worst = sum(one.severity in (Severity.CRITICAL, Severity.HIGH) for one in known.values())
    return Came(f"{count(worst, 'problem')} that cannot wait, {len(known) - worst} that can")


def scored(work: Work, findings: list[Finding], when: str) -> Iterator[Told]:
    """The risk and the hours that findings come to."""
    audit = next((of(one.data) for one in reversed(list(work.events("audit")))), None)
    risk = risk_from_findings(findings, unexamined_in(audit) if audit else ())
    hours = estimate(findings, fixable())
    reasons = tuple(one.words for one in risk.reasons)
    yield Told("score", stored(Scores(when, risk.score, reasons, (hours.low, hours.high))))
