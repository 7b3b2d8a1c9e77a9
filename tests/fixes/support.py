"""What tests of fixes share: an app before and after a fix, and what its checks say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

from apprescue import fixes
from apprescue.fixes.interface import Fix
from apprescue.model.access import Access
from apprescue.model.finding import Finding
from apprescue.model.outcome import Crashed, Found
from apprescue.model.patch import Patch
from apprescue.shelf import module
from apprescue.source.edits import applied
from apprescue.sprint.audit import audit
from apprescue.sprint.compare import Changed, changed
from apprescue.sprint.prove import proved
from apprescue.sprint.run import TRIED, world_of
from tests.support import check_named, tried_out

LABORATORY = TRIED | {"catalog", "intent"}


@dataclass(frozen=True)
class Repaired:
    """What stands there after a fix, what its checks still find, the patches, and which cells of the access matrix are
    not what they were (none where the fix asks for no laboratory)."""

    files: dict[str, str]
    left: list[Finding]
    patches: list[Patch]
    cells: list[Changed] = field(default_factory=list)

    @property
    def edits(self) -> int:
        """How many edits were made."""
        return sum(len(patch.edits) for patch in self.patches)


def fix_named(name: str) -> Fix:
    return next(thing for thing in vars(module(fixes, name)).values() if isinstance(thing, Fix))


def repaired(name: str, files: Mapping[str, str]) -> Repaired:
    """Every finding of the fix's checks in an app made of these texts (indented ones are dedented), repaired one after
    the other, each on what the ones before left, where the fix knows how.

    A second turn must change nothing more. The database is rebuilt and tried where the fix or a check asks for it.
    """
    texts = {path: dedent(text).lstrip("\n") for path, text in files.items()}
    fix = fix_named(name)
    once, patches, before = _turn(fix, texts)
    twice, more, after = _turn(fix, once)
    assert not more, twice
    return Repaired(once, after["findings"], patches, list(changed(before["access"], after["access"])))


def _examined(fix: Fix, files: Mapping[str, str]) -> dict[str, Any]:
    checks = [check_named(one) for one in fix.answers]
    world = world_of(files, needs={need for one in checks for need in one.needs})
    access = Access()
    outcomes = list(audit(world, [one for one in checks if not TRIED & set(one.needs)]))
    if LABORATORY & {*fix.needs, *(need for one in checks for need in one.needs)}:
        facts = {fact: None for one in outcomes if isinstance(one, Found) for fact in one.finding.facts}
        tried = tried_out(world["app"], facts)
        world |= {"access": tried.access, "rebuilt": tried.rebuilt, "catalog": tried.catalog, "intent": tried.intent}
        access = tried.access if isinstance(tried.access, Access) else access
        outcomes += audit(world, [one for one in checks if TRIED & set(one.needs)])
        outcomes = list(proved(outcomes, access, tried.facts))
    assert not [one for one in outcomes if isinstance(one, Crashed)], outcomes
    found = sorted((one.finding for one in outcomes if isinstance(one, Found)), key=lambda one: one.order)
    return {**world, "findings": found, "access": access}


def _turn(fix: Fix, files: dict[str, str]) -> tuple[dict[str, str], list[Patch], dict[str, Any]]:
    """One patch after the other, until nothing is left that the fix repairs; and what was found before."""
    first = world = _examined(fix, files)
    patches: list[Patch] = []
    for _ in range(len(first["findings"])):
        patch = next((made for one in world["findings"] if (made := fix.patch(one, world))), None)
        if patch is None:
            break
        patches.append(patch)
        files = {path: text for path, text in applied(files, patch.edits).items() if path not in patch.gone}
        world = _examined(fix, files)
    return files, patches, first
