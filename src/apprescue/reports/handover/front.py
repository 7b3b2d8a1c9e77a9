"""The two pages that come first, for the owner: what could have happened and what is closed; what he must do now.

Behind the chapters stands what the owner said, or what was taken for him.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import ceil

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
    Tone,
)
from apprescue.model.finding import Impact, Severity
from apprescue.model.repair import State
from apprescue.model.sprint import Decision, Scores, Stage, Standing, Stood
from apprescue.reports.interface import first_sentence, line, named, verdict
from apprescue.reports.page import pictures
from apprescue.reports.page.stood import number, rotation, sides, todo

WORST, DEAREST = 2, 3
"""So many problems of each kind of loss stand on the first page; of the two that cost most."""
ASKED, KEYS, SHOWN = 6, 5, 10
FEW_HOURS = 10
MEANT = "meant"
LOSES = {
    Impact.MONEY: "Money",
    Impact.DATA: "Your customers' data",
    Impact.ONBOARDING: "New customers, who do not get in",
    Impact.PERFORMANCE: "Patience: what is slow",
    Impact.BLINDNESS: "Sight: what breaks and nobody notices",
}
SECRETS = ("secrets", "release/test_key_in_production_file", "ai/model_call_in_browser")
REFUSED = "A repair was tried and taken back, for its proof failed:"
WHO = {"owner": "you"}


def front(standing: Standing) -> tuple[Chapter, ...]:
    """The two pages."""
    return _happened(standing), _now(standing)


def document(standing: Standing, chapters: Sequence[Chapter]) -> Document:
    """The whole pack of a sprint, its two pages first."""
    facts: Line = (
        Strong(standing.name),
        f" · {standing.plan.title} · begun {standing.began[:10] or 'on an unknown day'}",
        *((" · from commit ", Code(standing.commit[:10])) if standing.commit else ()),
    )
    behind = (_meant(standing),) if standing.decisions else ()
    return Document(f"{standing.name}: handover", facts, front(standing), (*chapters, *behind))


def _happened(standing: Standing) -> Chapter:
    blocks: list[Block] = [*_verdict(standing)]
    if standing.findings:
        closed, left, accepted = sides(standing.findings)
        urgent: Line = (", of which ", number(_urgent(left)), " cannot wait") if _urgent(left) else ()
        taken: Line = (". Accepted by you: ", number(accepted)) if accepted else ()
        found: Line = ("Found: ", number(standing.findings), " problems. Closed, each with its proof: ", number(closed))
        blocks.append(Text((*found, ". Still open: ", number(left), *urgent, *taken, ".")))
    if standing.unexamined or (standing.audit and standing.audit.not_examined):
        unseen = "Not everything could be examined; the chapters tell what was not. That silence is no good news."
        blocks.append(Text((unseen,), "warn"))
    blocks += _pictures(standing)
    for impact in Impact:
        blocks += _loss(standing, impact)
    return Chapter("first", "What could have happened, and what is closed", tuple(blocks))


def _verdict(standing: Standing) -> Iterator[Block]:
    """The answer to "can I go live?", then and now."""
    if standing.audit is None:
        yield Text((Strong("Nothing was examined yet, so nothing can be said."),), "warn")
        return
    audit = standing.audit
    then, now = (
        verdict(replace(audit, findings=tuple(one.finding for one in found)))[0]
        for found in ([one for one in standing.findings if not one.new], standing.open)
    )
    tone: Tone = "bad" if _urgent(standing.open) else ""
    yield Text((f"As it was found: {then} " if then != now else "", "As it is now: ", Strong(now, tone)))


def _pictures(standing: Standing) -> Iterator[Block]:
    if standing.findings:
        rows = []
        for severity in Severity:
            closed, left, accepted = sides(standing.of(severity))
            rows.append((severity.value, len(closed), len(left), len(accepted)))
        yield Picture(pictures.levels(rows), "What was found, by how bad it is: closed (full), and left (hollow).")
    scores = {one.when: one for one in standing.scores}
    before, after = scores.get("before"), scores.get("after")
    if before and after:
        yield Picture(pictures.risk(before.risk, after.risk), "The risk that these problems make, before and now.")
        risk: Line = ("Risk: ", _risk(before), " of 100 before, ", _risk(after), " now.")
        yield Text((*risk, " What is left takes a person ", *_hours(after), " hours."))


def _risk(scores: Scores) -> Figure:
    return Figure(scores.risk, (scores.row,), "risk")


def _hours(scores: Scores) -> Line:
    few = scores.hours[1] < FEW_HOURS
    told = [f"{ceil(hours * 2) / 2:g}" if few else f"{round(hours)}" for hours in scores.hours]
    least, most = (Figure(scores.hours[n], (scores.row,), f"hours.{n}", told[n]) for n in (0, 1))
    return least, " to ", most


def _loss(standing: Standing, impact: Impact) -> Iterator[Block]:
    """The worst of one kind of loss; each title once."""
    found = [one for one in standing.findings if one.finding.impact is impact]
    if not found:
        return
    yield Text((Strong(LOSES[impact]),))
    groups = list(_titled(found).values())
    room = DEAREST if impact in (Impact.MONEY, Impact.DATA) else WORST
    told: set[str] = set()
    points = [_point(standing, group, told) for group in groups[:room]]
    if rest := [one for group in groups[room:] for one in group]:
        closed, left, _ = sides(rest)
        points.append(("And ", number(rest), " more of this kind; closed: ", number(closed), ", open: ", number(left)))
    yield Bullets(tuple(points))


def _titled(found: Iterable[Stood]) -> dict[str, list[Stood]]:
    groups: dict[str, list[Stood]] = {}
    for one in found:
        groups.setdefault(one.finding.title, []).append(one)
    return groups


def _point(standing: Standing, found: list[Stood], told: set[str]) -> Line:
    """One problem: how it stands, what it is, and what comes of it where it is bad and was not `told` already."""
    finding = found[0].finding
    page = standing.audit.pages.get(finding.check) if standing.audit else None
    why = ""
    if page and finding.severity.rank <= Severity.HIGH.rank and finding.check not in told:
        told.add(finding.check)
        why = f" {first_sentence(page.matters)}"
    return (*_stands(found), f" {line(finding.title)}.{why}")


def _stands(found: list[Stood]) -> Line:
    closed, left, accepted = sides(found)
    several = len(found) > 1
    if not left and not accepted:
        return Strong("Closed", "good"), *((" in ", *_places(closed), ".") if several else (".",))
    if not left and not closed:
        return Strong("Accepted by you", "warn"), "."
    if not closed:
        return Strong("Open", "bad"), *((" in ", *_places(left), ".") if several else (".",))
    return Strong("Open", "bad"), " in ", *_places(left), ", ", Strong("closed", "good"), " in ", *_places(closed), "."


def _places(found: list[Stood]) -> Line:
    return number(found), " place" if len(found) == 1 else " places"


def _now(standing: Standing) -> Chapter:
    blocks: list[Block] = [*_keys(standing)]
    steps = list(_steps(standing))
    if steps:
        blocks += [Text((Strong("Then, in this order" if blocks else "In this order"),)), Bullets(tuple(steps), True)]
    blocks += [*_asked(standing), *_left(standing), *_undone(standing)]
    none = "Nothing is left to you." if standing.audit else "Let the sprint go on: it has not come to anything yet."
    return Chapter("now", "What you must do now", tuple(blocks) or (Text((none,)),))


def _keys(standing: Standing) -> Iterator[Block]:
    steps = rotation(standing.by(*SECRETS))
    if not steps:
        return
    yield Text((Strong("Replace these keys first", "bad"),))
    yield Text(("Whoever has seen them can use them until you do, whatever the code says now. Only you can do that.",))
    yield Bullets(tuple((step,) for step in steps[:KEYS]), numbered=True)
    if steps[KEYS:]:
        yield Text(("The other steps stand in the chapter ", Link("Exposed keys", "keys"), "."))


def _steps(standing: Standing) -> Iterator[Line]:
    if standing.asking:
        yield Strong("Answer the questions below."), " The sprint goes on from there when you start it again."
    taken = [one for one in standing.decisions if one.answer is not None and one.by not in WHO]
    if taken:
        many = " questions were" if len(taken) > 1 else " question was"
        told: Line = (Figure(len(taken), tuple(one.row for one in taken)), f"{many} answered for you: ")
        yield Strong("Check what you are taken to mean. "), *told, Link("What you said", MEANT), "."
    if any(one.commit for one in standing.findings) and standing.branch:
        merge: Line = ("Each is a commit of its own on the branch ", Code(standing.branch), ", and can be taken back")
        yield (
            Strong("Look at the repairs and merge them. "),
            *merge,
            " alone: ",
            Link("What was changed", "changes"),
            ".",
        )
    keys = set(rotation(standing.by(*SECRETS)))
    beside = [one for one in standing.findings if set(todo((one,))) - keys]
    if beside:
        cases: Line = (number(beside), " of them ", "ask" if len(beside) > 1 else "asks")
        yield (
            Strong("Do what belongs to the repairs. "),
            *cases,
            " for something to set or to tell: ",
            Link("How to release it", "release"),
            ".",
        )
    where = f" to {', '.join(one.name for one in standing.hosts)}" if standing.hosts else ""
    if standing.branch:
        yield Strong("Release it"), f"{where}, the database first: ", Link("How to release it", "release"), "."


def _asked(standing: Standing) -> Iterator[Block]:
    if standing.asking:
        yield Text((Strong("Questions that only you can answer"),))
        yield Bullets(
            tuple((line(one.text), f" {line(one.evidence)}") for one in standing.asking[:ASKED]), numbered=True
        )
    if rest := standing.asking[ASKED:]:
        more = Figure(len(rest), tuple(one.row for one in rest))
        yield Text(("And ", more, " more: ", Link("What you said", MEANT), "."))


def _left(standing: Standing) -> Iterator[Block]:
    """What is open and cannot wait, those together of which the same reason is told."""
    worst = _urgent(standing.open)
    if not worst:
        return
    yield Text((Strong("Open, and it cannot wait", "bad"),))
    reasons: dict[str, list[Stood]] = {}
    for one in worst:
        refused = one.state is State.REFUSED
        why = REFUSED if refused else f"{line(one.reason).rstrip('.') or 'No repair was tried'}."
        reasons.setdefault(why, []).append(one)
    room = SHOWN
    for why, found in reasons.items():
        groups = list(_titled(found).values())[:room]
        room -= len(groups)
        if groups:
            yield Text((why,))
            yield Bullets(tuple(_open(group) for group in groups))
    yield Text(("Each with its repair: ", Link("What was found", "findings"), "."))


def _open(found: list[Stood]) -> Line:
    one = found[0]
    more: Line = (" and ", number(found[1:]), " more") if found[1:] else ()
    why = f". {line(one.reason).rstrip('.')}" if one.state is State.REFUSED and one.reason else ""
    return Strong(one.finding.title), " (", Code(named(one.finding.place)), *more, f"){why}."


def _undone(standing: Standing) -> Iterator[Block]:
    steps = [(step.title, standing.went.get(step.name)) for step in standing.plan.steps]
    points: list[Line] = [
        (f"{title.rstrip('.')}: not done, because {_small(line(went.reason).rstrip('.')) or 'it failed'}.",)
        for title, went in steps
        if went is not None and went.stage in (Stage.FAILED, Stage.LEFT_OUT)
    ]
    if points:
        yield Text((Strong("What was not done", "warn"),))
        yield Bullets(tuple(points))


def _small(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def _meant(standing: Standing) -> Chapter:
    """Each question with its answer, and who gave it."""
    about = "What only the owner can know was asked. Where nobody answered, our own reading was taken: check it."
    rows = tuple(map(_answered, standing.decisions))
    table = Table(("Question", "Answer", "Who said so"), rows)
    return Chapter(MEANT, "What you said, and what was taken for you", (Text((about,)), table))


def _answered(one: Decision) -> tuple[Line, ...]:
    answer = "not answered yet" if one.answer is None else "yes" if one.answer else "no"
    who = WHO.get(one.by, f"our reading ({line(one.by)})") if one.answer is not None else ""
    return (line(one.text), f" {line(one.evidence)}"), (Strong(answer, "warn" if one.answer is None else ""),), (who,)


def _urgent(found: Iterable[Stood]) -> list[Stood]:
    return [one for one in found if one.finding.severity.rank <= Severity.HIGH.rank]
