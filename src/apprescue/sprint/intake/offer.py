"""Which sprint fits: by the situation, the checklist, the risk and the hours. What is not known sells nothing.

A situation in which a rescue is wrong decides before everything else. Then: two risks of the checklist, or a risk from
40 on, call for a rescue; where the work fits into two working days it is the sprint of 48 hours. What is less gets the
48 hours too, however long the list of small things is, and where there is hardly a risk one can do it oneself. Where
too little is known for any of these, the answer is to look first.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.intake import ENOUGH_RISKS, Estimate, Fit, Offer, Risk, Sprint
from apprescue.sprint.intake.gates import GATES

TWO_DAYS, ONE_SPRINT = 16.0, 56.0
HIGH_RISK, SOME_RISK = 40, 15
STRONGEST = (Sprint.NOT_YET, Sprint.REBUILD, Sprint.DO_IT_YOURSELF)
LOOK_FIRST = "Answer the checklist, or let the app be read: apprescue fit PATH"


def offered(fit: Fit, risk: Risk | None = None, hours: Estimate | None = None) -> Offer:
    """Which sprint fits. `risk` is that by evidence and `hours` its estimate; None where there was no audit yet."""
    if fit.closed:
        return _closed(fit)
    hidden = not fit.calls_for_rescue and len(fit.risks) + len(fit.unknown) >= ENOUGH_RISKS
    if risk is None and hidden:
        why = (
            f"{_of_ten(len(fit.unknown))} questions of the checklist have no answer yet: nobody can tell what it needs."
        )
        return Offer(Sprint.NOT_YET, (why, *_open(fit)), (LOOK_FIRST,), sure=False)
    sprint = _by_need(fit, risk, hours)
    sure = not fit.unsure and risk is not None and (sprint is Sprint.RESCUE or not hidden)
    return Offer(sprint, (*_reasons(fit, risk, hours), *_too_much(sprint, hours), *_open(fit)), sure=sure)


def _closed(fit: Fit) -> Offer:
    leads = {gate.leads for gate in fit.closed}
    sprint = next(one for one in STRONGEST if one in leads)
    told = sorted(fit.closed, key=lambda gate: STRONGEST.index(gate.leads))
    return Offer(sprint, tuple(gate.situation for gate in told), tuple(gate.instead for gate in told))


def _by_need(fit: Fit, risk: Risk | None, hours: Estimate | None) -> Sprint:
    score = risk.score if risk else 0
    if fit.calls_for_rescue or score >= HIGH_RISK:
        return Sprint.LAUNCH_READY if hours is not None and hours.middle <= TWO_DAYS else Sprint.RESCUE
    return Sprint.LAUNCH_READY if fit.risks or score >= SOME_RISK else Sprint.DO_IT_YOURSELF


def _reasons(fit: Fit, risk: Risk | None, hours: Estimate | None) -> Iterator[str]:
    number = len(fit.risks)
    yield (
        f"{number or 'No'} risk{'s' * (number != 1)} by your own answers; {ENOUGH_RISKS} or more call for a rescue."
        if number or not fit.unknown
        else "You have named no risk yet."
    )
    if risk is not None:
        least = "at least " if risk.unknown and risk.score < 100 else ""
        yield f"By the audit the risk is {least}{risk.score} of 100 ({risk.word})."
    if hours is not None and hours.high:
        yield f"What it found takes {hours.low:.0f} to {hours.high:.0f} hours."


def _too_much(sprint: Sprint, hours: Estimate | None) -> Iterator[str]:
    room = {Sprint.LAUNCH_READY: TWO_DAYS, Sprint.RESCUE: ONE_SPRINT}.get(sprint)
    if hours is not None and room is not None and hours.middle > room:
        yield "That is more than fits into it: the worst comes first, and the rest is handed over as a list."


def _open(fit: Fit) -> Iterator[str]:
    if fit.unsure:
        number = _of_ten(len(fit.unsure))
        yield f"{number} situations in which a rescue is the wrong thing have no answer yet: any could change this."


def _of_ten(number: int) -> str:
    return "All ten" if number == len(GATES) else f"{number} of the ten"
