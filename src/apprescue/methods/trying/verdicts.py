"""From how a trial ended and what is meant to a verdict: a refusal counts only where its controls hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from apprescue.methods.trying.actors import role_of
from apprescue.methods.trying.mentions import Mentions
from apprescue.methods.trying.moments import Clock
from apprescue.methods.trying.outcomes import Way
from apprescue.methods.trying.reasons import plainly
from apprescue.methods.trying.scripts import Scripts
from apprescue.methods.trying.trials import Trial, nobody_may, whoever_row
from apprescue.model.access import Actor, Cell, Operation, Verdict
from apprescue.model.catalog import Catalog
from apprescue.model.replay import Replay, Sign

MEANT_FOR = (Actor.OWNER, Actor.SUBSCRIBER, Actor.MEMBER, Actor.ADMIN, Actor.STRANGER)
SYNTAX = "42601"
TOLD = (Verdict.LEAK, Verdict.UNDECIDED, Verdict.BROKEN)


class Judge:
    """Gives the verdicts of one object's trials."""

    def __init__(self, catalog: Catalog, mentions: Mentions, scripts: Scripts) -> None:
        self._catalog, self._mentions, self._scripts = catalog, mentions, scripts
        self._clock = Clock.of()

    def cells(self, trials: Sequence[Trial]) -> Iterable[Cell]:
        """A cell for each trial."""
        for trial in [_by_relation(trial, trials) for trial in trials]:
            verdict, detail = self._verdict(trial, trials)
            yield Cell(
                object=trial.object,
                kind=trial.kind,
                column=trial.column,
                actor=trial.actor,
                operation=trial.operation,
                row=trial.row + (f", {trial.trick}" if trial.trick else ""),
                verdict=verdict,
                intended=trial.intended,
                detail=self._clock.told(plainly(detail) if verdict is Verdict.UNTESTED else detail),
                replay=self._replay(trial, verdict),
            )

    def _replay(self, trial: Trial, verdict: Verdict) -> Replay:
        """With all that it takes where the cell is told, and where a sensitive column was kept from somebody."""
        kept = verdict is Verdict.DENIED and trial.column and trial.intended is False
        if verdict not in TOLD and not kept:
            return Replay(trial.outcome.act)
        answer = trial.outcome.answer
        if answer and not answer.went and (verdict is Verdict.BROKEN or answer.state == SYNTAX):
            return self._scripts.replay(trial, Sign.ERROR, (answer.state,))
        if trial.one and trial.one.look:
            return self._scripts.replay(trial, Sign.CHANGE)
        return self._scripts.replay(trial, Sign.VALUE if trial.telling else Sign.ROW, trial.telling)

    def _verdict(self, trial: Trial, trials: Sequence[Trial]) -> tuple[Verdict, str]:
        detail = trial.outcome.detail
        match trial.outcome.way:
            case Way.WORKED if trial.intended is None:
                return Verdict.UNDECIDED, detail
            case Way.WORKED:
                return (Verdict.ALLOWED if trial.intended else Verdict.LEAK), detail
            case Way.BROKEN:
                return Verdict.BROKEN, detail + self._circle(trial)
            case Way.BARRED:
                return Verdict.UNTESTED, f"the rules let our row pass, but it could not be added: {detail}"
            case Way.UNCLEAR:
                return Verdict.UNTESTED, detail
        missing = self._control(trial, trials)
        return (Verdict.UNTESTED, f"{detail}; {missing}") if missing else (Verdict.DENIED, detail)

    def _circle(self, trial: Trial) -> str:
        answer, relation = trial.outcome.answer, self._catalog.relation(trial.object)
        if not answer or answer.state not in ("42P17", "54001") or relation is None:
            return ""
        way = self._mentions.cycle(relation)
        return f" ({' → '.join(way)})" if way else ""

    def _control(self, trial: Trial, trials: Sequence[Trial]) -> str:
        """Why a refusal says nothing; empty where the controls hold."""
        relation = self._catalog.relation(trial.object)
        if trial.kind != "table" or relation is None or trial.intended:
            return ""
        if trial.actor in (Actor.OWNER, Actor.SERVICE):
            return ""
        operation = Operation.SELECT if trial.operation is Operation.LISTEN else trial.operation
        same = [t for t in trials if t.operation is operation and not t.trick]
        if operation is Operation.SELECT and not any(t.worked for t in same if t.actor is Actor.SERVICE):
            return "the service role, which sees all, does not see the row either"
        if any(t.worked for t in same if t.actor in MEANT_FOR):
            return ""
        role = role_of(trial.actor)
        if nobody_may(relation, operation) or nobody_may(relation, operation, role):
            return ""
        if whoever_row(relation, operation, role):
            return ""
        return "nobody else could do it either, so the refusal may come of our rows and not of the rules"


def _by_relation(trial: Trial, trials: Sequence[Trial]) -> Trial:
    """What a subscriber or a member can do and a stranger cannot, the rules give him on purpose: it is not known."""
    if (
        trial.actor not in (Actor.SUBSCRIBER, Actor.MEMBER)
        or not trial.worked
        or trial.column
        or trial.intended is not False
    ):
        return trial
    same = [t for t in trials if t.actor is Actor.STRANGER and t.operation is trial.operation and not t.trick]
    return trial if any(t.worked for t in same if t.row == trial.row) else replace(trial, intended=None)
