"""Moments that the clock gave: told the same whenever it is tried, and so that they are true when it is tried again.

What we put into rows lies on fixed days and whole seconds; what defaults and triggers put there is near the present or
has fractions of a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from apprescue.model.catalog import Attribute
from apprescue.model.database import literal

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d+)?))?(?:([+-]\d\d)(?::?\d\d)?|Z)?")
DRAWN = re.compile(r"\bnow\(\)|current_(?:date|timestamp)|localtimestamp|_timestamp\(\)|random|uuid|nextval", re.I)
TIMED = ("timestamp with time zone", "timestamp without time zone", "date")
RECENT, AHEAD = timedelta(hours=2), timedelta(minutes=5)
FIXED = "2026-01-02 03:04:05+00"


@dataclass(frozen=True, slots=True)
class Clock:
    """The present, and the moments near it that stand in the rows."""

    now: datetime
    near: tuple[datetime, ...] = ()

    @classmethod
    def of(cls, values: Iterable[str | None] = ()) -> Clock:
        """The clock of now, with those of the values that lie near it."""
        bare = cls(datetime.now(UTC))
        found = dict.fromkeys(at for value in values if value and (at := _read(value)) and bare.recent(at))
        return cls(bare.now, tuple(found))

    def recent(self, at: datetime) -> bool:
        """Whether a moment is one of this run."""
        return self.now - RECENT < at < self.now + AHEAD

    def gave(self, value: str | None) -> bool:
        """Whether the clock gave this value, and not we."""
        at = _read(value or "")
        if at is None:
            return False
        if len(value or "") == 10:
            return self._today(at.date())
        return self.recent(at) or at.microsecond > 0

    def written(self, column: Attribute, value: str | None) -> str:
        """A column's value as SQL that means the same moment, seen from whenever it runs."""
        if value is None or column.base not in TIMED or column.is_array or not self.gave(value):
            return self._fixed(value)
        at = _read(value)
        if column.base == "date":
            return "current_date"
        if at is None or self.recent(at):
            return "now()"
        seconds = self._since(at)
        return f"now() {'-' if seconds < 0 else '+'} interval '{_span(abs(seconds))}'"

    def told(self, text: str) -> str:
        """A text for people, with what the clock gave said in a word."""
        return MOMENT.sub(lambda m: self._word(m[0]), text)

    def _word(self, text: str) -> str:
        if not self.gave(text):
            return text
        at = _read(text)
        return "today" if len(text) == 10 else "now" if at and self.recent(at) else "another moment"

    def _fixed(self, value: str | None) -> str:
        """Moments inside of a longer value, a log's copy of a row, count for nothing and are put at a fixed one."""
        if value is None or len(value) < len(FIXED):
            return literal(value)
        return literal(MOMENT.sub(lambda m: FIXED if len(m[0]) > 10 and self.gave(m[0]) else m[0], value))

    def _today(self, day: date) -> bool:
        return (self.now - RECENT).date() <= day <= (self.now + AHEAD).date()

    def _since(self, at: datetime) -> int:
        """How many seconds a moment lies from that at which its row was made."""
        made = next((one for one in self.near if one.microsecond == at.microsecond), None)
        if made is not None:
            return round((at - made).total_seconds())
        return round((at - self.now).total_seconds() / 3600) * 3600


def drawn(column: Attribute) -> bool:
    """Whether a column's default gives another value each time."""
    return bool(DRAWN.search(column.default))


def _span(seconds: int) -> str:
    for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds % size == 0:
            return f"{seconds // size} {word}"
    return f"{seconds} seconds"


def _read(text: str) -> datetime | None:
    found = MOMENT.fullmatch(text)
    if not found:
        return None
    try:
        at = datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00:00'}").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at - timedelta(hours=int(found[3])) if found[3] else at
