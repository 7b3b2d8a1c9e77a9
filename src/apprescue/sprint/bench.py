"""How the laboratory is to be set up for an audit, and what comes back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from apprescue.model.access import Access
from apprescue.model.catalog import Catalog
from apprescue.model.facts import Fact
from apprescue.model.intent import Intent
from apprescue.model.outcome import NotExamined
from apprescue.model.rebuilt import Rebuilt

ACCESS, HISTORY = "who can do what to whose rows", "whether the migrations rebuild the database"


@dataclass(frozen=True, slots=True)
class Bench:
    """How to set the laboratory up. `static` leaves it out; `dump` is the text of `pg_dump --schema-only`, taken
    instead of the app's own files; `url` is a server on this machine, for a scratch database of our own."""

    static: bool = False
    dump: str = ""
    url: str | None = None


LEFT_OUT = "the laboratory was left out (--static)"
TRYING, READING = Bench(), Bench(static=True)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: the matrix, and the database that it was tried in. Empty for an app whose clients do not reach
    the database themselves. `catalog` is that database's final state, `intent` what the matrix was held against."""

    access: Access | NotExamined
    rebuilt: Rebuilt | NotExamined
    facts: Mapping[Fact, bool] = field(default_factory=dict)
    catalog: Catalog | None = None
    intent: Intent | None = None


def without(why: str, failed: bool = False) -> Trial:
    """A trial that was not made, and why."""
    return Trial(NotExamined(ACCESS, why, failed), NotExamined(HISTORY, why, failed))
