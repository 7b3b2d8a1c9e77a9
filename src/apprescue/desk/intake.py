"""The desk's first page: does a rescue fit? Answers come with the address, and nothing of them is kept."""

from __future__ import annotations

from collections.abc import Mapping

from apprescue.model.intake import Answer, Gate, Question
from apprescue.reports.page.text import listing, prose, text
from apprescue.sprint.intake.checklist import CHECKLIST, fit
from apprescue.sprint.intake.gates import GATES
from apprescue.sprint.intake.offer import offered
from apprescue.sprint.intake.score import risk_from_answers


def intake(answers: Mapping[str, Answer]) -> str:
    """The ten situations and the ten questions, and what the answers come to. Nothing of it is kept."""
    came = _came(answers) if answers else ""
    fields = "".join(_field(one, answers.get(one.key, Answer.UNKNOWN)) for one in (*GATES, *CHECKLIST))
    return f"{came}<form method=get action=/intake class=intake>{fields}<button>What comes of it</button></form>"


def _came(answers: Mapping[str, Answer]) -> str:
    judged, risk = fit(answers), risk_from_answers(answers)
    offer = offered(judged)
    points = [*offer.reasons, *offer.instead, *(one.instead for one in judged.closed)]
    return (
        f"<section class=chapter><h2>{text(offer.sprint.value.capitalize())}</h2>"
        f"<p>The risk by your answers: <b>{risk.score} of 100</b> ({text(risk.word)}).</p>"
        f"{listing(map(prose, dict.fromkeys(points)))}</section>"
    )


def _field(one: Gate | Question, answer: Answer) -> str:
    words = one.situation if isinstance(one, Gate) else one.words
    choices = "".join(_choice(one.key, each, answer) for each in Answer)
    return f"<fieldset><legend>{text(words)}</legend>{choices}</fieldset>"


def _choice(key: str, each: Answer, answer: Answer) -> str:
    words = "I do not know" if each is Answer.UNKNOWN else each.value.capitalize()
    chosen = " checked" * (each is answer)
    return f"<label><input type=radio name='{text(key)}' value='{each.value}'{chosen}> {words}</label> "
