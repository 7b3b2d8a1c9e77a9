"""A chapter is a module with one function, `chapter(standing) -> Chapter`, and `CHECKS`: the risks and checks that it
tells of. One more joins the handover pack by existing.

What they all say in the same way stands here: how findings stand, what was tried, and why something was not done. Every
number is a `Figure`; a text of ours holds none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from types import ModuleType

from apprescue.model.audit import Audit
from apprescue.model.document import (
    Block,
    Bullets,
    Chapter,
    Code,
    Folded,
    Line,
    Strong,
    Text,
)
from apprescue.model.repair import State
from apprescue.model.sprint import Stage, Standing, Step
from apprescue.reports.interface import line, where
from apprescue.reports.page.stood import left, not_done, number, repairs, sides, stands
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
UNREAD = "the app has not been examined yet"
BROKE = "Broke off: that it told nothing means nothing."
UNLOOKED = "no check that looks at this has run to its end"


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
    found, why = standing.by(*checks), undone(standing, checks)
    blocks: list[Block] = [Text((about,)), *stands(found), *more, *repairs(found), *left(found, why), *behind]
    done = summed(standing, checks)
    missing = why if all(one.state in (State.OPEN, State.SUPPRESSED) for one in found) else ""
    return Chapter(anchor, title, (*blocks, *looked(standing, checks)), done, missing if done else missing or UNLOOKED)


def absent(anchor: str, title: str, about: str, why: str) -> Chapter:
    """A chapter of which nothing was done."""
    return Chapter(anchor, title, (Text((about,)), Text((not_done(why),), "warn")), (), why)


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


def summed(standing: Standing, checks: Sequence[str]) -> Line:
    """What was delivered, in one line. No silence counts that no check stands behind."""
    audit, found = standing.audit, standing.by(*checks)
    if audit is None:
        return ()
    gaps = [*(one.check for one in audit.not_examined), *(one.check for one in audit.crashed)]
    blind = any(in_scope(check, checks) for check in gaps)
    if found:
        closed, open_, accepted = sides(found)
        taken: Line = (", ", number(accepted), " accepted by you") if accepted else ()
        unseen = " Not all of it could be examined." if blind else ""
        return ("Found: ", number(found), ". Closed: ", number(closed), ". Left: ", number(open_), *taken, f".{unseen}")
    if not any(in_scope(name, checks) for name in audit.quiet):
        return ()
    return ("Examined, but not all of it; nothing wrong was seen." if blind else "Examined; nothing wrong was seen.",)


def gaps(audit: Audit, checks: Collection[str] = ()) -> list[Line]:
    """What was not examined, of these checks or of all: those together of which the same reason is told."""
    reasons: dict[str, list[str]] = {}
    for one in audit.not_examined:
        if not checks or in_scope(one.check, checks):
            told = not_done(one.reason) if "/" in one.check else f"Left out: {one.reason}"
            reasons.setdefault(told, []).append(one.check)
    for broken in audit.crashed:
        if not checks or in_scope(broken.check, checks):
            reasons.setdefault(BROKE, []).append(broken.check)
    return [
        (*(span for name in dict.fromkeys(names) for span in (Code(name), " ")), why) for why, names in reasons.items()
    ]


def looked(standing: Standing, checks: Collection[str]) -> Iterator[Block]:
    """What was looked at: checks that saw nothing, what looked wrong and is not, what was not examined."""
    audit = standing.audit
    if audit is None:
        return
    quiet = [name for name in audit.quiet if in_scope(name, checks)]
    unseen = gaps(audit, checks)
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
