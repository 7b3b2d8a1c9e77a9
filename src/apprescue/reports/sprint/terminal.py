"""A sprint on a terminal: its days and what came of each step, what waits for the owner, what he does next."""

from __future__ import annotations

from apprescue.model.finding import Severity
from apprescue.model.repair import State
from apprescue.model.sprint import Day, Stage, Standing
from apprescue.reports.interface import Screen, count
from apprescue.reports.page.paper import Paper

SIGNS = {
    Stage.TO_DO: (" ", "dim"),
    Stage.RUNNING: ("▸", "bold"),
    Stage.DONE: ("✓", "green"),
    Stage.ASKING: ("?", "bold yellow"),
    Stage.LEFT_OUT: ("–", "dim"),
    Stage.FAILED: ("✗", "bold red"),
}
SHOWN = 10


def render(standing: Standing, screen: Screen, pack: str = "") -> str:
    """How the sprint stands. `pack` is the folder of the handover pack, empty where there is none yet."""
    paper = Paper(screen)
    paper.say(f"{standing.name} · {standing.plan.title}", "dim")
    paper.say()
    _headline(paper, standing)
    for day in standing.plan.days:
        _day(paper, standing, day)
    _asking(paper, standing)
    _next(paper, standing, pack)
    return paper.text()


def _headline(paper: Paper, standing: Standing) -> None:
    closed = sum(one.closed for one in standing.findings)
    worst = sum(not one.closed for one in standing.of(Severity.CRITICAL, Severity.HIGH))
    if not standing.findings:
        paper.say("Nothing was found so far.", "bold")
        return
    paper.say(f"{closed} of {count(len(standing.findings), 'problem')} closed.", "bold green" if closed else "bold")
    if worst:
        paper.say(f"{count(worst, 'problem')} that cannot wait still open.", "yellow")
    before, after = (next((s.risk for s in standing.scores if s.when == w), None) for w in ("before", "after"))
    if before is not None and after is not None:
        paper.say(f"Risk: {before} of 100 before, {after} after.")
    if since := standing.since:
        told = f"{len(since.new)} new, {len(since.closed)} closed, {len(since.reopened)} reopened"
        paper.say(f"Since the sprint before: {told}, {len(since.unchanged)} unchanged.")


def _day(paper: Paper, standing: Standing, day: Day) -> None:
    paper.rule(f"DAY {day.name.upper()} · {day.title}", "bold")
    for step in day.steps:
        went = standing.went.get(step.name)
        sign, style = SIGNS[went.stage if went else Stage.TO_DO]
        paper.say(step.title, style if went else "dim", margin=4, lead=sign)
        if went and (went.said or went.reason):
            took = f" ({went.seconds:.0f} s)" if went.seconds >= 1 else ""
            paper.say(f"{went.said or went.reason}{took}", "dim", margin=6)


def _asking(paper: Paper, standing: Standing) -> None:
    if standing.asking:
        paper.rule("WAITS FOR YOU", "bold yellow")
    for number, one in enumerate(standing.asking[:SHOWN], 1):
        paper.say(one.text, margin=5, lead=f"{number}.")
        if one.evidence:
            paper.say(one.evidence, "dim", margin=5)
    if len(standing.asking) > SHOWN:
        paper.say(f"… and {len(standing.asking) - SHOWN} more", "dim", margin=5)


def _next(paper: Paper, standing: Standing, pack: str) -> None:
    paper.rule("WHAT NOW", "bold")
    if standing.asking:
        paper.say(
            "Answer at the desk (`apprescue desk PATH`), then run the sprint again: it goes on from here.", margin=2
        )
        paper.say("Or run it at a terminal, which asks you; --yes takes our reading everywhere.", "dim", margin=2)
    if any(one.state is State.REPAIRED for one in standing.findings):
        repairs = f"{standing.commit[:10]}..{standing.branch}"
        paper.say(f"look at the repairs: git --git-dir={standing.where} log --patch {repairs}", margin=2)
        paper.say(f"take them: git merge {standing.branch}", margin=2)
    if pack:
        paper.say(f"the handover pack: {pack}", margin=2)
