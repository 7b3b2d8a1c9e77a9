"""An app before and after a change: what is closed, what is new, which cells of the access matrix differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from apprescue.model.access import Access, Actor, Cell, Claim, Verdict
from apprescue.model.finding import Finding
from apprescue.model.place import (
    BucketPlace,
    ColumnPlace,
    CommitPlace,
    FunctionPlace,
    Place,
    PolicyPlace,
    RoutePlace,
    TablePlace,
    code_of,
)

WRONG = (Verdict.LEAK, Verdict.UNDECIDED, Verdict.BROKEN)
UNSEEN, SHUT = (Verdict.UNTESTED, Verdict.DENIED), (Verdict.DENIED, None)


@dataclass(frozen=True, slots=True)
class Changed:
    """One cell that is not what it was; `after` is None where it is not tried any more. `as_anyone` tells of an
    administrator whom no rule knew: he could do it only because a stranger could, who should not."""

    before: Cell | None
    after: Cell | None
    as_anyone: bool = False

    @property
    def cell(self) -> Cell:
        """The cell as it is, or as it was."""
        return self.after or self.before  # type: ignore[return-value]  # one of them is there

    @property
    def better(self) -> bool:
        """Whether what should not have worked is refused now, or what failed works; whether a right is gone that nobody
        is meant to have, or what is meant works at last."""
        mended = self._was in WRONG and self._now not in WRONG
        shut = self._was in UNSEEN and self._now in SHUT and not self.cell.intended
        works = self._was in UNSEEN and self._now is Verdict.ALLOWED and self.cell.intended is True
        return self._now not in WRONG if self.as_anyone else mended or shut or works

    @property
    def worse(self) -> bool:
        """Whether somebody can now what he should not, or cannot what he should; an attempt that came to nothing or
        cannot be made any more counts where it was allowed before."""
        lost = self._was is Verdict.ALLOWED and not self.as_anyone
        return self._now in (Verdict.LEAK, Verdict.BROKEN) or lost or (self._now in WRONG and self._was not in WRONG)

    @property
    def harmless(self) -> bool:
        """Whether it may change beside a repair: what failed for everybody only because it hung on something broken
        works or is refused as it is meant, or a new thing lets nobody do what he should not, or what nobody is meant to
        do, and could not be tried, is seen to be refused."""
        told = self._was is Verdict.UNTESTED and self._now is Verdict.DENIED and self.cell.intended is False
        return not self.worse and (self._was is None or told or (self._was is Verdict.BROKEN and self.better))

    @property
    def _was(self) -> Verdict | None:
        return self.before.verdict if self.before else None

    @property
    def _now(self) -> Verdict | None:
        return self.after.verdict if self.after else None

    def __str__(self) -> str:
        cell = self.cell
        told = f"{cell.actor} {cell.operation} {'.'.join(filter(None, (cell.object, cell.column)))}"
        was, now = (one.value if one else "not tried" for one in (self._was, self._now))
        return f"{told} ({cell.row}): {was}, then {now}"


def changed(before: Access, after: Access) -> Iterator[Changed]:
    """The cells whose verdict is another one."""
    old, new = ({_try(cell): cell for cell in access.cells} for access in (before, after))
    known = any(_as_stranger(cell, old) is Verdict.DENIED for cell in before.cells if _done_by_staff(cell))
    for one in dict.fromkeys([*old, *new]):
        was, now = old.get(one), new.get(one)
        if (was and was.verdict) is not (now and now.verdict):
            as_anyone = bool(was and _done_by_staff(was) and not known and _as_stranger(was, old) in WRONG)
            yield Changed(was, now, as_anyone)


def _done_by_staff(cell: Cell) -> bool:
    return cell.actor is Actor.ADMIN and cell.verdict is Verdict.ALLOWED


def as_stranger(cell: Cell, access: Access) -> Verdict | None:
    """What came of the same try when a stranger made it, or somebody without an account."""
    return _as_stranger(cell, {_try(one): one for one in access.cells})


def _as_stranger(cell: Cell, cells: dict[tuple[object, ...], Cell]) -> Verdict | None:
    same = (cells.get(_try(replace(cell, actor=actor))) for actor in (Actor.STRANGER, Actor.ANON))
    return next((one.verdict for one in same if one), None)


def _try(cell: Cell) -> tuple[object, ...]:
    return cell.object, cell.kind, cell.column, cell.actor, cell.operation, cell.row


def shown(claim: Claim, access: Access) -> bool:
    """Whether the matrix shows what a claim says: that it works, or that it fails for everybody."""
    said = (Verdict.BROKEN,) if claim.fails else (Verdict.LEAK, Verdict.UNDECIDED)
    return any(cell.verdict in said for cell in access.answering(claim))


def objects_of(finding: Finding) -> frozenset[str]:
    """The tables, functions and buckets that a finding is about."""
    named = (_object(place) for place in (finding.place, *finding.related))
    return frozenset([*filter(None, named), *(claim.object for claim in finding.claims)])


def _object(place: Place) -> str:
    match place:
        case TablePlace() | ColumnPlace() | PolicyPlace():
            return place.table
        case FunctionPlace():
            return place.function
        case BucketPlace():
            return place.bucket
    return ""


def opened(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """The findings that are there after a change and were not before. A finding that only stands in other words or
    lines, or is led by another place that it named, counts as the one that it was."""
    known = list(before)
    keys, still = {one.key for one in known}, {one.key for one in after}
    gone = [_told(one) for one in known if one.key not in still]
    new = []
    for one in after:
        if one.key not in keys:
            own = _where(one)
            room = next((told for told in gone if told[0] == own), next((told for told in gone if own in told), None))
            if room:
                gone.remove(room)
            else:
                new.append(one)
    return new


def _told(finding: Finding) -> list[tuple[str, str]]:
    """Where a finding is, and the other places that it names: one cause that is gone in one place is led by another."""
    named = (place for place in finding.related if _object(place))
    return [_where(finding), *(_where(replace(finding, place=place)) for place in named)]


def again(finding: Finding, before: Iterable[Finding], after: Iterable[Finding]) -> Finding | None:
    """The finding as it is after a change: by its key, else a new one of its check in its place; None where it is
    gone."""
    known = {one.key for one in before}
    same = [one for one in after if one.key == finding.key]
    return next(iter(same + [one for one in after if one.key not in known and _where(one) == _where(finding)]), None)


def closed(finding: Finding, before: Iterable[Finding], after: Iterable[Finding]) -> bool:
    """Whether a finding is gone: neither its key is there nor another one in its place."""
    own = _where(finding)
    was, now = (sum(_where(one) == own for one in side) for side in (before, list(after)))
    return now < was and all(one.key != finding.key for one in after)


def _where(finding: Finding) -> tuple[str, str]:
    place = finding.place
    if isinstance(place, RoutePlace | CommitPlace) or _object(place):
        return finding.check, str(place) if not isinstance(place, PolicyPlace) else place.table
    code = code_of(place)
    return finding.check, code.path if code else str(place)
