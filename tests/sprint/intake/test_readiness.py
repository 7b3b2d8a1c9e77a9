"""The scorecard: what fails, what passes, and what is not examined and so never passes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apprescue.model.finding import Severity
from apprescue.model.intake import Answer, Look, Mark, Row
from apprescue.model.outcome import Crashed, Found, NotExamined, Quiet
from apprescue.sprint.bench import ACCESS
from apprescue.sprint.intake.look import look, meant, ran_in
from apprescue.sprint.intake.readiness import ROWS, compared, readiness, readiness_of
from apprescue.sprint.intake.score import risk_from_findings
from tests.reports import sample
from tests.sprint.intake.findings import SHELF, finding

CORS = ("cors",)


def marks(*given: object) -> dict[str, Mark]:
    return {one.row.key: one.look.mark for one in readiness(*given)}  # type: ignore[arg-type]


def test_every_check_stands_in_a_row_and_every_row_names_checks_that_exist() -> None:
    assert set().union(*(meant(row.checks) for row in ROWS)) == set(SHELF)
    for row in ROWS:
        assert all(meant((name,)) for name in row.checks), row.key
        assert row.checks or row.beyond, row.key


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_a_row_says_all_that_it_should(row: Row) -> None:
    assert all((row.check, row.criterion, row.why, row.breaks))


def test_nothing_ran_so_nothing_passes() -> None:
    assert set(marks((), ()).values()) == {Mark.NOT_EXAMINED}


def test_all_ran_and_was_quiet_so_all_passes_but_what_no_audit_can_see() -> None:
    seen = marks((), SHELF)
    assert {key for key, mark in seen.items() if mark is Mark.NOT_EXAMINED} == {row.key for row in ROWS if row.beyond}
    assert "backups" in {row.key for row in ROWS if row.beyond}


def test_a_finding_fails_its_rows_and_no_other() -> None:
    seen = marks([finding("access/amount_from_client")], SHELF)
    assert [key for key, mark in seen.items() if mark is Mark.FAIL] == ["ownership", "payments"]


def test_a_finding_fails_its_row_also_where_the_rest_was_not_examined() -> None:
    against = [finding("cors/localhost_origin", Severity.LOW), finding("cors/preflight_unanswered", Severity.HIGH)]
    told = look(CORS, "", against, (), ())
    assert (told.mark, told.findings) == (Mark.FAIL, tuple(reversed(against)))
    assert told.reasons[0].startswith("not run: cors/")


def test_what_is_mild_is_told_and_fails_only_where_a_launch_needs_it() -> None:
    mild = [finding("cors/localhost_origin", Severity.LOW), finding("running/swallowed_error", Severity.LOW)]
    told = {one.row.key: one.look for one in readiness(mild, SHELF)}
    assert (told["cors"].mark, told["cors"].findings) == (Mark.PASS, (mild[0],))
    assert (told["errors"].mark, told["errors"].findings) == (Mark.FAIL, (mild[1],))
    assert marks(mild, ())["cors"] is Mark.NOT_EXAMINED


@pytest.mark.parametrize(
    "gap",
    [
        NotExamined("cors/localhost_origin", "no app"),
        Crashed("cors/localhost_origin", "KeyError: 'x'"),
        NotExamined("apprescue.readers.rest.cors", "could not be read: ValueError: 1"),
    ],
)
def test_whatever_was_left_out_takes_the_pass_away(gap: NotExamined | Crashed) -> None:
    told = look(CORS, "", (), set(SHELF) - {gap.check}, (gap,))
    assert told.mark is Mark.NOT_EXAMINED
    assert len(told.reasons) == 1


def test_a_part_that_was_left_out_concerns_what_stands_on_it() -> None:
    history, matrix = NotExamined("history", "only a part is here"), NotExamined(ACCESS, "no server")
    assert look(("secrets",), "", (), SHELF, (history,)).reasons == ("history: only a part is here",)
    assert look(("access",), "", (), SHELF, (history, matrix)).mark is Mark.NOT_EXAMINED
    assert look(CORS, "", (), SHELF, (history, matrix, NotExamined("files", "1 link"))) == Look(Mark.PASS)


def test_of_an_audit_what_broke_off_did_not_run() -> None:
    audit = sample.audit(
        outcomes=(
            Quiet("cors/localhost_origin"),
            Found(finding("speed/query_in_loop")),
            Found(finding("ai/prompt_logged")),
            Crashed("ai/prompt_logged", "KeyError"),
        )
    )
    assert ran_in(audit) == {"cors/localhost_origin", "speed/query_in_loop"}
    assert ran_in(audit, [finding("access/mail_relay")]) == ran_in(audit) | {"access/mail_relay"}
    failed = [one.row.key for one in readiness_of(audit) if one.look.mark is Mark.FAIL]
    assert failed == ["speed", "ai"]


def test_when_findings_are_closed_their_rows_pass_and_the_risk_falls() -> None:
    found = [finding("cors/preflight_unanswered"), finding("speed/query_in_loop", Severity.MEDIUM)]
    quiet = [Quiet(name) for name in SHELF if name not in {one.check for one in found}]
    audit = sample.audit(outcomes=(*map(Found, found), *quiet))
    apart = replace(audit, findings=())
    before, after = (
        {one.row.key: one.look.mark for one in readiness(left, ran_in(apart, found))} for left in (found, found[1:])
    )
    assert (before["cors"], after["cors"], after["speed"]) == (Mark.FAIL, Mark.PASS, Mark.FAIL)
    assert risk_from_findings(found[1:]).score < risk_from_findings(found).score


def test_what_the_owner_says_stands_beside_what_was_seen() -> None:
    answers = {"cors_tested": Answer.YES, "slow_dashboard": Answer.YES, "data_without_owner": Answer.NO}
    found = [finding("cors/localhost_origin"), finding("speed/query_in_loop")]
    told = {one.question.key: one for one in compared(answers, found, SHELF)}
    assert told["cors_tested"].refuted
    assert not told["slow_dashboard"].refuted
    assert told["data_without_owner"].look.mark is Mark.PASS
    assert told["tracker_alerts"].look.mark is Mark.NOT_EXAMINED
    assert told["tracker_alerts"].answer is Answer.UNKNOWN
