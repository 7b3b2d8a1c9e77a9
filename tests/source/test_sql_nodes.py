"""What stands in a condition outside of its queries."""

from __future__ import annotations

import pytest

from apprescue.source.sql import expression, words
from apprescue.source.sql_nodes import outer_columns


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("club_id in (select club_id from members where user_id = auth.uid())", [("club_id",)]),
        ("exists (select 1 from members where members.club_id = 1)", []),
        ("owner_id = auth.uid() or public", [("owner_id",), ("public",)]),
    ],
)
def test_columns_that_a_query_is_held_against_are_the_rows_own(text: str, columns: list[tuple[str, ...]]) -> None:
    assert [words(one["fields"]) for one in outer_columns(expression(text))] == columns
