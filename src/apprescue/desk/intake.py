"""The desk's first page: does a rescue fit? The next sprint begins with the answers."""

from __future__ import annotations

from collections.abc import Mapping

from apprescue.model.intake import Answer, Gate, Question
from apprescue.reports.page.text import listing, prose, text
from apprescue.sprint.intake.checklist import every, fit
from apprescue.sprint.intake.offer import offered
from apprescue.sprint.intake.score import risk_from_answers

ASKED = every()
SEND = "<button>Keep, and say what comes of it</button>"
NEXT = "Your answers are kept: the sprint begins with them."
LATER = "Your answers are kept. The sprint that was begun goes on with those that it began with."


def intake(answers: Mapping[str, Answer], begun: bool) -> str:
    """The ten situations and the ten questions, and what the answers come to. `begun` tells whether a sprint is."""
    came = _came(answers) + f"<p>{LATER if begun else NEXT}</p>" if answers else ""
    fields = "".join(_field(one, answers.get(one.key, Answer.UNKNOWN)) for one in ASKED)
    return f"{came}<form method=post action=/intake class=intake>{fields}{SEND}</form>"


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
