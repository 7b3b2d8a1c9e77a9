"""What the app is meant to allow, asked where reading cannot tell. The owner's answers stand in `.apprescue.toml` on
the rescue branch, from which everything that follows starts."""

from __future__ import annotations

from collections.abc import Iterable

from apprescue.lab.rescue import Rescue
from apprescue.model.intent import Question
from apprescue.model.sprint import Stage
from apprescue.reports.interface import count
from apprescue.sprint import intent
from apprescue.sprint.run import read_folder
from apprescue.sprint.steps.interface import Came, Doing, Told, Work
from apprescue.sprint.suppressions import FILE

KIND = "intent"


def step(work: Work) -> Doing:
    """Ask, wait for the answers, and keep them."""
    work.tell("reading what the app is meant to allow")
    questions = intent.intent_of(read_folder(work.root).app).questions
    decided = work.answers(KIND)
    for one in questions:
        asked = {"kind": KIND, "text": one.text, "evidence": one.evidence, "default": one.default}
        yield Told("asked", asked, one.key)
        if work.wish.yes and one.key not in decided:
            yield Told("decided", {"kind": KIND, "answer": one.default, "by": "--yes"}, one.key)
    left = [one for one in questions if one.key not in decided]
    if left and not work.wish.yes:
        return Came(stage=Stage.ASKING, reason=f"{count(len(left), 'question')} about what your app is meant to allow.")
    with work.branch() as branch:
        _keep(branch, intent.standing(work.root), ((one, decided[one.key]) for one in questions if one.key in decided))
    return Came(f"{count(len(questions), 'question')} answered" if questions else "Nothing had to be asked.")


def _keep(branch: Rescue, said: str, chosen: Iterable[tuple[Question, bool]]) -> None:
    """Put the owner's answers on the branch, where they do not stand there already."""
    there = intent.standing(branch.root)
    text = intent.written(said or there, chosen)
    if text != there:
        branch.put({FILE: text})
        branch.commit([FILE], "Say what the app is meant to allow: .apprescue.toml\n\nThe owner's answers.\n")
