"""The hours that findings take, from least to most.

Each finding has the hours of its severity and of its kind of repair: one is known and has only to be read and tried, it
is work in the database, in the code, or outside of both (a key is changed at its provider, a setting at the host). From
the second one of a check on, each takes half, as it is the same work again. Wherever anything is to be done, the hours
for getting to know the app, the release and the handover come to it once. The figures are our own experience: an
estimate to plan with, no promise, and no price.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from enum import StrEnum

from apprescue.model.finding import Finding, Severity
from apprescue.model.intake import Estimate, Work
from apprescue.model.place import (
    BucketPlace,
    ColumnPlace,
    CommitPlace,
    EnvPlace,
    FunctionPlace,
    PolicyPlace,
    Setting,
    TablePlace,
)


class Kind(StrEnum):
    """What sort of work a repair is."""

    KNOWN = "a repair is known: read it, try it, take it"
    DATABASE = "work in the database by hand"
    CODE = "work in the code by hand"
    OUTSIDE = "keys and settings, at providers and hosts"


DATABASE_PLACES = (TablePlace, ColumnPlace, PolicyPlace, FunctionPlace, BucketPlace)
OUTSIDE_PLACES = (CommitPlace, EnvPlace, Setting)
CRITICAL, HIGH, MEDIUM, LOW = Severity
HOURS: dict[Kind, dict[Severity, tuple[float, float]]] = {
    Kind.KNOWN: {CRITICAL: (0.5, 2.0), HIGH: (0.5, 2.0), MEDIUM: (0.25, 1.0), LOW: (0.25, 0.5)},
    Kind.DATABASE: {CRITICAL: (2.0, 6.0), HIGH: (1.5, 5.0), MEDIUM: (1.0, 3.0), LOW: (0.5, 1.5)},
    Kind.CODE: {CRITICAL: (2.0, 8.0), HIGH: (1.5, 6.0), MEDIUM: (1.0, 4.0), LOW: (0.5, 2.0)},
    Kind.OUTSIDE: {CRITICAL: (1.0, 3.0), HIGH: (0.5, 2.5), MEDIUM: (0.5, 1.5), LOW: (0.25, 1.0)},
}
AROUND = (3.0, 6.0)
AROUND_IT = "getting to know the app, release and handover"
AGAIN = 0.5


def estimate(findings: Iterable[Finding], fixable: Collection[str] = ()) -> Estimate:
    """The hours for findings: hand over those that are open. `fixable` names the checks for which a fix exists."""
    groups: dict[tuple[Kind, str], list[Severity]] = {}
    for one in findings:
        groups.setdefault((kind_of(one, fixable), one.check), []).append(one.severity)
    if not groups:
        return Estimate()
    work = [_work(kind, [group for (of, _), group in groups.items() if of is kind]) for kind in Kind]
    every = (*(one for one in work if one.number), Work(AROUND_IT, 1, *AROUND))
    return Estimate(math.fsum(one.low for one in every), math.fsum(one.high for one in every), every)


def kind_of(finding: Finding, fixable: Collection[str]) -> Kind:
    """What sort of work the repair of a finding is."""
    if finding.check in fixable:
        return Kind.KNOWN
    if isinstance(finding.place, DATABASE_PLACES):
        return Kind.DATABASE
    if isinstance(finding.place, OUTSIDE_PLACES) or finding.check.startswith("secrets/"):
        return Kind.OUTSIDE
    return Kind.CODE


def _work(kind: Kind, groups: Iterable[list[Severity]]) -> Work:
    """The work of one kind, those of one check together."""
    hours = [pair for group in groups for pair in _hours(kind, group)]
    return Work(kind, len(hours), math.fsum(low for low, _ in hours), math.fsum(high for _, high in hours))


def _hours(kind: Kind, group: list[Severity]) -> Iterable[tuple[float, float]]:
    first, *others = sorted(group, key=lambda one: one.rank)
    yield HOURS[kind][first]
    for one in others:
        low, high = HOURS[kind][one]
        yield low * AGAIN, high * AGAIN
