"""Links that stay null when a row is made, because what they point at comes later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from apprescue.methods.filling.composing import Plan, Values
from apprescue.methods.filling.kinship import TEAM, Side, must
from apprescue.model.access import Actor
from apprescue.model.rows import Row


def left_open(plan: Plan, mine: Sequence[Row], rows: Mapping[str, Sequence[Row]]) -> Iterator[tuple[Row, Values]]:
    """The rows of a table with an open link, and what stands in its columns now that their person's row is there."""
    kin = plan.kin
    for link in kin.links:
        side = kin.sides.get(link.columns)
        if link.to == kin.table.name or must(kin.table, link) or side is Side.STAFF or not kin.personal:
            continue
        for row in mine:
            target = next((one for one in rows.get(link.to, ()) if one.whose is _whose(row, link.to)), None)
            if target is not None and row.made != "migration" and row.value(link.columns[0]) is None:
                yield row, {n: target.value(k) for n, k in zip(link.columns, link.to_columns, strict=True)}


def _whose(row: Row, to: str) -> Actor:
    return Actor.OWNER if row.whose is Actor.MEMBER and TEAM.search(to) else row.whose
