"""What speaks against a repair: who could do something before it and cannot after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apprescue.model.access import Access, Actor, Cell, Claim, Operation, Verdict
from apprescue.model.app import App, Query, Route
from apprescue.model.catalog import Catalog, Relation, Rule
from apprescue.model.finding import Evidence, Finding, Severity
from apprescue.model.outcome import Found
from apprescue.model.place import Code, PolicyPlace, RoutePlace
from apprescue.model.trace import Guard, Step
from apprescue.sprint import compare
from apprescue.sprint.judge import against
from apprescue.sprint.run import Examined
from tests.reports.test_repair import OPEN

TABLE = "public.tips"
WIDE = Rule("Server", "all", ("public",), "true", "")
THEIRS = Rule("Theirs", "select", ("public",), "exists (select from orders where buyer = auth.uid())", "")
FINDING = replace(OPEN, place=PolicyPlace(TABLE, WIDE.name), related=(), claims=())
READ = Cell(TABLE, "table", "", Actor.STRANGER, Operation.SELECT, "another's", Verdict.LEAK)


def examined(member: Verdict, stranger: Verdict, rules: tuple[Rule, ...], found: bool) -> Examined:
    cells = (replace(READ, verdict=stranger), replace(READ, actor=Actor.MEMBER, verdict=member, intended=True))
    catalog = Catalog((Relation(TABLE, "table", (), policies=rules),))
    world = {"app": App("app", {}), "access": Access(cells), "catalog": catalog}
    return Examined(world, (Found(FINDING),) if found else (), {}, {}, ())


@pytest.mark.parametrize(
    ("stranger", "left", "spoken"),
    [
        (Verdict.LEAK, (THEIRS,), False),
        (Verdict.LEAK, (), True),
        (Verdict.LEAK, (replace(THEIRS, using="false"),), True),
        (Verdict.DENIED, (THEIRS,), True),
    ],
)
def test_who_read_a_row_only_as_a_stranger_loses_nothing(
    stranger: Verdict, left: tuple[Rule, ...], spoken: bool
) -> None:
    before = examined(Verdict.ALLOWED, stranger, (WIDE, THEIRS), True)
    after = examined(Verdict.DENIED, Verdict.DENIED, left, False)
    cells = list(compare.changed(before.access, after.access))
    assert bool(against(FINDING, before, after, cells)) is spoken


@pytest.mark.parametrize(
    ("severity", "evidence", "spoken"),
    [
        (Severity.LOW, Evidence.OBSERVED, False),
        (Severity.LOW, Evidence.PROVEN, True),
        (Severity.MEDIUM, Evidence.OBSERVED, True),
    ],
)
def test_a_little_problem_behind_a_great_one_is_no_harm(severity: Severity, evidence: Evidence, spoken: bool) -> None:
    new = replace(OPEN, key="new", place=Code("a.ts", 3), related=(), claims=(), severity=severity, evidence=evidence)
    before, after = (
        Examined({"app": App("app", {}), "access": Access()}, (Found(one),), {}, {}, ()) for one in (FINDING, new)
    )
    assert FINDING.severity in (Severity.CRITICAL, Severity.HIGH)
    assert bool(against(FINDING, before, after, [])) is spoken


def test_who_reads_no_secret_column_any_more_lost_nothing() -> None:
    finding = replace(FINDING, claims=(Claim(TABLE, Operation.SELECT, column="key"),))
    cell = replace(READ, column="key")
    before, after = (
        Examined({"app": App("app", {}), "access": Access((one,))}, (Found(finding),) * found, {}, {}, ())
        for one, found in ((cell, True), (replace(cell, verdict=Verdict.DENIED), False))
    )
    assert not against(finding, before, after, list(compare.changed(before.access, after.access)))


@pytest.mark.parametrize(
    ("column", "actor", "spoken"),
    [
        ("role", Actor.OWNER, False),
        ("note", Actor.OWNER, True),
        ("role", Actor.ADMIN, True),
    ],
)
def test_what_the_finding_says_must_not_be_done_may_end(column: str, actor: Actor, spoken: bool) -> None:
    finding = replace(FINDING, claims=(Claim(TABLE, Operation.UPDATE, column="role", own=True),))
    cell = replace(READ, operation=Operation.UPDATE, actor=actor, column=column, verdict=Verdict.ALLOWED, intended=True)
    before, after = (
        Examined({"app": App("app", {}), "access": Access((one,))}, (Found(finding),) * found, {}, {}, ())
        for one, found in ((cell, True), (replace(cell, verdict=Verdict.DENIED), False))
    )
    assert bool(against(finding, before, after, list(compare.changed(before.access, after.access)))) is spoken


@pytest.mark.parametrize(
    ("owner", "intended", "spoken"),
    [(Verdict.DENIED, False, False), (Verdict.ALLOWED, False, True), (Verdict.DENIED, True, True)],
)
def test_what_the_server_alone_can_do_is_out_of_reach(owner: Verdict, intended: bool, spoken: bool) -> None:
    stranger = replace(READ, operation=Operation.UPDATE, verdict=Verdict.DENIED, intended=intended)
    others = (replace(stranger, actor=Actor.OWNER, row="own", verdict=owner), replace(stranger, actor=Actor.SERVICE))
    before, after = (
        replace(examined(Verdict.DENIED, Verdict.DENIED, (), found), world={"app": App("app", {}), "access": access})
        for found, access in (
            (True, Access((stranger, *others))),
            (False, Access((replace(stranger, verdict=Verdict.UNTESTED), *others))),
        )
    )
    assert bool(against(FINDING, before, after, list(compare.changed(before.access, after.access)))) is spoken


@pytest.mark.parametrize(
    ("severity", "route", "spoken"),
    [
        (Severity.LOW, "POST /tell", False),
        (Severity.HIGH, "POST /tell", True),
        (Severity.LOW, "POST /other", True),
    ],
)
def test_what_is_left_of_a_problem_at_its_address_is_no_other_one(severity: Severity, route: str, spoken: bool) -> None:
    open_to_all = replace(OPEN, place=RoutePlace("POST /tell"), severity=Severity.HIGH, related=(), claims=())
    left = replace(open_to_all, key="left", check="access/mail_relay", place=RoutePlace(route), severity=severity)
    before, after = (
        replace(examined(Verdict.DENIED, Verdict.DENIED, (), False), outcomes=(Found(one),))
        for one in (open_to_all, left)
    )
    assert bool(against(open_to_all, before, after, [])) is spoken


def test_what_people_with_a_login_can_still_do_is_left_of_what_anybody_could() -> None:
    place = RoutePlace("POST /tell")
    open_to_all = replace(OPEN, place=place, severity=Severity.HIGH, related=(), claims=())
    left = replace(open_to_all, key="left", check="access/login_without_ownership")
    code = Code("api/tell.ts", 1)
    route = Route("POST", "/tell", code, "express")
    asking = replace(route, guards=(Guard("login", "signedIn", code),))
    for first, then, spoken in ((route, asking, False), (asking, asking, True), (route, route, True)):
        before, after = (
            replace(
                done := examined(Verdict.DENIED, Verdict.DENIED, (), False),
                outcomes=(Found(one),),
                world={**done.world, "app": App("app", {}, routes=(stands,))},
            )
            for one, stands in ((open_to_all, first), (left, then))
        )
        assert bool(against(open_to_all, before, after, [])) is spoken


@pytest.mark.parametrize(
    ("named", "was", "spoken"),
    [
        ("POST /labels", Severity.MEDIUM, False),
        ("POST /labels", Severity.LOW, True),
        ("POST /jars", Severity.HIGH, True),
    ],
)
def test_a_problem_that_was_told_with_others_of_its_kind_is_no_new_one(named: str, was: Severity, spoken: bool) -> None:
    def at(route: str, severity: Severity, key: str, *related: str) -> Finding:
        places = [RoutePlace(one, Code("app.py", 1)) for one in (route, *related)]
        return replace(
            FINDING, place=places[0], severity=severity, key=key, related=tuple(places[1:]), check="access/some"
        )

    repaired = at("POST /crates", Severity.CRITICAL, "a")
    group, alone = at("POST /bags", was, "b", named), at("POST /bags", was, "b")
    left = at("POST /labels", Severity.MEDIUM, "c")
    before, after = (
        Examined({"app": App("app", {}), "access": Access()}, tuple(map(Found, found)), {}, {}, ())
        for found in ((repaired, group), (alone, left))
    )
    assert bool(against(repaired, before, after, [])) is spoken


@pytest.mark.parametrize("check", ["access/self_made_entitlement", "access/own_row_overreached"])
@pytest.mark.parametrize(("whom", "spoken"), [(("service",), False), (("service", "browser"), True), ((), True)])
def test_a_right_that_only_the_server_used_may_end(check: str, whom: tuple[str, ...], spoken: bool) -> None:
    finding = replace(FINDING, check=check)
    here = Code("a.ts", 1)
    adds = tuple(Query("supabase", "tips", "insert", here, Step("insert", here), as_whom=one) for one in whom)
    cell = replace(READ, operation=Operation.INSERT, row="own", verdict=Verdict.ALLOWED, intended=True)
    before, after = (
        Examined({"app": App("app", {}, queries=adds), "access": Access((one,))}, (Found(finding),) * found, {}, {}, ())
        for one, found in ((cell, True), (replace(cell, verdict=Verdict.DENIED), False))
    )
    assert bool(against(finding, before, after, list(compare.changed(before.access, after.access)))) is spoken
