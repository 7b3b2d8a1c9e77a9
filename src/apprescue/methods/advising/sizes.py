"""How large an index would be, reckoned from how many rows there are, how wide their keys, and how many of them differ.

This is how PostgreSQL builds a b-tree: entries in order, each page filled to nine tenths; rows with the same key in one
entry that lists them, where the types allow it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

PAGE = 8192
_HEADER, _BITMAP, _POINTER, _ROW, _TID = 8, 8, 4, 6, 8
_ROOM = PAGE - 24 - 16
_FILLED = _ROOM - PAGE // 10
_INNER = _ROOM * 0.7
_LONGEST_LIST = 812
_MOST_NULLABLE = 5
_NEVER = 1e-12
_SPREAD = 3.5  # what is lost on average to the next multiple of eight, where values are of many lengths


@dataclass(frozen=True, slots=True)
class Part:
    """A column of an index. `length` is the type's, negative where it varies; `align` what its values begin at a
    multiple of; `width` the average one; `nulls` the share of rows without a value; `distinct` how many values there
    are, `common` the shares of rows of the most common ones."""

    length: int
    align: int
    width: float
    nulls: float = 0.0
    distinct: float = math.inf
    common: tuple[float, ...] = ()


def btree_pages(rows: float, keys: Sequence[Part], carried: Sequence[Part] = (), *, lists: bool = True) -> int:
    """The pages of a b-tree over that many rows; `lists` where rows of the same key may share an entry."""
    leaves = math.ceil(_leaves(rows, keys, carried, lists=lists and not carried))
    return 1 + leaves + _above(leaves, keys)


def levels(pages: int, keys: Sequence[Part]) -> int:
    """How many pages are read on the way to a leaf of a b-tree of so many pages."""
    leaves = max(1.0, pages - 1)
    leaves = max(1.0, leaves * (1 - 1 / _fan(keys, leaves)))
    return sum(1 for _ in _inner(math.ceil(leaves), keys))


def _above(leaves: int, keys: Sequence[Part]) -> int:
    return sum(_inner(leaves, keys))


def _inner(leaves: int, keys: Sequence[Part]) -> Iterator[int]:
    """The pages of each level above the leaves."""
    fan = _fan(keys, leaves)
    while leaves > 1:
        leaves = math.ceil(leaves / fan)
        yield leaves


def _fan(keys: Sequence[Part], leaves: float) -> float:
    """How many pages an inner page leads to. It holds only so many keys as are needed to tell them apart."""
    needed, different = 0, 1.0
    while needed < len(keys) and different < leaves:
        different *= max(keys[needed].distinct, 1.0)
        needed += 1
    row = _TID if different < leaves else 0
    return max(2.0, _INNER / (_entry(keys[: max(needed, 1)]) + row + _POINTER))


def _leaves(rows: float, keys: Sequence[Part], carried: Sequence[Part], *, lists: bool) -> float:
    if rows < 1:
        return 0.0
    entry = _entry([*keys, *carried])
    groups = _groups(rows, keys) if lists else [(rows, 1.0)]
    size = sum(many * _group(each, entry) for many, each in groups)
    return size / (_FILLED + entry / 2 - _entry(keys[:1]) - _POINTER)


def _entry(parts: Sequence[Part]) -> float:
    """The bytes of an entry on average, a multiple of eight each."""
    nullable = [part for part in parts if 0 < part.nulls < 1][:_MOST_NULLABLE]
    never = [part for part in parts if part.nulls >= 1]
    total = 0.0
    for absent in product((False, True), repeat=len(nullable)):
        gone = [part for part, is_null in zip(nullable, absent, strict=True) if is_null] + never
        share = math.prod(
            part.nulls if is_null else 1 - part.nulls for part, is_null in zip(nullable, absent, strict=True)
        )
        kept = [part for part in parts if not any(part is other for other in gone)]
        total += share * _aligned(kept, _HEADER + (_BITMAP if gone else 0))
    return total


def _aligned(parts: Iterable[Part], begin: float) -> float:
    end, varies = begin, False
    for part in parts:
        short = part.length < 0 and part.width < 127
        varies = varies or part.length < 0
        if not short:
            end = math.ceil(end / part.align) * part.align
        end += part.length if part.length > 0 else part.width
    return end + _SPREAD if varies else math.ceil(end / 8) * 8


def _groups(rows: float, keys: Sequence[Part]) -> list[tuple[float, float]]:
    """How many groups of rows with the same keys there are, and how many rows each has.

    Several keys are thought to have nothing to do with each other; not all that they could be together then comes up.
    """
    if len(keys) == 1:
        return [(many, share * rows) for many, share in _values(keys[0], rows)]
    shares = _values(keys[0], rows)
    for key in keys[1:]:
        both = [(many * more, share * part) for many, share in shares for more, part in _values(key, rows)]
        shares = _alike(both)
    found = [(many * -math.expm1(-share * rows), share * rows) for many, share in shares if share * rows > _NEVER]
    return [(many, mean / -math.expm1(-mean)) for many, mean in found]


def _values(key: Part, rows: float) -> list[tuple[float, float]]:
    """How many values there are, and the share of the rows that each has."""
    known = [share for share in (*key.common, key.nulls) if share > 0]
    rest = 1 - sum(known)
    others = max(min(key.distinct - len(key.common), rest * rows), 1.0)
    return [*((1.0, share) for share in known), *([(others, rest / others)] if rest * rows >= 1 else [])]


def _alike(shares: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same, values of about the same share taken together."""
    found: dict[int, tuple[float, float]] = {}
    for many, share in shares:
        if share < _NEVER:
            continue
        near = round(4 * math.log2(share))
        before, total = found.get(near, (0.0, 0.0))
        found[near] = before + many, total + many * share
    return [(many, total / many) for many, total in found.values()]


def _group(rows: float, entry: float) -> float:
    """The bytes of a group of rows with the same key."""
    low = math.floor(rows)
    part = rows - low
    return (1 - part) * _listed(low, entry) + part * _listed(low + 1, entry)


def _listed(rows: int, entry: float) -> float:
    most = max(1, int((_LONGEST_LIST - entry) // _ROW))
    full, left = divmod(rows, most)
    return full * _list(most, entry) + (_list(left, entry) if left else 0.0)


def _list(rows: int, entry: float) -> float:
    return (entry if rows == 1 else entry + math.ceil(rows * _ROW / 8) * 8) + _POINTER
