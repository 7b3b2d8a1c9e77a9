"""What was found, by how bad it is and by what it costs, and how it stands now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apprescue.model.document import Block, Bullets, Chapter, Code, Line, Strong, Table, Text
from apprescue.model.finding import Severity
from apprescue.model.sprint import Scores, Standing, Stood
from apprescue.reports.chapters.interface import absent, gaps, unread
from apprescue.reports.page.stood import figure, losses, number, sides

CHECKS: tuple[str, ...] = ()
TITLE = "What was found"
ABOUT = "Everything that was found, by how much harm it does when it happens, and what became of it."
HARM = {
    Severity.CRITICAL: "can do real damage as soon as somebody finds it",
    Severity.HIGH: "to be repaired before real customers come",
    Severity.MEDIUM: "costs you customers or sleep sooner or later",
    Severity.LOW: "worth repairing when you are there anyway",
}


def chapter(standing: Standing) -> Chapter:
    """All findings in figures; each stands in the chapter of its kind."""
    if standing.audit is None:
        return absent("findings", TITLE, ABOUT, unread(standing))
    closed, open_, _ = sides(standing.findings)
    done: Line = ("Found: ", number(standing.findings), ". Closed: ", number(closed), ". Left: ", number(open_), ".")
    if not standing.findings:
        done = (
            "Examined; nothing wrong was seen." if standing.audit.quiet else "Examined, but no check ran to its end.",
        )
    return Chapter(
        "findings", TITLE, (Text((ABOUT,)), *_tables(standing), *_scores(standing), *_unseen(standing)), done
    )


def _tables(standing: Standing) -> Iterator[Block]:
    if standing.findings:
        by_severity = tuple(
            ((Strong(one.value), f": {HARM[one]}"), *_counts(standing.of(one))) for one in Severity if standing.of(one)
        )
        yield Table(("How bad", "Found", "Closed", "Left", "Accepted by you"), by_severity, (1, 2, 3, 4))
        by_loss = tuple(((words,), *_counts(group)) for words, group in losses(standing.findings).items())
        yield Table(
            ("What it does to your business", "Found", "Closed", "Left", "Accepted by you"), by_loss, (1, 2, 3, 4)
        )
    new = tuple(one for one in standing.findings if one.new)
    if new:
        yield Text(("Not there at the start, but seen at the end: ", number(new), "."), "warn")
        yield Bullets(tuple((one.finding.title, " (", Code(str(one.finding.place)), ")") for one in new))


def _counts(found: Sequence[Stood]) -> tuple[Line, ...]:
    return tuple((number(group),) for group in (found, *sides(found)))


def _scores(standing: Standing) -> Iterator[Block]:
    told = {one.when: one for one in standing.scores}
    rows = tuple(
        ((words,), (figure(told[when].risk, told[when].row, "risk"),), *_hours(told[when]))
        for when, words in (("answers", "As you answered"), ("before", "As it was found"), ("after", "As it is now"))
        if when in told
    )
    if rows:
        yield Text(
            ("The risk, from none at all to the worst of a hundred, and the hours that the repairs take a person.",)
        )
        yield Table(("When", "Risk", "Hours, at least", "Hours, at most"), rows, (1, 2, 3))


def _hours(one: Scores) -> tuple[Line, Line]:
    if not any(one.hours):
        return ("",), ("",)
    least, most = (figure(hours, one.row, f"hours.{at}", f"{hours:.0f}") for at, hours in enumerate(one.hours))
    return (least,), (most,)


def _unseen(standing: Standing) -> Iterator[Block]:
    audit = standing.audit
    if audit is None:
        return
    points = gaps(audit)
    said = {f"{one.check}: {one.reason}" for one in audit.not_examined}
    said |= {f"{one.check}: {one.error}" for one in audit.crashed}
    points += [("At the end: ", one) for one in standing.unexamined if one not in said]
    if points:
        yield Text((Strong("What was not examined", "warn"),))
        yield Bullets(tuple(points))
    else:
        yield Text(("Every check ran to its end.",), "quiet")
