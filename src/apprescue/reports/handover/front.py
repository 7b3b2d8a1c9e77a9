"""The two pages that come first, for the owner: what could have happened and what is closed; what he must do now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apprescue.model.document import (
    Block,
    Bullets,
    Chapter,
    Code,
    Document,
    Figure,
    Line,
    Link,
    Picture,
    Strong,
    Table,
    Text,
)
from apprescue.model.finding import Finding, Impact, Severity
from apprescue.model.repair import State
from apprescue.model.sprint import Scores, Stage, Standing, Stood
from apprescue.reports.interface import LOSS, line, named
from apprescue.reports.page import pictures
from apprescue.reports.page.stood import sides

WORST = 3
"""So many problems of each kind of loss stand on the first page."""
ASKED = 8
SHOWN = 10
LOSES = {
    Impact.MONEY: "Money",
    Impact.DATA: "Your customers' data",
    Impact.ONBOARDING: "New customers",
    Impact.PERFORMANCE: "Patience: what is slow",
    Impact.BLINDNESS: "Knowing what goes wrong",
}


def document(standing: Standing, chapters: Sequence[Chapter]) -> Document:
    """The whole pack of a sprint, its two pages first."""
    facts: Line = (
        Strong(standing.name),
        f" · {standing.plan.title} · begun {standing.began[:10]}",
        *((" · from commit ", Code(standing.commit[:10])) if standing.commit else ()),
    )
    return Document(f"{standing.name}: handover", facts, (_happened(standing), _now(standing)), tuple(chapters))


def _happened(standing: Standing) -> Chapter:
    blocks: list[Block] = []
    closed = [one for one in standing.findings if one.closed]
    worst = [one for one in standing.open if one.finding.severity.rank <= Severity.HIGH.rank]
    blocks.append(
        Text(
            (
                "Found: ", _number(standing.findings), " problems. Closed, each with its proof: ", _number(closed),
                ". Still open: ", _number(standing.open), ", of which ", _number(worst), " cannot wait.",
            )
        )
    )  # fmt: skip
    blocks += _pictures(standing)
    for impact in Impact:
        blocks += _loss(impact, [one for one in standing.findings if one.finding.impact is impact])
    if standing.unexamined:
        unseen = "What could not be examined is listed in the chapters: its silence is no good news."
        blocks.append(Text((unseen,), "warn"))
    return Chapter("first", "What could have happened, and what is closed", tuple(blocks))


def _pictures(standing: Standing) -> Iterator[Block]:
    rows = [(severity.value, standing.of(severity)) for severity in Severity]
    if any(found for _, found in rows):
        parted = [(name, *sides(found)) for name, found in rows]
        yield Picture(
            pictures.levels([(name, len(closed), len(open_), len(taken)) for name, closed, open_, taken in parted]),
            "Problems by how bad they are: closed, and left.",
        )
    scores = {one.when: one for one in standing.scores}
    before, after = scores.get("before"), scores.get("after")
    if before and after:
        yield Picture(pictures.risk(before.risk, after.risk), "The risk by what was found, before and after.")
        risk: Line = ("Risk: ", _risk(before), " of 100 before, ", _risk(after), " after.")
        yield Text((*risk, " Work left: ", *_hours(after), "."))


def _risk(scores: Scores) -> Figure:
    return Figure(scores.risk, (scores.row,), "risk")


def _hours(scores: Scores) -> Line:
    least, most = (Figure(hours, (scores.row,), f"hours.{n}", f"{hours:.0f}") for n, hours in enumerate(scores.hours))
    return least, " to ", most, " hours of a person"


def _loss(impact: Impact, found: list[Stood]) -> Iterator[Block]:
    """The worst of one kind of loss; each title once."""
    if not found:
        return
    titles = list(dict.fromkeys(one.finding.title for one in found))
    yield Text((Strong(LOSES[impact]), f" ({LOSS[impact]})"))
    points = [_point(title, [one for one in found if one.finding.title == title]) for title in titles[:WORST]]
    if rest := [one for one in found if one.finding.title in titles[WORST:]]:
        points.append(("and ", _number(rest), " more of this kind"))
    yield Bullets(tuple(points))


def _point(title: str, found: list[Stood]) -> Line:
    closed = [one for one in found if one.closed]
    places = ("in ", _number(found), " places: ") if len(found) > 1 else ()
    if len(closed) == len(found):
        return title, " · ", *places, Strong("closed", "good")
    if closed:
        return title, " · ", *places, _number(closed), " closed, ", Strong("the others are open", "bad")
    return title, " · ", *places, Strong("open", "bad")


def _now(standing: Standing) -> Chapter:
    blocks: list[Block] = []
    steps = list(_steps(standing))
    if steps:
        blocks.append(Bullets(tuple(steps), numbered=True))
    blocks += _asked(standing)
    blocks += _left(standing)
    return Chapter("now", "What you must do now", tuple(blocks) or (Text(("Nothing is left to you.",)),))


def _steps(standing: Standing) -> Iterator[Line]:
    keys = [one for one in standing.by("secrets") if _can_be_seen(one.finding)]
    if keys:
        yield (
            Strong("Replace these keys first."), " Whoever has seen them can use them until you do: ", _number(keys),
            " places. The steps for each: ", Link("Exposed keys", "keys"), ".",
        )  # fmt: skip
    if standing.asking:
        yield Strong("Answer the questions below."), " The sprint goes on from there when you start it again."
    if any(one.state is State.REPAIRED for one in standing.findings):
        merge = Code(f"git merge {standing.branch}")
        yield (
            Strong("Look at the repairs and take them: "),
            merge,
            ". Each is a commit of its own, and can be reverted alone.",
        )
    todo = [one for one in standing.findings if one.closed and one.todo]
    if todo:
        yield (
            Strong("Do what belongs to the repairs: "), "settings that they ask for, in ", _number(todo), " cases: ",
            Link("What changed, and why", "changes"), ".",
        )  # fmt: skip
    if standing.hosts:
        yield Strong("Release it"), " in this order: ", Link("How to release it", "release"), "."
    broken = [step.title for step in standing.plan.steps if _failed(standing, step.name)]
    if broken:
        yield Strong("Know what was not done: ", "warn"), "; ".join(broken), "."


def _failed(standing: Standing, step: str) -> bool:
    went = standing.went.get(step)
    return went is not None and went.stage in (Stage.FAILED, Stage.LEFT_OUT)


def _can_be_seen(finding: Finding) -> bool:
    return "key" in finding.check or "secret" in finding.check or "env_file" in finding.check


def _asked(standing: Standing) -> Iterator[Block]:
    if standing.asking:
        yield Text((Strong("Questions that only you can answer"),))
        points = [(line(one.text), " ", line(one.evidence)) for one in standing.asking[:ASKED]]
        yield Bullets(tuple(points), numbered=True)


def _left(standing: Standing) -> Iterator[Block]:
    worst = [one for one in standing.open if one.finding.severity.rank <= Severity.HIGH.rank]
    if not worst:
        return
    yield Text((Strong("Open, and it cannot wait", "bad"),))
    groups: dict[str, list[Stood]] = {}
    for one in worst:
        groups.setdefault(one.finding.title, []).append(one)
    rows = tuple(((title,), _places(found), (_why(found[0]),)) for title, found in groups.items())
    yield Table(("What", "Where", "Why it is still open"), rows[:SHOWN])
    if rest := [one for found in list(groups.values())[SHOWN:] for one in found]:
        yield Text(("And ", _number(rest), " more: ", Link("What was found", "findings"), "."))


def _places(found: list[Stood]) -> Line:
    first = Code(named(found[0].finding.place))
    return (first, " and ", _number(found[1:]), " more") if found[1:] else (first,)


def _why(one: Stood) -> str:
    if one.state is State.REFUSED:
        return f"A repair was tried and taken back. {line(one.reason)}"
    return line(one.reason) or "No repair was tried."


def _number(found: Sequence[Stood]) -> Figure:
    """How many findings these are, by the rows that say how each stands."""
    rows = tuple(one.told or one.row for one in found)
    return Figure(len(rows), rows)
