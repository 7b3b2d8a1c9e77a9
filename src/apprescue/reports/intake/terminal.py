"""The intake on a terminal: which sprint fits and why, then the risk, claim beside proof, the scorecard, the hours."""

from __future__ import annotations

from apprescue.model.intake import Answer, Intake, Mark, Sprint
from apprescue.reports.intake.interface import (
    NO_PRICE,
    SAID,
    SHARED,
    SIGNS,
    claimed,
    cost,
    headline,
    hours,
    judgement,
    notes,
    score,
    seen,
)
from apprescue.reports.interface import Screen, count
from apprescue.reports.page.paper import Paper

COLORS = {Mark.PASS: "green", Mark.FAIL: "bold red", Mark.NOT_EXAMINED: "yellow"}
SHOWN = 8


def render(done: Intake, screen: Screen) -> str:
    """The whole intake."""
    paper = Paper(screen)
    if done.name:
        paper.say(done.name, "dim")
        paper.say()
    good = done.offer.sprint in (Sprint.LAUNCH_READY, Sprint.RESCUE, Sprint.DO_IT_YOURSELF) and done.offer.sure
    paper.say(headline(done), "bold green" if good else "bold yellow")
    for reason in done.offer.reasons:
        paper.say(reason, margin=4, lead="•")
    for step in done.offer.instead:
        paper.say(f"Instead: {step}", "green", margin=4)
    for note in notes(done):
        paper.say()
        paper.say(note, "yellow")
    _risk(paper, done)
    _answers(paper, done)
    _readiness(paper, done)
    _hours(paper, done)
    _own(paper, done)
    _unseen(paper, done)
    return paper.text()


def _risk(paper: Paper, done: Intake) -> None:
    paper.rule("THE RISK", "bold")
    paper.pair("by your answers", 16, claimed(done))
    for reason in done.claimed.reasons:
        paper.say(f"{reason.points:.0f} points: {reason.words}", "dim", margin=6, lead="•")
    if done.claimed.unknown:
        paper.say(SHARED, "dim", margin=6)
    if done.shown is None:
        return
    paper.pair("by the audit", 16, score(done.shown))
    for reason in done.shown.reasons[:SHOWN]:
        paper.say(f"{count(reason.number, 'finding')}: {reason.words} ({reason.key})", "dim", margin=6, lead="•")
    if len(done.shown.reasons) > SHOWN:
        paper.say(f"… and {count(len(done.shown.reasons) - SHOWN, 'more reason')}", "dim", margin=6)


def _answers(paper: Paper, done: Intake) -> None:
    if not done.compared:
        return
    paper.rule("WHAT YOU SAY, AND WHAT THE AUDIT SAW", "bold")
    for one in done.compared:
        worth = judgement(one)
        paper.say(f"{one.question.words} {SAID[one.answer].capitalize()}.", margin=4, lead=SIGNS[one.look.mark])
        told = seen(one.look) + (f" ({worth})" if worth else "")
        paper.say(told, COLORS[one.look.mark] if one.refuted or one.look.mark is not Mark.FAIL else "red", margin=6)


def _readiness(paper: Paper, done: Intake) -> None:
    if not done.readiness:
        return
    marks = [one.look.mark for one in done.readiness]
    paper.rule("READY TO LAUNCH?", "bold")
    paper.say(", ".join(f"{marks.count(mark)} {mark}" for mark in Mark) + ". What was not examined is no pass.")
    for one in done.readiness:
        paper.say()
        paper.say(f"{one.row.check}: {one.row.criterion}", margin=4, lead=SIGNS[one.look.mark])
        paper.say(seen(one.look), COLORS[one.look.mark], margin=6)
        if one.look.mark is Mark.FAIL:
            paper.say(f"{one.row.why} What breaks: {one.row.breaks}", "dim", margin=6)


def _hours(paper: Paper, done: Intake) -> None:
    if done.estimate is None:
        return
    paper.rule("WHAT IT TAKES", "bold")
    if not done.estimate.work:
        paper.say("Nothing is to be done about what was examined.")
        return
    paper.say(hours(done.estimate.low, done.estimate.high).capitalize() + ".", "bold")
    for work in done.estimate.work:
        paper.pair(f"{hours(work.low, work.high)}", 18, f"{work.number} × {work.kind}")
    paper.say(cost(done.estimate, done.rate) or NO_PRICE, "" if done.rate else "dim")


def _own(paper: Paper, done: Intake) -> None:
    if done.fit.tight is Answer.NO:
        return
    paper.rule("WHEN THE BUDGET IS TIGHT: THREE THINGS TO DO YOURSELF", "bold")
    for number, own in enumerate(done.own, 1):
        paper.say()
        paper.say(f"{own.title}. {own.why}", margin=4, lead=f"{number}.")
        for step in own.steps:
            paper.say(step, margin=6, lead="•")
        for command in own.commands:
            paper.say(command, "cyan", margin=6)


def _unseen(paper: Paper, done: Intake) -> None:
    if done.unexamined:
        paper.rule("NOT EXAMINED", "bold")
    for one in done.unexamined:
        paper.say(one, "dim", margin=4, lead="•")
