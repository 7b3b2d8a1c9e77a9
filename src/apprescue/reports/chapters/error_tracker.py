"""Who is told when the app breaks, and what that message may not hold."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.document import Block, Bullets, Chapter, Code, Line, Strong, Table, Text
from apprescue.model.sprint import Standing
from apprescue.reports.chapters.interface import reviewed
from apprescue.reports.page.stood import todo

CHECKS = ("running/no_error_tracker", "running/personal_data_in_logs", "running/tracker_that_leaks")
ABOUT = (
    "An error tracker tells you that the app broke for somebody before he writes to you. As it comes from the shop "
    "it also sends along what it finds: passwords, keys, addresses. What we set up takes those out first."
)
ROUTING: tuple[tuple[str, str, str], ...] = (
    ("A new kind of error, in production", "a message to whoever builds", "within the hour"),
    ("An error while somebody pays, signs up or publishes", "a message that wakes", "at once"),
    ("An error that had been closed comes back", "a message to whoever closed it", "the same day"),
    ("The same error for many people at once", "a message that wakes", "at once"),
    ("Anything outside of production", "nobody", "look once a week"),
)
UNTRIED = (
    "Whether an alert reaches a person was not tried: your tracker and your mailbox are yours. Cause one error on "
    "purpose after the release and wait for the message; until it has come, take alerts as not there."
)


def chapter(standing: Standing) -> Chapter:
    """The set-up with what is left to do, and who is to be told what."""
    title = "Error tracker and alerts"
    more, behind = tuple(_setting_up(standing)), tuple(_routing()) if standing.audit else ()
    return reviewed(standing, "tracker", title, ABOUT, CHECKS, more, behind)


def _setting_up(standing: Standing) -> Iterator[Block]:
    steps = todo(standing.by(*CHECKS))
    if steps:
        yield Text((Strong("What only you can do, in this order"),))
        yield Bullets(tuple((step,) for step in steps), numbered=True)
    names = [one.name for one in standing.env if "DSN" in one.name.upper() or "SENTRY" in one.name.upper()]
    if names:
        told: Line = tuple(span for name in names for span in (Code(name), " "))
        yield Text(("Where errors are sent to is told by ", *told, "; without it nothing is sent."))


def _routing() -> Iterator[Block]:
    yield Text((Strong("Who should be told what"),))
    yield Table(("What happens", "Who is told", "When"), tuple(((a,), (b,), (c,)) for a, b, c in ROUTING))
    yield Text((UNTRIED,), "warn")
