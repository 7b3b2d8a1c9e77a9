"""What tests of fixes share: an app before and after a fix, and what its check says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent

from apprescue import fixes
from apprescue.fixes.interface import Fix
from apprescue.model.finding import Finding
from apprescue.model.outcome import Found
from apprescue.shelf import module
from apprescue.source.edits import applied
from apprescue.sprint.audit import audit
from apprescue.sprint.run import world_of
from tests.support import check_named


@dataclass(frozen=True)
class Repaired:
    """What stands there after a fix, what its check still finds, and how many edits it made."""

    files: dict[str, str]
    left: list[Finding]
    edits: int


def fix_named(name: str) -> Fix:
    return next(thing for thing in vars(module(fixes, name)).values() if isinstance(thing, Fix))


def repaired(name: str, files: Mapping[str, str]) -> Repaired:
    """Every finding of the fix's checks in an app made of these texts, repaired where the fix knows how.

    A second turn must change nothing more.
    """
    texts = {path: dedent(text).lstrip("\n") for path, text in files.items()}
    fix = fix_named(name)
    once, edits = _turn(fix, texts)
    twice, more = _turn(fix, once)
    assert more == 0, twice
    return Repaired(once, _found(fix, once)[0], edits)


def _found(fix: Fix, files: Mapping[str, str]) -> tuple[list[Finding], object]:
    world = world_of(files)
    outcomes = audit(world, [check_named(one) for one in fix.answers])
    return [outcome.finding for outcome in outcomes if isinstance(outcome, Found)], world["app"]


def _turn(fix: Fix, files: dict[str, str]) -> tuple[dict[str, str], int]:
    findings, app = _found(fix, files)
    patches = [patch for one in findings if (patch := fix.patch(one, app))]  # type: ignore[arg-type]
    edits = [edit for patch in patches for edit in patch.edits]
    return applied(files, edits), len(edits)
