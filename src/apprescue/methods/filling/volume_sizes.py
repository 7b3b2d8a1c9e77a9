"""How many rows a table gets when an app grows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from apprescue.methods.filling.kinship import Kin, in_order

LOOKED_UP = 200
PEOPLE = re.compile(r"[._](?:users?|profiles?|accounts?|customers?|creators?)$", re.IGNORECASE)
ROWS_OF_ONE = 10


def usual(kin: Kin, owned: Collection[str], rows: int) -> int:
    """How many rows a table gets where nothing else is said: one for nearly each account of what everybody has one of,
    few of what is only looked up in. `owned` are the tables whose rows belong to somebody."""
    if each_has_one(kin):
        return _nearly(accounts(rows))
    return rows if kin.table.name in owned or kin.links else min(rows, LOOKED_UP)


def each_has_one(kin: Kin) -> bool:
    """Whether a table has one row at most for each account: by its keys, or by its name where nothing ties it."""
    keyed = any((column,) in kin.table.unique for column in kin.people)
    return keyed or (not kin.links and bool(PEOPLE.search(kin.table.name)))


def within_reach(kin: Mapping[str, Kin], sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes, where a table with one row at most for each row of another has nearly as many as that one."""
    found = dict(sizes)
    for name in (name for names in in_order(kin) for name in names):
        for link in kin[name].links:
            if link.columns in kin[name].table.unique:
                found[name] = min(found[name], _nearly(found[link.to]) if link.to in found else found[name])
    return found


def _nearly(count: int) -> int:
    """All but the last few, who have not come so far yet."""
    return count - count // 50


def accounts(rows: int) -> int:
    """How many accounts come with that many rows."""
    return max(rows // ROWS_OF_ONE, 1)
