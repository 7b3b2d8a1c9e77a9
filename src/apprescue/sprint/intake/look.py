"""What an audit says to a point that names its checks: it fails, it passes, or it was not examined.

It fails by an open finding of these checks, unless that is too mild for it. It passes where every one of them ran to
its end, nothing that they stand on was left out, and nothing of the point lies beyond what an audit can see. Everything
else is not examined.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache

from apprescue import checks
from apprescue.model.audit import Audit
from apprescue.model.finding import Finding, Severity
from apprescue.model.intake import Look, Mark, Unexamined
from apprescue.shelf import names
from apprescue.sprint.bench import ACCESS, HISTORY
from apprescue.sprint.intake.score import reason_of, unexamined_in

PARTS = {"history": "secrets", "secrets": "secrets", ACCESS: "access", HISTORY: "database"}
"""Parts of an app that may be left out beside a check, and the risk whose silence means nothing then."""

LEFT_OUT = "files"
"""Files that were not read: they are told, and take no pass away."""


def ran_in(audit: Audit, known: Iterable[Finding] = ()) -> frozenset[str]:
    """The names of the checks that ran to their end in an audit. `known` are findings of it that are kept elsewhere,
    closed ones included."""
    found = (*audit.findings, *known, *(one.finding for one in audit.cleared))
    spoke = {*audit.quiet, *(one.check for one in found)}
    return frozenset(spoke - {one.check for one in unexamined_in(audit)})


@cache
def meant(named: tuple[str, ...]) -> frozenset[str]:
    """The checks that names mean: a check's, or a risk's for all of its checks."""
    return frozenset(one for one in names(checks) if one in named or one.partition("/")[0] in named)


def look(
    named: tuple[str, ...],
    beyond: str,
    findings: Iterable[Finding],
    ran: Collection[str],
    unexamined: Sequence[Unexamined] = (),
    fails_from: Severity = Severity.LOW,
) -> Look:
    """What the open findings and the checks that ran say to a point."""
    mine = meant(named)
    against = tuple(sorted((one for one in findings if one.check in mine), key=lambda one: one.order))
    gaps = tuple(dict.fromkeys([*_gaps(mine, ran, unexamined), *([beyond] if beyond else [])]))
    fails = any(one.severity.rank <= fails_from.rank for one in against)
    return Look(Mark.FAIL if fails else Mark.NOT_EXAMINED if gaps else Mark.PASS, against, gaps)


def _gaps(mine: frozenset[str], ran: Collection[str], unexamined: Iterable[Unexamined]) -> Iterable[str]:
    """Why the silence of some of the checks means nothing, in words."""
    told = set()
    for one in unexamined:
        if one.check in mine:
            told.add(one.check)
            yield reason_of(one)
        elif "/" not in one.check and one.check != LEFT_OUT and _stands_on(mine, one.check):
            yield f"{one.check}: {reason_of(one)}"
    silent = sorted(mine - set(ran) - told)
    if silent:
        yield f"not run: {', '.join(silent)}"


def _stands_on(mine: frozenset[str], part: str) -> bool:
    """Whether checks stand on a part of the app that was left out; a reader that broke is behind all of them."""
    return part not in PARTS or any(one.startswith(PARTS[part] + "/") for one in mine)
