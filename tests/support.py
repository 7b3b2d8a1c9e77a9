"""What tests share: an app from texts in memory and what one check says of it; what answers a planted defect."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from functools import cache
from textwrap import dedent
from typing import Any

from apprescue import checks
from apprescue.checks.interface import Check
from apprescue.lab.postgres import Server, serve
from apprescue.model.app import App
from apprescue.model.facts import Fact
from apprescue.model.finding import Finding
from apprescue.model.outcome import Crashed, Found, NotExamined
from apprescue.model.place import Code
from apprescue.model.rebuilt import Rebuilt
from apprescue.model.workload import Draw, Drawn, Standing, Statement
from apprescue.shelf import module
from apprescue.sprint.audit import audit
from apprescue.sprint.bench import Trial
from apprescue.sprint.laboratory import trial_in
from apprescue.sprint.run import TRIED, world_of


def check_named(name: str) -> Check:
    """The check of that name, `risk/name`; no other check's file is opened."""
    return next(thing for thing in vars(module(checks, name)).values() if isinstance(thing, Check))


_OPEN = ExitStack()


@cache
def laboratory() -> Server:
    """A database server for all tests of a run, started when the first of them asks."""
    return _OPEN.enter_context(serve())


def close_laboratory() -> None:
    """End the server, where one was started."""
    _OPEN.close()


def tried_out(app: App, facts: Collection[Fact] = ()) -> Trial:
    """What comes of an app's database in the laboratory; it is dropped afterwards, for many tests share a server."""
    done = trial_in(laboratory(), app, facts=facts)
    if isinstance(done.rebuilt, Rebuilt):
        laboratory().drop(done.rebuilt.database)
    return done


def audit_files(files: Mapping[str, str], only: str) -> list[Finding]:
    """What one check (`risk/name`) finds in an app made of these texts (indented ones are dedented), worst first.

    A check that broke, or that was not given what it needs, fails the test: its silence would say nothing.
    """
    check = check_named(only)
    world = world_of({path: dedent(text).lstrip("\n") for path, text in files.items()}, needs=check.needs)
    if TRIED & set(check.needs):
        tried = tried_out(world["app"])
        world |= {"access": tried.access, "rebuilt": tried.rebuilt}
    outcomes = list(audit(world, [check]))
    for outcome in outcomes:
        assert not isinstance(outcome, Crashed | NotExamined), outcome
    return sorted((outcome.finding for outcome in outcomes if isinstance(outcome, Found)), key=lambda f: f.order)


Item = dict[str, Any]
FITS = {
    "secrets": {"secrets"},
    "cors": {"cors"},
    "speed": {"speed", "database"},
    "access": {"access", "database", "sessions", "input", "ai"},
    "sessions": {"sessions", "access", "secrets", "input"},
    "database": {"database", "access", "speed", "release", "running"},
    "input": {"input", "access", "running"},
    "running": {"running", "input", "access", "secrets"},
    "ai": {"ai", "access", "input"},
    "release": {"release", "running", "database", "input"},
}
"""An item's risk, and the risks of the checks that may answer it."""
NEAR = 3


def answers(item: Item, finding: Item) -> bool:
    """Whether a finding of the JSON report speaks of a planted item: a fitting risk, and a place that meets its own."""
    if finding["check"].partition("/")[0] not in FITS[item["risk"]]:
        return False
    return any(_meet(mine, theirs) for mine in item["places"] for theirs in (finding["place"], *finding["related"]))


def accuses(finding: Item, item: Item) -> bool:
    """Whether a finding of medium or more calls a planted safe item wrong, by a check of its very risk."""
    return finding["severity"] != "low" and finding["check"].startswith(f"{item['risk']}/") and answers(item, finding)


def _meet(mine: Item, theirs: Item) -> bool:
    if mine.get("path") and theirs.get("path"):
        first, last = mine.get("line") or 0, mine.get("end_line") or mine.get("line") or 0
        begins, ends = theirs.get("line") or 0, theirs.get("end_line") or theirs.get("line") or 0
        return bool(mine["path"] == theirs["path"] and (not first or (first - NEAR <= ends and begins <= last + NEAR)))
    if mine.get("table") and theirs.get("table"):
        both = [key for key in ("column", "policy") if mine.get(key) and theirs.get(key)]
        return all(_bare(mine[key]) == _bare(theirs[key]) for key in ("table", *both))
    if mine.get("route") and theirs.get("route"):
        return bool(mine["route"].lower().rstrip("/") == theirs["route"].lower().rstrip("/"))
    return False


def _bare(name: str) -> str:
    return name.rpartition(".")[2].strip('"').lower()


ME = "6f0c3a52-1b7e-4c7a-9d0e-000000000001"


def drawn(sql: str, *values: tuple[str, ...], role: str = "authenticated", **more: Any) -> Drawn:
    """A statement of a creator's app, sent by a busy person with each of these rows of values."""
    statement = Statement(sql, Code("src/app.ts", 1), role, **more)
    return Drawn(statement, tuple(Draw(Standing.HOT, ME, one) for one in values or ((),)))
