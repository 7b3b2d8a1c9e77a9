"""What tests of checks share: an app from texts in memory, and what one check says of it."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from apprescue import checks
from apprescue.checks.interface import Check
from apprescue.model.finding import Finding
from apprescue.model.outcome import Crashed, Found, NotExamined
from apprescue.shelf import module
from apprescue.sprint.audit import audit, worst_first
from apprescue.sprint.run import world_of


def check_named(name: str) -> Check:
    """The check of that name, `risk/name`; no other check's file is opened."""
    return next(thing for thing in vars(module(checks, name)).values() if isinstance(thing, Check))


def audit_files(files: Mapping[str, str], only: str) -> list[Finding]:
    """What one check (`risk/name`) finds in an app made of these texts (indented ones are dedented), worst first.

    A check that broke, or that was not given what it needs, fails the test: its silence would say nothing.
    """
    check = check_named(only)
    world = world_of({path: dedent(text).lstrip("\n") for path, text in files.items()}, needs=check.needs)
    outcomes = list(audit(world, [check]))
    for outcome in outcomes:
        assert not isinstance(outcome, Crashed | NotExamined), outcome
    return worst_first(outcome.finding for outcome in outcomes if isinstance(outcome, Found))
