"""A sprint that is done, with one of everything that the chapters show; and one that stopped after the audit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apprescue.model.access import Access, Actor, Cell, Operation, Verdict
from apprescue.model.app import Package
from apprescue.model.finding import Finding, Severity
from apprescue.model.outcome import Cleared, NotExamined, Quiet
from apprescue.model.place import Code, CommitPlace, RoutePlace, Setting, TablePlace
from apprescue.model.proof import Proof
from apprescue.model.repair import State
from apprescue.model.sprint import (
    Command,
    EnvName,
    Host,
    Kept,
    Scores,
    Stage,
    Standing,
    Stood,
    Went,
)
from apprescue.source.stored import stored
from apprescue.sprint.days import RESCUE
from tests.reports import sample
from tests.reports.tuned import tuned

DIFFERENCE = (
    "--- a/src/api/orders.ts\n+++ b/src/api/orders.ts\n-one\n+two\n--- /dev/null\n"
    "+++ b/supabase/migrations/20260101_one.sql\n+sql\n--- /dev/null\n+++ b/rescue/undo/one.undo.sql\n+sql\n"
)
PROOF = Proof("database", "select 1;", "anon", "a refusal", "3 rows came back")
LOGIN, POLICY, KEY, TRACKER, LOOP, OLD = 0, 2, 3, 4, 5, 7


def findings() -> tuple[Finding, ...]:
    """Those of the sample, each as one of a check that there is."""
    real = {
        "access/policy_open_to_all": "access/policy_for_everyone",
        "release/environment_name_undeclared": "release/env_name_undeclared",
    }
    return tuple(replace(one, check=real.get(one.check, one.check)) for one in sample.FINDINGS)


def stood() -> tuple[Stood, ...]:
    """One in each state."""
    found = findings()
    made = {
        POLICY: Stood(
            found[POLICY], State.REPAIRED, title="Let only the owner read", commit="b" * 40, difference=DIFFERENCE,
            lines=2, cells=4, before=PROOF, after="no row came back", test="supabase/tests/rescue/one.sql", told=31,
        ),
        KEY: Stood(
            found[KEY], State.REPAIRED, title="Take the key out", commit="c" * 40, difference="--- a/x\n+++ b/x\n+b\n",
            lines=7, todo=("Roll the key at Stripe.",), review=True, after="the check sees nothing", told=33,
        ),
        8: Stood(found[8], State.ALONG, "It was closed by “Let only the owner read”.", commit="b" * 40, told=32),
        LOGIN: Stood(found[LOGIN], State.REFUSED, "The owner could not read it any more either.", told=34),
        1: Stood(found[1], State.BY_HAND, "No repair is known", told=35),
        TRACKER: Stood(
            found[TRACKER], State.REPAIRED, title="Report errors, without secrets", commit="d" * 40, lines=60,
            todo=("Make a project at sentry.io, and copy its DSN.",), told=36,
        ),
        6: Stood(found[6], State.CLEARED, "You said that this is meant.", told=37),
        OLD: Stood(found[OLD], State.SUPPRESSED),
    }  # fmt: skip
    route = replace(
        found[1], key="f" * 16, check="access/route_without_login", place=RoutePlace("POST /api/stripe"),
        title="Anyone can call it", severity=Severity.CRITICAL,
    )  # fmt: skip
    closed = Stood(route, State.REPAIRED, title="Ask for a login", commit="e" * 40, lines=3, told=38)
    late = Stood(replace(found[LOOP], key="e" * 16, place=Code("src/late.ts", 3)), State.OPEN, new=True)
    every = [made.get(at, Stood(one, State.OPEN)) for at, one in enumerate(found)]
    return tuple(replace(one, row=10 + at) for at, one in enumerate([*every, closed, late]))


def cell(verdict: Verdict, actor: Actor = Actor.ANON, column: str = "", row: str = "another's") -> Cell:
    return Cell("public.letters", "table", column, actor, Operation.SELECT, row, verdict, False, "3 rows")


BEFORE = Access(
    (
        cell(Verdict.LEAK),
        cell(Verdict.LEAK, column="body"),
        cell(Verdict.LEAK, column="reader"),
        cell(Verdict.ALLOWED, Actor.OWNER, row="own"),
        cell(Verdict.UNTESTED, Actor.ADMIN),
    ),
    (("public.odd", "no row could be made: a check refuses it"),),
)
AFTER = replace(
    BEFORE,
    cells=tuple(replace(one, verdict=Verdict.DENIED) if one.verdict is Verdict.LEAK else one for one in BEFORE.cells),
)


def standing() -> Standing:
    """A sprint in which all steps were done."""
    outcomes = tuple(one for one in sample.OUTCOMES if not isinstance(one, Quiet))
    quiet = ("cors/localhost_origin", "input/query_from_input", "running/no_health_route", "sessions/mock_login")
    cleared = Cleared(replace(findings()[8], place=TablePlace("public.plans")), "a trigger put the old price back")
    audit = sample.audit(outcomes=(*outcomes, cleared, *map(Quiet, quiet)))
    return Standing(
        "teahouse",
        RESCUE,
        sample.APP.commit,
        "rescue/2026-01-31",
        began="2026-01-31T09:00:00",
        went={one.name: Went(one.name, Stage.DONE, said="done", row=40 + at) for at, one in enumerate(RESCUE.steps)},
        audit=replace(audit, findings=()),
        findings=tuple(sorted(stood(), key=lambda one: one.finding.order)),
        access_before=BEFORE,
        access_after=AFTER,
        tuned=tuned(),
        kept=(
            Kept("20260101000000_posts_creator.sql", "f" * 40, "", 64),
            Kept("20260101000001_other.sql", "", "it would change more than the speed", 65),
        ),
        scores=(Scores("before", 71, ("keys",), (3.5, 9.0), row=60), Scores("after", 12, (), (1.0, 2.0), row=61)),
        env=(EnvName("STRIPE_KEY", ("server",), True, 62), EnvName("VITE_API_URL", ("browser",), False, 63)),
        packages=(Package("hono", "^4.1.0", "npm", Code("package.json", 3)),),
        hosts=(
            Host("Fly", (Command("Release", "fly deploy", "One machine after the other.", "fly deploy --image X"),)),
        ),
        unexamined=("The folder is no git repository.",),
        rows={"audit_before": 1, "access_before": 2, "access_after": 3, "tuned": 4, "plan": 5}
        | {f"measured {one.statement.key}": 80 + at for at, one in enumerate(tuned().measured)},
        last=70,
    )


def bare() -> Standing:
    """A sprint that stopped after the audit of an app without a server or a database, in which little was found."""
    unseen = (
        NotExamined("secrets/key_in_history", "the folder is no git repository"),
        Quiet("secrets/fallback_secret"),
    )
    app = replace(sample.APP, routes=())
    audit = sample.audit(app, (*unseen, Quiet("cors/localhost_origin")))
    gone = findings()[OLD]
    left = replace(gone, suppressed="", place=CommitPlace("aa11bb22cc", Code("src/lib/old.ts", 2)))
    other = replace(findings()[TRACKER], place=Setting("error tracker"))
    return Standing(
        "teahouse",
        RESCUE,
        went={one: Went(one, Stage.DONE, row=40) for one in ("intake", "audit", "questions", "triage")},
        audit=audit,
        findings=tuple(Stood(one, State.OPEN, row=10 + at) for at, one in enumerate((left, other))),
        access_before=Access(),
        rows={"audit_before": 1, "access_before": 2},
        last=50,
    )


def rows(of: Standing) -> dict[int, Any]:
    """What the ledger's rows hold, as far as figures point into them."""
    held: dict[int, Any] = {
        of.rows["audit_before"]: {"audit": stored(of.audit)},
        of.rows["access_before"]: {"access": stored(of.access_before)},
        of.rows["access_after"]: {"access": stored(of.access_after)},
        of.rows["tuned"]: {"tuned": stored(of.tuned)},
    }
    for one in of.findings:
        held[one.row] = {"finding": stored(one.finding)}
        held[one.told or one.row] = {"lines": one.lines, "cells": one.cells}
    for measured in of.tuned.measured if of.tuned else ():
        held[of.rows[f"measured {measured.statement.key}"]] = {"measured": stored(measured)}
    held |= {one.row: {} for one in of.kept}
    return held | {one.row: stored(one) for one in of.scores}
