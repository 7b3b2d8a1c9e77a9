"""A rewrite stays where nothing but the time changes: the same rows for everybody, the same access, and faster.

Rows and access are compared where the few people of the access matrix stand (`sameness`), and rows once more at volume,
where also the time is taken. Rewrites that mend what fails for everybody need not be faster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Protocol

from apprescue.methods.catalog import read
from apprescue.methods.rewriting import merge, recursion, set_returning, wrap
from apprescue.methods.rewriting.at_volume import NEEDLESS, Milliseconds, Volume
from apprescue.methods.rewriting.sameness import Proving, harmful
from apprescue.model.catalog import Catalog
from apprescue.model.database import Database
from apprescue.model.tuning import Rewrite, Rewritten
from apprescue.model.workload import Drawn

BETTER = "Written another way it gets faster still."


class Kind(Protocol):
    """A module that finds rewrites of one kind."""

    def rewrites(self, catalog: Catalog) -> Iterator[Rewrite]:
        """What can be written another way."""


MENDS: tuple[Kind, ...] = (recursion,)
"""What makes something work; it comes before all that makes it fast."""
KINDS: tuple[Kind, ...] = (set_returning, wrap, merge)


def rewritten(
    proving: Proving, grown: Database, drawn: Sequence[Drawn], milliseconds: Milliseconds, kinds: Sequence[Kind]
) -> tuple[tuple[Rewritten, ...], Proving]:
    """Try every rewrite of these kinds, one kind after the other. What stays, stays in both databases, and the next
    begins there: undone in the opposite order, all is as it was. Where two would write the same rule anew, the second
    is written and tried again on top of the first. The second answer is where further ones can be tried."""
    found: list[Rewritten] = []
    for kind in kinds:
        judged: dict[str, list[Rewritten]] = {}
        about: set[str] | None = None
        while about is None or about:
            begun = proving
            done, proving = _round(kind, proving, grown, drawn, milliseconds, about)
            judged |= done
            needless = {name for name, ways in done.items() if all(one.refused == NEEDLESS for one in ways)}
            about = needless if proving is not begun else set()
        found += [one for ways in judged.values() for one in ways]
    return tuple(found), proving


def _round(
    kind: Kind,
    proving: Proving,
    grown: Database,
    drawn: Sequence[Drawn],
    milliseconds: Milliseconds,
    about: set[str] | None,
) -> tuple[dict[str, list[Rewritten]], Proving]:
    """Try the rewrites of a kind once, those about these things, None for all. One that gains nothing as long as
    another one holds everything up may gain in the next round."""
    found: dict[str, list[Rewritten]] = {}
    written = tuple(one for one in kind.rewrites(proving.catalog) if about is None or one.about in about)
    begun = proving
    for one in tried(proving, written, grown, drawn, milliseconds):
        fresh = None if one.refused else _anew(kind, proving.catalog, written, one.rewrite)
        if not one.refused and fresh is None:
            one = replace(one, refused=NEEDLESS)
        elif fresh and fresh != one.rewrite:
            (one,) = tried(_as_it_is(proving), (fresh,), grown, drawn, milliseconds)
        found.setdefault(one.rewrite.about, []).append(one)
        if not one.refused:
            for database in (grown,) if grown is proving.database else (proving.database, grown):
                database.run(one.rewrite.up)
            proving = replace(proving, catalog=read(proving.database))
    return found, proving if proving is begun else _as_it_is(proving)


def _as_it_is(proving: Proving) -> Proving:
    return replace(proving, access=proving.matrix(proving.catalog))


def _anew(kind: Kind, catalog: Catalog, written: Sequence[Rewrite], one: Rewrite) -> Rewrite | None:
    """A rewrite as it is written on the database as it is now; None where there is nothing left to rewrite."""
    way = [other for other in written if other.about == one.about].index(one)
    now = [other for other in kind.rewrites(catalog) if other.about == one.about]
    return now[way] if way < len(now) else None


def tried(
    proving: Proving, rewrites: Sequence[Rewrite], grown: Database, drawn: Sequence[Drawn], milliseconds: Milliseconds
) -> tuple[Rewritten, ...]:
    """Try rewrites of one kind, and take each back. Where many leave all access as it is together, none is tried
    alone. Of several about the same thing at most the best stays."""
    found: dict[Rewrite, Rewritten] = {}
    measuring = Volume(proving, grown, drawn, milliseconds)
    for ways in zip_longest(*_by_about(rewrites)):
        some = [one for one in ways if one]
        complaints = harmful(proving, some)
        found |= {one: Rewritten(one, refused=why) for one, why in complaints.items()}
        found |= measuring.all_of([one for one in some if one not in complaints])
    done = [found[one] for one in rewrites]
    best = {}
    for one in sorted((one for one in done if not one.refused), key=_left, reverse=True):
        best[one.rewrite.about] = one
    return tuple(one if one.refused or best[one.rewrite.about] is one else replace(one, refused=BETTER) for one in done)


def _by_about(rewrites: Sequence[Rewrite]) -> list[list[Rewrite]]:
    """The rewrites, those about the same thing together."""
    groups: defaultdict[str, list[Rewrite]] = defaultdict(list)
    for one in rewrites:
        groups[one.about].append(one)
    return list(groups.values())


def _left(one: Rewritten) -> float:
    """The time that is left of what its queries took."""
    return sum(now for _, _, now in one.gains)
