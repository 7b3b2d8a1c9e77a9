"""The app's risk from 0 to 100: once from the owner's answers, once from what an audit found.

By answers each question has its weight, the ten of them 100 together: a risk counts whole, what is not known by half.

By evidence each finding does harm: what its severity counts, less where a person has still to look, and less where it
costs time or sight rather than money or data. Of one check the second finding counts half as much as the worst one, the
third a quarter, and so on, as one cause stands behind most of them. The worst finding sets where the score begins, and
all of them together fill up what is left to 100: `worst + (100 - worst) * (1 - e ** (-sum / 250))`, rounded up. So
another finding never lowers the score, closing one never raises it, and no number of small ones hides a large one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from apprescue.model.audit import Audit
from apprescue.model.finding import Evidence, Finding, Impact, Severity
from apprescue.model.intake import Answer, Reason, Risk, Unexamined
from apprescue.model.outcome import Crashed
from apprescue.sprint.intake.checklist import CHECKLIST, fit

HARM = {Severity.CRITICAL: 60.0, Severity.HIGH: 30.0, Severity.MEDIUM: 10.0, Severity.LOW: 2.0}
SURE = {Evidence.PROVEN: 1.0, Evidence.OBSERVED: 0.9, Evidence.SUSPECTED: 0.4}
COST = {Impact.MONEY: 1.0, Impact.DATA: 1.0, Impact.ONBOARDING: 0.8, Impact.PERFORMANCE: 0.5, Impact.BLINDNESS: 0.5}
FILLS = 250.0
NOT_KNOWN = 0.5


def risk_from_answers(answers: Mapping[str, Answer]) -> Risk:
    """The risk by what the owner says."""
    told = fit(answers)
    points = {one.key: one.weight * (1 if one in told.risks else NOT_KNOWN) for one in (*told.risks, *told.unknown)}
    reasons = [Reason(one.key, one.words, points[one.key]) for one in CHECKLIST if one in told.risks]
    score = math.ceil(sum(points.values()))
    unknown = tuple(one.words for one in told.unknown)
    return Risk(score, tuple(sorted(reasons, key=lambda one: -one.points)), unknown)


def risk_from_audit(audit: Audit) -> Risk:
    """The risk by what an audit found and nobody accepted."""
    return risk_from_findings(audit.open, unexamined_in(audit))


def risk_from_findings(findings: Iterable[Finding], unexamined: Iterable[Unexamined] = ()) -> Risk:
    """The risk by findings: hand over those that are open. What was not examined is told, and counts nothing."""
    by_check: dict[str, list[Finding]] = {}
    for one in findings:
        by_check.setdefault(one.check, []).append(one)
    reasons = [_reason(check, group) for check, group in by_check.items()]
    worst = max((harm(one) for group in by_check.values() for one in group), default=0.0)
    filled = 1 - math.exp(-math.fsum(one.points for one in reasons) / FILLS)
    score = min(100, math.ceil(worst + (100 - worst) * filled))
    return Risk(score, tuple(sorted(reasons, key=lambda one: (-one.points, one.key))), words_of(unexamined))


def harm(finding: Finding) -> float:
    """The harm that one finding does by itself, at most 60."""
    return HARM[finding.severity] * SURE[finding.evidence] * COST[finding.impact]


def unexamined_in(audit: Audit) -> list[Unexamined]:
    """What an audit did not see, or broke off."""
    return [*audit.not_examined, *audit.crashed]


def words_of(unexamined: Iterable[Unexamined]) -> tuple[str, ...]:
    """What was not examined and why, in words, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for one in unexamined:
        by_reason.setdefault(reason_of(one), []).append(one.check)
    return tuple(f"{', '.join(dict.fromkeys(these))}: {reason}" for reason, these in by_reason.items())


def reason_of(one: Unexamined) -> str:
    """Why something was not examined."""
    return f"the check broke off ({one.error})" if isinstance(one, Crashed) else one.reason


def _reason(check: str, group: list[Finding]) -> Reason:
    worst = min(group, key=lambda one: (-harm(one), one.order))
    falling = sorted(map(harm, group), reverse=True)
    points = math.fsum(one / 2**place for place, one in enumerate(falling[:50]))
    return Reason(check, worst.title, points, len(group))
