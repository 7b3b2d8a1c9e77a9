"""Each commit: what was changed, why, what proves it, and how to undo it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.model.document import Block, Bullets, Chapter, Code, Figure, Folded, Line, Listing, Strong, Text
from apprescue.model.repair import State
from apprescue.model.sprint import Kept, Standing, Stood
from apprescue.reports.chapters.interface import absent, stopped
from apprescue.reports.page.stood import anchor, proof, row_of

CHECKS: tuple[str, ...] = ()
TITLE = "What was changed, and why"
ABOUT = (
    "Every repair is a commit of its own, with the reason in its message. It is committed only after the same checks "
    "ran again: the problem is gone, nothing else broke, and nobody can do more or less than before but whom it is "
    "about."
)
UNDO = re.compile(r"^\+\+\+ b/(rescue/undo/.+)$", re.M)


def chapter(standing: Standing) -> Chapter:
    """The commits in the order in which they were made."""
    made = sorted((one for one in standing.findings if one.state is State.REPAIRED and one.commit), key=row_of)
    faster = [one for one in standing.kept if one.commit]
    if not made and not faster:
        return absent("changes", TITLE, ABOUT, _why(standing))
    rows = (*map(row_of, made), *(one.row for one in faster))
    done: Line = ("Commits: ", Figure(len(rows), rows), " on ", Code(standing.branch or "the branch"), ".")
    along: dict[str, list[Stood]] = {}
    for one in standing.findings:
        if one.state is State.ALONG:
            along.setdefault(one.commit, []).append(one)
    commits = tuple(_commit(one, along.get(one.commit, [])) for one in made)
    return Chapter("changes", TITLE, (Text((ABOUT,)), *commits, *_faster(standing, faster)), done)


def _faster(standing: Standing, kept: Sequence[Kept]) -> Iterator[Block]:
    known = {one.name: one for one in standing.tuned.migrations} if standing.tuned else {}
    for one in kept:
        told = known.get(one.migration)
        blocks: list[Block] = []
        if told is not None:
            blocks = [Text((Strong("Why: "), told.reason)), Text((Strong("Measured: "), told.effect))]
        undo = (Listing(told.down, "sql"),) if told else ()
        blocks += [Text((Strong("Undo: "), Code(f"git revert {one.commit[:12]}"), "; in the database:")), *undo]
        yield Folded(
            ("Make the app's own queries faster ", Code(one.commit[:12]), " ", Code(one.migration)), tuple(blocks)
        )


def _why(standing: Standing) -> str:
    repairing = [one for one in standing.plan.steps if "repair" in (one.work, one.name)]
    if why := stopped(standing, repairing):
        return why
    return "nothing was found that could be repaired and proved" if standing.findings else "nothing wrong was found"


def _commit(one: Stood, also: list[Stood]) -> Folded:
    title: Line = (one.title or one.finding.title, " ", Code(one.commit[:12]))
    return Folded(title, tuple(_detail(one, also)), anchor(one))


def _detail(one: Stood, also: list[Stood]) -> Iterator[Block]:
    finding = one.finding
    yield Text(
        (Strong("Why: "), f"{finding.title}. ", "Finding ", Code(finding.key), " of the check ", Code(finding.check))
    )
    yield from proof(one)
    if also:
        yield Text(("Closed along with it:",))
        yield Bullets(tuple((other.finding.title, " (", Code(str(other.finding.place)), ")") for other in also))
    if one.review:
        yield Text(("It is marked for review: read it before you merge.",), "warn")
    yield Text((Strong("Undo: "), Code(f"git revert {one.commit[:12]}"), *_database(one)))
    if one.todo:
        yield Text(("To be done beside it: ", *(f"{step} " for step in one.todo)))
    if one.difference:
        yield Folded(("The difference",), (Listing(one.difference, "diff"),))


def _database(one: Stood) -> Line:
    files = UNDO.findall(one.difference)
    if not files:
        return ()
    told = tuple(span for path in files for span in (Code(path), " "))
    return ("; where the migration has run already, also run ", *told)
