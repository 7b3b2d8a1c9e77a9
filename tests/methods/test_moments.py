"""What the clock gave is told the same each time, and written so that it stays true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apprescue.methods.trying.moments import Clock
from apprescue.model.catalog import Attribute

NOW = datetime(2026, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
CLOCK = Clock(NOW, (NOW - timedelta(seconds=20),))
STAMP = Attribute("made_at", "timestamp with time zone", "timestamp with time zone")
DAY, TEXT = Attribute("day", "date", "date"), Attribute("said", "text", "text")


@pytest.mark.parametrize(
    ("column", "value", "written"),
    [
        (STAMP, "2026-05-06 07:07:49.123456+00", "now()"),
        (STAMP, "2026-05-20 07:07:49.123456+00", "now() + interval '14 days'"),
        (STAMP, "2026-05-06 03:07:49.123456+00", "now() - interval '4 hours'"),
        (STAMP, "2026-01-02 03:04:05+00", "'2026-01-02 03:04:05+00'"),
        (STAMP, None, "null"),
        (DAY, "2026-05-06", "current_date"),
        (DAY, "2031-05-06", "'2031-05-06'"),
        (TEXT, "made 2026-05-06T07:07:49.123456+00:00", "'made 2026-01-02 03:04:05+00'"),
        (TEXT, "it's", "'it''s'"),
    ],
)
def test_a_moment_is_written_as_seen_from_now(column: Attribute, value: str | None, written: str) -> None:
    assert CLOCK.written(column, value) == written


def test_a_moment_is_told_in_a_word() -> None:
    assert CLOCK.told("before 2026-05-06 07:07:49.123456+00|new, afterwards 2031-05-06") == (
        "before now|new, afterwards 2031-05-06"
    )
    assert CLOCK.told("until 2026-09-06 07:07:49.123456+00") == "until another moment"
