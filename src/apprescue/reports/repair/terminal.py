"""A run of repairs on a terminal: what is closed and how that was proved, what was taken back and why, what is left."""

from __future__ import annotations

from collections.abc import Iterable

from apprescue.model.finding import Finding
from apprescue.model.repair import Repair, Repaired, State, Verified
from apprescue.reports.interface import Screen, count
from apprescue.reports.page.paper import Paper
from apprescue.reports.repair.interface import by_reason, headline, loud, made, steps

SHOWN = 15


def render(done: Repaired, screen: Screen, *, dry: bool = False) -> str:
    """The whole run; the differences too where it was `dry`."""
    paper = Paper(screen)
    closed = done.by(State.REPAIRED, State.ALONG)
    paper.say(f"{done.name} · {count(len(done.repairs), 'finding')} taken up · {done.seconds:.0f} s", "dim")
    paper.say()
    paper.say(headline(done, dry), "bold green" if closed else "bold yellow")
    if told := loud(done):
        paper.say(told)
    for note in done.notes:
        paper.say(note, "yellow")
    _closed(paper, done.by(State.REPAIRED), done.by(State.ALONG), dry)
    _listed(paper, "TRIED AND TAKEN BACK", done.by(State.REFUSED))
    _listed(paper, "LEFT FOR A PERSON", done.by(State.BY_HAND))
    _todo(paper, done)
    _next(paper, done, dry)
    return paper.text()


def verified(done: Verified, screen: Screen) -> str:
    """What became of an app that somebody else changed."""
    paper = Paper(screen)
    paper.say(f"{done.name} · {done.seconds:.0f} s", "dim")
    paper.say()
    bad = bool(done.opened or done.worse)
    told = f"{count(len(done.closed), 'finding')} closed, {len(done.still_open)} still open, {len(done.opened)} new."
    paper.say(told, "bold red" if bad else "bold green" if done.closed else "bold yellow")
    _findings(paper, "NEWLY BROKEN", done.opened, "bold red")
    if done.worse:
        paper.rule("WHO CAN DO WHAT GOT WORSE", "bold red")
    for one in done.worse[:SHOWN]:
        paper.say(one, margin=4, lead="!")
    _findings(paper, "CLOSED", done.closed, "bold green")
    _findings(paper, "STILL OPEN", done.still_open, "bold yellow")
    if done.not_examined:
        paper.rule("NOT EXAMINED", "bold")
    for one in done.not_examined:
        paper.say(one, "dim", margin=4, lead="•")
    return paper.text()


def _closed(paper: Paper, repairs: Iterable[Repair], along: Iterable[Repair], dry: bool) -> None:
    listed = list(repairs)
    if listed:
        paper.rule("CLOSED, AND PROVED", "bold green")
    for one in listed:
        _head(paper, one, "✓")
        paper.say(f"now: {one.after}", "green", margin=6)
        paper.say(f"{made(one)} {one.commit[:10] if not dry else ''}", "dim", margin=6)
        if one.test:
            paper.say(f"test: {one.test}", "dim", margin=6)
        for row in one.difference.splitlines() if dry else ():
            paper.say(row or " ", "green" if row.startswith("+") else "red" if row.startswith("-") else "dim", margin=6)
    for one in along:
        _head(paper, one, "✓")
        paper.say(one.reason, "dim", margin=6)


def _listed(paper: Paper, title: str, repairs: Iterable[Repair]) -> None:
    listed = list(repairs)
    if listed:
        paper.rule(title, "bold yellow")
    for reason, same in by_reason(listed):
        paper.say(reason, "dim", margin=2)
        for one in same[:SHOWN]:
            _head(paper, one, "•")
        if len(same) > SHOWN:
            paper.say(f"… and {len(same) - SHOWN} more", "dim", margin=4)


def _head(paper: Paper, one: Repair, lead: str) -> None:
    paper.say(f"{one.finding.severity}: {one.finding.title}", margin=4, lead=lead)
    paper.place(one.finding.place, "cyan")


def _findings(paper: Paper, title: str, findings: tuple[Finding, ...], style: str) -> None:
    if findings:
        paper.rule(title, style)
    for one in findings[:SHOWN]:
        paper.say(f"{one.severity}: {one.title}", margin=4, lead="•")
        paper.place(one.place, "cyan")
    if len(findings) > SHOWN:
        paper.say(f"… and {len(findings) - SHOWN} more", "dim", margin=4)


def _todo(paper: Paper, done: Repaired) -> None:
    todo = steps(done)
    if todo:
        paper.rule("WHAT YOU HAVE TO DO BESIDE IT", "bold")
    for number, step in enumerate(todo, 1):
        paper.say(step, margin=5, lead=f"{number}.")


def _next(paper: Paper, done: Repaired, dry: bool) -> None:
    if dry or not (done.by(State.REPAIRED) or done.earlier):
        return
    paper.rule("WHAT NOW", "bold")
    paper.say(f"look: git --git-dir={done.where} log --patch {done.base[:10]}..{done.branch}", margin=2)
    paper.say(f"take it: git merge {done.branch}    leave it: git branch -D {done.branch}", margin=2)
    alone = "Each repair is a commit of its own: revert one, and exactly its finding is open again. Where a later one"
    paper.say(f"{alone} changed the lines beside it, revert that one first.", "dim", margin=2)
