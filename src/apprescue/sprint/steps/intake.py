"""Whether a rescue is the right thing to buy, by the owner's answers. Where it is not, he is asked before anything is
done."""

from __future__ import annotations

from apprescue.model.sprint import Scores, Stage
from apprescue.source.stored import stored
from apprescue.sprint.intake.checklist import fit
from apprescue.sprint.intake.kept import kept
from apprescue.sprint.intake.score import risk_from_answers
from apprescue.sprint.steps.interface import Came, Doing, Told, Work

KIND = "fit"


def step(work: Work) -> Doing:
    """Take the answers down, and ask whether to go on where a situation speaks against it."""
    answers = work.wish.answers or kept(work.book)
    judged = fit(answers)
    yield Told("answers", {key: answer.value for key, answer in answers.items()})
    if answers:
        risk = risk_from_answers(answers)
        yield Told("score", stored(Scores("answers", risk.score, tuple(one.words for one in risk.reasons))))
    decided = work.answers(KIND)
    for gate in judged.closed:
        text = f"Go on although this holds: {gate.situation}"
        yield Told("asked", {"kind": KIND, "text": text, "evidence": gate.instead, "default": True}, gate.key)
        if work.wish.yes and gate.key not in decided:
            yield Told("decided", {"kind": KIND, "answer": True, "by": "--yes"}, gate.key)
    open_ = [gate for gate in judged.closed if gate.key not in decided and not work.wish.yes]
    if open_:
        return Came(stage=Stage.ASKING, reason=f"A rescue may be the wrong thing to buy: {open_[0].instead}")
    if not all(decided.values()):
        return Came(stage=Stage.FAILED, reason="You decided not to go on.")
    if not answers:
        return Came(
            stage=Stage.LEFT_OUT,
            reason="Nobody answered the questions: the desk and `apprescue fit --questions` have them.",
        )
    return Came("A rescue fits." if judged.fits else "You go on although a rescue may not fit.")
