"""What the owner accepts must have a reason, an owner and an end, and after the end it counts again."""

from __future__ import annotations

from datetime import date

import pytest

from apprescue.sprint.suppressions import Suppression, SuppressionError, applied, read
from tests.reports import sample

WHOLE = """\
[[suppress]]
key = "0000000000000001"
reason = "A public list."
owner = "Ana"
expires = 2026-12-31
"""


def test_a_suppression_is_read_with_all_its_parts() -> None:
    assert read(WHOLE) == [Suppression("0000000000000001", "A public list.", "Ana", date(2026, 12, 31))]
    assert read(WHOLE.replace("2026-12-31", '"2026-12-31"')) == read(WHOLE)
    assert read(WHOLE.replace("2026-12-31", "2026-12-31T10:00:00Z")) == read(WHOLE)
    assert read("") == []


@pytest.mark.parametrize("part", ["key", "reason", "owner", "expires"])
def test_a_missing_part_is_said(part: str) -> None:
    without = "\n".join(row for row in WHOLE.splitlines() if not row.startswith(part))
    with pytest.raises(SuppressionError, match=f"suppression 1.* has no {part}"):
        read(without)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[suppress]\n", "is not TOML"),
        ("suppress = 3\n", r"stands under a line \[\[suppress\]\]"),
        ("[suppress]\nkey = 'a'\n", r"stands under a line \[\[suppress\]\]"),
        (WHOLE.replace("2026-12-31", "'soon'"), "expires is no day"),
        (WHOLE + "untill = 3\n", "has untill, which nothing reads"),
        (WHOLE.replace('"Ana"', '"  "'), "has no owner"),
    ],
)
def test_what_cannot_be_followed_is_an_error(text: str, says: str) -> None:
    with pytest.raises(SuppressionError, match=says):
        read(text)


def test_it_holds_until_its_day_and_not_longer() -> None:
    found = [sample.FINDINGS[0], sample.FINDINGS[1]]
    held, notes = applied(found, read(WHOLE), date(2026, 12, 31))
    assert [f.suppressed for f in held] == ["A public list. (Ana, until 2026-12-31)", ""]
    assert not notes
    counted, notes = applied(found, read(WHOLE), date(2027, 1, 1))
    assert not any(f.suppressed for f in counted)
    assert len(notes) == 1
    assert "ended on 2026-12-31: the finding counts again" in notes[0]


def test_one_that_meets_nothing_is_said_where_every_check_ran() -> None:
    assert applied([], read(WHOLE), date(2026, 1, 1), whole=False) == ([], [])
    assert "meets no finding any more" in applied([], read(WHOLE), date(2026, 1, 1))[1][0]
