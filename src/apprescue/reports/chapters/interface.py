"""A chapter is a module with one function, `chapter(standing) -> Chapter`, and `CHECKS`: the risks and checks that it
tells of. One more joins the handover pack by existing.

What they all say in the same way stands here: how findings stand, what was tried, and why something was not done. Every
number is a `Figure`; a text of ours holds none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from types import ModuleType

from apprescue.model.document import (
    Block,
    Bullets,
    Chapter,
    Code,
    Figure,
    Folded,
    Line,
    Listing,
    Span,
    Strong,
    Table,
    Text,
    Tone,
)
from apprescue.model.repair import State
from apprescue.model.sprint import Stage, Standing, Step, Stood
from apprescue.reports.interface import LOSS, SURE, line, where
from apprescue.shelf import modules

ORDER = (
    "findings_summary",
    "exposed_keys",
    "open_endpoints",
    "auth_middleware",
    "input_validation",
    "cors_review",
    "database_rules",
    "index_recommendations",
    "query_performance",
    "error_handling",
    "error_tracker",
    "regression_checklist",
    "redeploy_notes",
    "environment_separation",
    "monitoring_basics",
    "what_changed",
)
"""As they are promised; what is new stands behind them."""
STANDS: dict[State, tuple[str, Tone]] = {
    State.REPAIRED: ("closed, and proved", "good"),
    State.ALONG: ("closed with another", "good"),
    State.CLEARED: ("turned out to be fine", "good"),
    State.OPEN: ("open", "bad"),
    State.REFUSED: ("open: a repair was tried and taken back", "bad"),
    State.BY_HAND: ("open: a person has to do it", "bad"),
    State.SUPPRESSED: ("accepted by you", "warn"),
}
UNREAD = "the app has not been examined yet"
UNLOOKED = "no check that looks at this has run to its end"
SHOWN = 12
"""So many rows stand open on the page; the rest opens on a click."""


def every(shelf: ModuleType, standing: Standing) -> tuple[Chapter, ...]:
    """All chapters of a sprint, in their order."""
    named = {one.__name__.rpartition(".")[2]: one for one in modules(shelf)}
    order = sorted(named, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    return tuple(named[name].chapter(standing) for name in order)


def reviewed(
    standing: Standing,
    anchor: str,
    title: str,
    about: str,
    checks: Sequence[str],
    more: Sequence[Block] = (),
    behind: Sequence[Block] = (),
) -> Chapter:
    """A chapter about what some checks look at: what was found and how it stands, `more` of its own, each repair with
    its proof, what is left and why, what was looked at, and what belongs `behind` it all."""
    if standing.audit is None:
        return absent(anchor, title, about, unread(standing))
    found = standing.by(*checks)
    blocks: list[Block] = [Text((about,)), *stands(found), *more, *repairs(found), *left(found), *behind]
    done, why = summed(standing, checks), undone(standing, checks)
    return Chapter(anchor, title, (*blocks, *looked(standing, checks)), done, why if done else why or UNLOOKED)


def absent(anchor: str, title: str, about: str, why: str) -> Chapter:
    """A chapter of which nothing was done."""
    return Chapter(anchor, title, (Text((about,)), Text((not_done(why),), "warn")), (), why)


def not_done(why: str) -> str:
    """The honest sentence."""
    return f"Not done, because {why.rstrip('.')}."


def unread(standing: Standing) -> str:
    """Why there is no audit."""
    return stopped(standing, (step for step in standing.plan.steps if step.name == "audit")) or UNREAD


def stopped(standing: Standing, steps: Iterable[Step]) -> str:
    """Why steps of the sprint were not done; empty where all were."""
    told = []
    for step in steps:
        went = standing.went.get(step.name)
        if went is None or went.stage is Stage.TO_DO:
            told.append(f"the step “{step.title}” has not been done yet")
        elif went.stage is not Stage.DONE:
            why = f": {line(went.reason).rstrip('.')}" if went.reason else ""
            told.append(f"the step “{step.title}” {_STOPPED[went.stage]}{why}")
    return "; ".join(told)


_STOPPED = {
    Stage.RUNNING: "is still running",
    Stage.ASKING: "waits for you",
    Stage.LEFT_OUT: "was left out",
    Stage.FAILED: "failed",
}


def undone(standing: Standing, checks: Sequence[str]) -> str:
    """Why what these checks found was not repaired; empty where it was tried, or where there is nothing to repair."""
    names = {one.finding.check for one in standing.by(*checks) if one.state is State.OPEN}
    if not names:
        return ""
    risks = names | {check.split("/")[0] for check in names}
    repairing = [one for one in standing.plan.steps if "repair" in (one.work, one.name)]
    meant = [one for one in repairing if not one.only or risks & set(one.only)]
    if not meant:
        return f"this sprint ({standing.plan.title}) has no repairs of this kind"
    return stopped(standing, meant)


def in_scope(check: str, checks: Collection[str]) -> bool:
    """Whether a check is among these risks and checks."""
    return check in checks or check.split("/")[0] in checks


def row_of(one: Stood) -> int:
    """The ledger's row that says how a finding stands now."""
    return one.told or one.row


def number(found: Iterable[Stood]) -> Figure:
    """How many findings these are."""
    rows = tuple(map(row_of, found))
    return Figure(len(rows), rows)


def figure(value: float, row: int, path: str, shown: str = "") -> Figure:
    """A number that stands in one row of the ledger."""
    return Figure(value, (row,), path, shown)


def sides(found: Iterable[Stood]) -> tuple[list[Stood], list[Stood], list[Stood]]:
    """Findings that are closed, that are left, and that the owner accepts."""
    every_one = list(found)
    accepted = [one for one in every_one if one.state is State.SUPPRESSED]
    closed = [one for one in every_one if one.closed]
    return closed, [one for one in every_one if one not in closed and one not in accepted], accepted


def summed(standing: Standing, checks: Sequence[str]) -> Line:
    """What was delivered, in one line. No silence counts that no check stands behind."""
    found = standing.by(*checks)
    closed, open_, accepted = sides(found)
    if found:
        taken: Line = (", ", number(accepted), " accepted by you") if accepted else ()
        return ("Found: ", number(found), ". Closed: ", number(closed), ". Left: ", number(open_), *taken, ".")
    quiet = [name for name in standing.audit.quiet if in_scope(name, checks)] if standing.audit else []
    if not quiet:
        return ()
    audit = standing.audit
    unseen = [*(one.check for one in audit.not_examined), *(one.check for one in audit.crashed)] if audit else []
    blind = any(in_scope(check, checks) for check in unseen)
    return ("Examined, but not all of it; nothing wrong was seen." if blind else "Examined; nothing wrong was seen.",)


def stands(found: Sequence[Stood]) -> Iterator[Block]:
    """Findings with their places, and how each stands."""
    if not found:
        return
    headings = ("Problem", "Where", "How bad", "Now")
    rows = [
        (
            (one.finding.title,),
            (Code(line(where(one.finding.place))),),
            (Strong(one.finding.severity.value, "bad" if one.finding.severity.rank < 2 else "warn"),),
            (Strong(*STANDS[one.state]),),
        )
        for one in found
    ]
    yield Table(headings, tuple(rows[:SHOWN]))
    if rows[SHOWN:]:
        yield Folded(("And ", number(found[SHOWN:]), " more"), (Table(headings, tuple(rows[SHOWN:])),))


def repairs(found: Iterable[Stood]) -> Iterator[Block]:
    """Each repair with what was seen before and after."""
    made = [one for one in found if one.state is State.REPAIRED]
    if made:
        yield Text((Strong("What was repaired"),))
        yield from (Folded((one.title or one.finding.title,), tuple(proof(one))) for one in made)


def proof(one: Stood) -> Iterator[Block]:
    """What stands behind one closed finding."""
    points: list[Line] = [("What was wrong: ", one.finding.detail)]
    points.append(("Before: ", *_before(one)))
    if one.after:
        points.append(("After: ", one.after))
    if one.cells:
        points.append(("Cells of the access matrix put right: ", figure(one.cells, row_of(one), "cells")))
    if one.test:
        points.append(("Tested from now on by ", Code(one.test)))
    if one.commit:
        points.append(("Commit ", Code(one.commit[:12]), ", lines changed: ", _lines(one)))
    yield Bullets(tuple(points))
    if one.before and one.before.script:
        yield Folded(("The attempt that showed it",), (Listing(one.before.script, "sql"),))


def _lines(one: Stood) -> Span:
    return figure(one.lines, row_of(one), "lines") if one.lines else "not told"


def _before(one: Stood) -> Line:
    if one.before is None:
        return (f"the check saw it; {SURE[one.finding.evidence]}",)
    return (f"{one.before.as_whom or 'somebody'} tried it: {one.before.observed}",)


def left(found: Iterable[Stood]) -> Iterator[Block]:
    """What is left of these findings, each with the reason; what the owner accepts."""
    _, open_, accepted = sides(found)
    if open_:
        yield Text((Strong("What is left", "bad"),))
        yield Bullets(tuple(_left(one) for one in open_))
    if accepted:
        yield Text((Strong("What you accept", "warn"),))
        yield Bullets(tuple((*_named(one), " ", one.finding.suppressed or one.reason) for one in accepted))


def _left(one: Stood) -> Line:
    why = line(one.reason) or ("nothing was tried" if one.state is State.OPEN else STANDS[one.state][0])
    return (*_named(one), f" {not_done(f'{why[0].lower()}{why[1:]}')} How to repair it: {one.finding.repair}")


def _named(one: Stood) -> Line:
    return (f"{one.finding.title} (", Code(line(where(one.finding.place))), ").")


def looked(standing: Standing, checks: Collection[str]) -> Iterator[Block]:
    """What was looked at: checks that saw nothing, what looked wrong and is not, what was not examined."""
    audit = standing.audit
    if audit is None:
        return
    quiet = [name for name in audit.quiet if in_scope(name, checks)]
    unseen: list[Line] = [
        (Code(one.check), f": {not_done(one.reason)}") for one in audit.not_examined if in_scope(one.check, checks)
    ]
    unseen += [
        (Code(one.check), ": the check broke off, so its silence means nothing.")
        for one in audit.crashed
        if in_scope(one.check, checks)
    ]
    if unseen:
        yield Text((Strong("What was not examined", "warn"),))
        yield Bullets(tuple(unseen))
    cleared = [one for one in audit.cleared if in_scope(one.finding.check, checks)]
    if cleared:
        points: tuple[Line, ...] = tuple(
            (f"{one.finding.title} (", Code(line(where(one.finding.place))), f"): {one.why}") for one in cleared
        )
        yield Folded(("What looked wrong, was tried and is fine",), (Bullets(points),))
    if quiet:
        pages = [(Code(name), f": {audit.pages[name].title}" if name in audit.pages else "") for name in quiet]
        yield Folded(("What was looked for and not seen",), (Bullets(tuple(pages)),))
    elif not unseen and not standing.by(*checks):
        yield Text(("No check looked at this: that nothing is told means nothing.",), "warn")


def todo(found: Iterable[Stood]) -> tuple[str, ...]:
    """What a person has to do beside repairs that stand, each once."""
    return tuple(dict.fromkeys(step for one in found if one.closed for step in one.todo))


def losses(found: Iterable[Stood]) -> dict[str, list[Stood]]:
    """Findings by what the business loses, the most costly first."""
    groups: dict[str, list[Stood]] = {words: [] for words in LOSS.values()}
    for one in found:
        groups[LOSS[one.finding.impact]].append(one)
    return {words: group for words, group in groups.items() if group}
