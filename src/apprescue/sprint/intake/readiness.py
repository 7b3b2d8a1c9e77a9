"""The launch scorecard: what has to hold before real customers come, and what an audit says to each row.

Every check on the shelf stands in a row, so that nothing that is found is missing here. A row fails from medium
severity on; where it is about what a launch needs and its checks are mild by nature, from low on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from apprescue.model.audit import Audit
from apprescue.model.finding import Finding, Severity
from apprescue.model.intake import Answer, Compared, Judged, Row, Unexamined
from apprescue.sprint.intake.checklist import CHECKLIST, JOURNEYS, fit
from apprescue.sprint.intake.look import look, ran_in
from apprescue.sprint.intake.score import unexamined_in

ROWS = (
    Row(
        "keys",
        "Keys and passwords",
        "No key or password of the app stands in its files, its browser code or its older versions.",
        "Whoever finds a key may do whatever the app may do.",
        "Others spend your money, send in your name, or copy the whole database.",
        ("secrets",),
    ),
    Row(
        "ownership",
        "Each customer's data is his own",
        "Every address and every table asks who is calling, and gives him no more than his own.",
        "One customer who changes a number in an address sees another one's data.",
        "Private data of all customers leaves the house; you must tell them, and the authorities.",
        ("access",),
    ),
    Row(
        "login",
        "Login and sessions",
        "Nobody can log in as somebody else, guess a code, or keep a session that has ended.",
        "All other rules stand on knowing who is calling.",
        "Accounts are taken over, yours too.",
        ("sessions",),
    ),
    Row(
        "payments",
        "Payments",
        "A payment counts once, at the server's own price, and only when the payment provider says so.",
        "Providers send each event several times, and anybody can send one that looks like it.",
        "People get what they did not pay for, pay twice, or are paid out twice.",
        (
            "access/access_without_payment",
            "access/amount_from_client",
            "input/event_handled_twice",
            "input/money_as_float",
            "input/payout_without_idempotency",
            "input/webhook_without_signature",
            "running/event_marked_before_work",
            "running/expiry_never_read",
            "running/payment_reference_without_unique",
            "running/webhook_body_parsed_first",
            "running/webhook_refused_by_gateway",
            "running/webhook_without_effect",
        ),
    ),
    Row(
        "input",
        "What comes from outside",
        "Whatever somebody sends is checked before it is used, and two clicks at once do no harm.",
        "Strangers send what no form of yours would send.",
        "Foreign code runs, rows are doubled or overwritten, counts are wrong.",
        ("input",),
    ),
    Row(
        "cors",
        "Other sites (CORS)",
        "Your own sites may call the server from a browser, no other site may.",
        "The browser asks the server which sites it trusts.",
        "Any site acts for your customers, or your own live site is refused.",
        ("cors",),
    ),
    Row(
        "journeys",
        "Sign-up, payment and publishing work",
        "Nothing in the code or the database's rules refuses people on the ways that earn money.",
        "These are the steps in which a visitor becomes a customer.",
        "People meet an error at the first step and leave.",
        JOURNEYS,
        "whether a person gets through is only told by going the way in the running app",
    ),
    Row(
        "database",
        "Database",
        "The migrations make the database that is live, and its functions look only where they should.",
        "A database that nobody can make again cannot be tested, or restored.",
        "A repair works on your machine and breaks the live app.",
        ("database",),
    ),
    Row(
        "speed",
        "Speed",
        "The queries of the main pages stay fast with a hundred times the rows.",
        "Lists without an end and searches without an index become slower with every customer.",
        "Pages stand still on the first good day.",
        ("speed",),
    ),
    Row(
        "limits",
        "Limits",
        "What costs money or lets people guess can be asked for only so often.",
        "A script asks a thousand times in a second.",
        "A bill that nobody ordered, or passwords that are tried until one fits.",
        (
            "access/mail_relay",
            "ai/answer_without_length_limit",
            "ai/model_call_without_limit",
            "ai/model_loop_without_end",
            "input/huge_body_accepted",
            "running/call_without_timeout",
            "running/costly_route_without_limit",
            "running/rate_limit_in_memory",
            "sessions/unlimited_login_attempts",
            "speed/endless_page_size",
        ),
    ),
    Row(
        "errors",
        "Errors and logs",
        "A failure is told to whoever asked, leaves a line in the log, and tells strangers nothing.",
        "What fails in silence is found by customers.",
        "Days of search for each fault, or private data in the logs.",
        (
            "running/error_text_returned",
            "running/error_thrown_after_answer",
            "running/no_error_boundary",
            "running/personal_data_in_logs",
            "running/success_despite_error",
            "running/success_without_work",
            "running/swallowed_error",
            "running/no_request_log",
            "running/tracker_that_leaks",
            "running/work_after_response",
        ),
        fails_from=Severity.LOW,
    ),
    Row(
        "alerts",
        "Alarm",
        "An error tracker and a health address are there, and an alert reaches somebody.",
        "Somebody has to know before the customers write.",
        "The app is down for a weekend and nobody knows.",
        ("running/no_error_tracker", "running/no_health_route"),
        "whether an alert reaches anybody is only told by an error made on purpose",
        Severity.LOW,
    ),
    Row(
        "environments",
        "Environments and settings",
        "Development, test and production are apart, and every setting that the app needs is named.",
        "An experiment must not meet a customer, and a forgotten setting breaks the app after launch.",
        "Customers' data is overwritten by a test, or the new version does not start.",
        (
            "release/address_left_on_localhost",
            "release/app_switched_off",
            "release/debug_mode_on",
            "release/env_name_undeclared",
            "release/one_environment",
            "release/test_key_in_production_file",
            "running/secret_made_at_start",
        ),
        "which database and keys each place really uses stands at your host",
        Severity.LOW,
    ),
    Row(
        "ai",
        "AI features",
        "The model gets only what its caller may see, and what it answers is not obeyed unchecked.",
        "A model follows whoever writes to it last.",
        "It tells one customer about another, or does what a stranger wrote.",
        ("ai",),
    ),
    Row(
        "left_overs",
        "Nothing left over from building",
        "No sample data, made-up figures or forgotten addresses are in the live app.",
        "An AI builder fills gaps with what looks right.",
        "Customers see other people's names and numbers that are not true.",
        ("release/left_over_route", "release/sample_data_for_everyone", "running/made_up_data"),
    ),
    Row(
        "checks",
        "Tests and releases",
        "The ways that earn money have tests, they run before each release, and the pages send security headers.",
        "The next change breaks what this one repaired.",
        "What worked yesterday fails today, and nobody knows since when.",
        ("release/key_journey_without_test", "release/no_automatic_checks", "release/no_security_headers"),
        fails_from=Severity.LOW,
    ),
    Row(
        "backups",
        "Backups and the way back",
        "A backup was restored once, and the version before can be put back within minutes.",
        "A backup that nobody restored is a hope.",
        "One wrong command, and the customers' data is gone.",
        (),
        "backups and earlier versions stand at your host: restore one, once, before you launch",
    ),
)


def readiness_of(audit: Audit) -> tuple[Judged, ...]:
    """The scorecard of an audit, without the findings that the owner accepted."""
    return readiness(audit.open, ran_in(audit), unexamined_in(audit))


def readiness(
    findings: Iterable[Finding], ran: Collection[str], unexamined: Iterable[Unexamined] = ()
) -> tuple[Judged, ...]:
    """The scorecard by the findings that are open, the names of the checks that ran, and what was not examined."""
    known, left = tuple(findings), tuple(unexamined)
    return tuple(Judged(row, look(row.checks, row.beyond, known, ran, left, row.fails_from)) for row in ROWS)


def compared(
    answers: Mapping[str, Answer],
    findings: Iterable[Finding],
    ran: Collection[str],
    unexamined: Iterable[Unexamined] = (),
) -> tuple[Compared, ...]:
    """The ten answers, each beside what the audit saw."""
    known, left, told = tuple(findings), tuple(unexamined), fit(answers).answers
    return tuple(Compared(one, told[one.key], look(one.checks, one.beyond, known, ran, left)) for one in CHECKLIST)
