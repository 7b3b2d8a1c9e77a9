"""All of the intake at once: the answers, and the audit where there was one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from apprescue import fixes
from apprescue.fixes.interface import on_shelf
from apprescue.model.audit import Audit
from apprescue.model.intake import Answer, Intake
from apprescue.sprint.intake.checklist import fit
from apprescue.sprint.intake.estimate import estimate
from apprescue.sprint.intake.look import ran_in
from apprescue.sprint.intake.offer import offered
from apprescue.sprint.intake.own import OWN
from apprescue.sprint.intake.readiness import compared, readiness_of
from apprescue.sprint.intake.score import risk_from_answers, risk_from_audit, unexamined_in


def fixable() -> frozenset[str]:
    """The names of the checks for which a fix exists."""
    return frozenset(check for one in on_shelf(fixes) for check in one.answers)


def intake(
    answers: Mapping[str, Answer], audit: Audit | None = None, known: Collection[str] = (), rate: float = 0.0
) -> Intake:
    """What the answers come to, and what an audit says to them. `known` names the checks for which a fix exists,
    `rate` is the owner's for an hour, 0 for none."""
    told, claimed = fit(answers), risk_from_answers(answers)
    if audit is None:
        return Intake("", told, claimed, offered(told), OWN, rate=rate)
    shown, hours = risk_from_audit(audit), estimate(audit.open, known)
    return Intake(
        audit.name,
        told,
        claimed,
        offered(told, shown, hours),
        OWN,
        shown,
        compared(answers, audit.open, ran_in(audit), unexamined_in(audit)),
        readiness_of(audit),
        hours,
        rate,
        shown.unknown,
    )
