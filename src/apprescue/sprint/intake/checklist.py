"""The founder's checklist: ten questions, some good when answered yes and some bad, and what the answers come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from apprescue.model.intake import Answer, Fit, Gate, Question
from apprescue.sprint.intake.gates import GATES

JOURNEYS = (
    "cors/origin_that_never_matches",
    "cors/preflight_unanswered",
    "running/admin_call_in_browser",
    "running/body_read_twice",
    "running/conflict_without_unique",
    "running/error_thrown_after_answer",
    "running/policy_recursion",
    "running/query_on_missing_column",
    "running/rule_that_fails",
    "running/success_despite_error",
    "running/success_without_work",
    "running/webhook_body_parsed_first",
    "running/webhook_refused_by_gateway",
    "running/webhook_without_effect",
    "running/write_without_policy",
)
"""The checks that see why people meet errors on their way."""

CHECKLIST = (
    Question(
        "journeys_fail",
        "Do people meet errors when they sign up, get started, pay or publish?",
        True,
        "Who fails at the first step does not come back, and rarely tells.",
        14,
        JOURNEYS,
        "what people really meet is told by them and by an error tracker, not by the code",
    ),
    Question(
        "keys_unreviewed",
        "Are there keys in places that nobody ever reviewed: the code, old versions, chats with a builder?",
        True,
        "A key that was seen once can be used by anybody until it is changed.",
        14,
        ("secrets",),
        "keys in chats, mails and a builder's settings are not in the app's files",
    ),
    Question(
        "data_without_owner",
        "Might a page or an address show somebody's data without asking whose it is?",
        True,
        "It is the most common hole of apps that were built by AI, and the one that ends up in the news.",
        16,
        ("access",),
    ),
    Question(
        "slow_dashboard",
        "Is the dashboard, or another page that everybody uses, noticeably slow?",
        True,
        "It becomes slower with every customer, and at some size it stops.",
        7,
        ("speed",),
    ),
    Question(
        "indexes_reviewed",
        "Has somebody reviewed the most used queries for the indexes that they need?",
        False,
        "Without an index the database reads the whole table for each question.",
        7,
        ("speed/filter_without_index", "speed/foreign_key_without_index"),
    ),
    Question(
        "logs_useful",
        "When a request fails, do the logs tell why?",
        False,
        "What leaves no trace is searched for days.",
        8,
        ("running/success_despite_error", "running/swallowed_error"),
        "what your host keeps of the log, and for how long, was not looked at",
    ),
    Question(
        "tracker_alerts",
        "Is there an error tracker that really alerts somebody?",
        False,
        "Otherwise your customers are the alarm.",
        9,
        ("running/no_error_tracker",),
        "whether its alerts reach anybody is only told by an error made on purpose",
    ),
    Question(
        "environments_apart",
        "Are development, test and production apart, each with a database and keys of its own?",
        False,
        "Otherwise each experiment is made on your customers' data.",
        9,
        ("release/one_environment", "release/test_key_in_production_file"),
        "which database and keys each place really uses stands at your host",
    ),
    Question(
        "cors_tested",
        "Was it tested, on your machine and live, which other sites may call your server from a browser (CORS)?",
        False,
        "Too narrow, and the live app fails; too wide, and any site acts for your customers.",
        6,
        ("cors",),
        "the live site was not asked",
    ),
    Question(
        "ai_reveals",
        "Could an AI feature reveal one customer's private data to another?",
        True,
        "A model tells whoever asks what it was given, whatever its instructions say.",
        10,
        ("ai",),
    ),
)

BUDGET = Question("budget_tight", "Is the budget tight?", True, "Then three things come first, and you can do them.")


def every() -> tuple[Gate | Question, ...]:
    """All that is asked, in its order."""
    return (*GATES, *CHECKLIST, BUDGET)


def fit(answers: Mapping[str, Answer]) -> Fit:
    """What answers come to, by the keys of what was asked. What is not answered is UNKNOWN."""
    told = {one.key: answers.get(one.key, Answer.UNKNOWN) for one in every()}
    risks, unknown, fine = (tuple(_whose(told, is_risk)) for is_risk in (True, None, False))
    return Fit(
        told,
        closed=tuple(gate for gate in GATES if told[gate.key] is Answer.YES),
        unsure=tuple(gate for gate in GATES if told[gate.key] is Answer.UNKNOWN),
        risks=risks,
        unknown=unknown,
        fine=fine,
        tight=told[BUDGET.key],
    )


def _whose(answers: Mapping[str, Answer], is_risk: bool | None) -> Iterable[Question]:
    return (one for one in CHECKLIST if one.is_risk(answers[one.key]) is is_risk)
