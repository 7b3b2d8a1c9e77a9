"""How you notice that the app is down or slow, with as little as possible."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.document import Block, Bullets, Chapter, Code, Line, Strong, Text
from apprescue.model.sprint import Standing
from apprescue.reports.chapters.interface import reviewed

CHECKS = (
    "running/call_without_timeout",
    "running/no_error_tracker",
    "running/no_health_route",
    "running/rate_limit_in_memory",
    "running/swallowed_error",
)
ABOUT = (
    "The least that a product with paying customers needs: one address that says whether it is alive, somebody who "
    "asks it, errors that reach a person, and one look at the right figures each week."
)
WEEKLY: tuple[str, ...] = (
    "The slowest queries of your database's own statistics: is a new one among them?",
    "Errors of the week: which one is new, which one is the most frequent?",
    "The bill of the database, of the host and of the language model: does one grow faster than your customers?",
    "Failed webhooks at your payment provider: each is a customer who paid and got nothing, or the other way round.",
    "The backup: restore one into an empty project once a quarter, otherwise you have none.",
)


def chapter(standing: Standing) -> Chapter:
    """What is there, what was added, what to set up and to look at."""
    more, behind = tuple(_health(standing)), tuple(_looking()) if standing.audit else ()
    return reviewed(standing, "monitoring", "Monitoring", ABOUT, CHECKS, more, behind)


def _health(standing: Standing) -> Iterator[Block]:
    routes = standing.audit.routes if standing.audit else ()
    there = [one for one in routes if "health" in one.path.lower()]
    if there:
        told: Line = tuple(span for one in there for span in (Code(str(one)), " "))
        yield Text(("Addresses that say whether the app is alive: ", *told))


def _looking() -> Iterator[Block]:
    yield Text((Strong("To be set up once, by you"),))
    yield Bullets(
        (
            ("A free monitor that asks such an address every minute and writes to you when no answer comes.",),
            ("A limit on what database, host and language model may cost in a month, with a warning before.",),
            ("Backups of the database every day, kept for at least a week.",),
        )
    )
    yield Text((Strong("To be looked at every week"),))
    yield Bullets(tuple((one,) for one in WEEKLY))
    yield Text(("Nothing of this was set up or tried by us: it stands in accounts that only you can open.",), "warn")
