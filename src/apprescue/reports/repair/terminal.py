"""A run of repairs on a terminal: what is closed and how that was proved, what was taken back and why, what is left."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from apprescue.model.finding import Finding
from apprescue.model.repair import Repair, Repaired, State, Verified
from apprescue.reports.interface import Screen, count
from apprescue.reports.page.paper import Paper

SHOWN = 15
LOUD = ("critical", "high")


def render(done: Repaired, screen: Screen, *, dry: bool = False) -> str:
    """The whole run; the differences too where it was `dry`."""
    paper = Paper(screen)
    closed = done.by(State.REPAIRED, State.ALONG)
    paper.say(f"{done.name} · {count(len(done.repairs), 'finding')} taken up · {done.seconds:.0f} s", "dim")
    paper.say()
    paper.say(_answer(done, dry), "bold green" if closed else "bold yellow")
    loud = [one for one in done.repairs if one.finding.severity in LOUD]
    if loud:
        shut = sum(one in closed for one in loud)
        paper.say(f"Of the critical and high ones {shut} of {len(loud)} are closed.")
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


def _answer(done: Repaired, dry: bool) -> str:
    made = len(done.by(State.REPAIRED))
    if not made:
        before = f" {count(done.earlier, 'repair')} of an earlier run stand on {done.branch}." if done.earlier else ""
        return f"Nothing more could be repaired and proved.{before}"
    along = len(done.by(State.ALONG))
    where = "Nothing was written: this was a dry run." if dry else f"They are commits on the branch {done.branch}."
    return f"{count(made, 'repair')} proved, {count(made + along, 'finding')} closed. {where}"


def _closed(paper: Paper, repairs: Iterable[Repair], along: Iterable[Repair], dry: bool) -> None:
    listed = list(repairs)
    if listed:
        paper.rule("CLOSED, AND PROVED", "bold green")
    for one in listed:
        _head(paper, one, "✓")
        paper.say(f"now: {one.after}", "green", margin=6)
        cells = f", {count(one.cells, 'cell')} of the access matrix put right" if one.cells else ""
        made = f"{one.patch.title if one.patch else ''} ({count(one.lines, 'line')}{cells}"
        paper.say(f"{made}) {one.commit[:10] if not dry else ''}", "dim", margin=6)
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
    for reason, group in groupby(sorted(listed, key=lambda one: one.reason), key=lambda one: one.reason):
        same = sorted(group, key=lambda one: one.finding.order)
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
    steps = dict.fromkeys(step for one in done.by(State.REPAIRED) if one.patch for step in one.patch.todo)
    if steps:
        paper.rule("WHAT YOU HAVE TO DO BESIDE IT", "bold")
    for number, step in enumerate(steps, 1):
        paper.say(step, margin=5, lead=f"{number}.")


def _next(paper: Paper, done: Repaired, dry: bool) -> None:
    if dry or not (done.by(State.REPAIRED) or done.earlier):
        return
    paper.rule("WHAT NOW", "bold")
    paper.say(f"look: git --git-dir={done.where} log --patch {done.base[:10]}..{done.branch}", margin=2)
    paper.say(f"take it: git merge {done.branch}    leave it: git branch -D {done.branch}", margin=2)
    paper.say("Each repair is a commit of its own: revert one, and exactly its finding is open again.", "dim", margin=2)
