"""The sign-in tells strangers which e-mail addresses have an account with you.

What we look at: addresses where people sign in, and whether they answer “no such user” in other words than “wrong
password”.

Why it matters: with a list of addresses a script finds out who your customers are. For some apps that alone is a
breach; for all it tells an attacker which accounts are worth guessing passwords for.

How to repair: answer both cases with the same status and the same words (“Wrong e-mail or password”), and compare a
password against a dummy hash where there is no user, so that both take the same time.

When it is fine: user names are public in the app anyway (a social network's handles), and attempts are limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Value
from apprescue.source import meaning
from apprescue.source.known import plain
from apprescue.source.routes import head

_NOBODY = re.compile(
    r"(?i)\b(?:user\w*|e-?mail\w*|account|member|customer|login)\b[^.,;]{0,25}\b(?:"
    r"not (?:found|registered|known|exist\w*)|"
    r"(?:does|do|did)(?: not|n['’]?t) exist|unknown|is(?: not|n['’]?t) registered)|\bno (?:such )?(?:user|account)\b|"
    r"\b(?:unknown|invalid) (?:user(?:name)?|e-?mail|account)\b"
)
_WRONG = re.compile(
    r"(?i)\b(?:wrong|incorrect|invalid|bad)\b[^.,;]{0,12}\bpassword|\bpassword\b[^.,;]{0,20}\b(?:wrong|incorrect|invalid|"
    r"(?:not|n['’]?t) (?:correct|match\w*))"
)
_LOGS = re.compile(r"(?i)^(?:console|log(?:ger|ging)?(?:\(\))?)\b|\.(?:debug|info|warn(?:ing)?)$")
_BOTH = re.compile(r"(?i)\b(?:or|and|/)\s+(?:the )?password|password\s+(?:or|/)|credentials")


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-204", "CWE-203"),
    owasp=("A07:2025", "API2:2023"),
)
def login_that_tells_who_exists(app: App) -> Iterator[Seen]:
    """One sighting for each sign-in that answers in two ways."""
    for route in app.routes:
        if route.method == "GET" or not meaning.is_sign_in(route.path):
            continue
        said = _said(route)
        nobody = next((t for t in said if _NOBODY.search(t) and not _BOTH.search(t)), "")
        wrong = next((t for t in said if _WRONG.search(t) and not _BOTH.search(t)), "")
        if nobody and wrong and nobody != wrong:
            yield Seen(head(route), f"{route} says “{_short(nobody)}” in one case and “{_short(wrong)}” in the other.")


def _said(route: Route) -> list[str]:
    """The texts in what a route answers and in the errors that it throws."""
    steps = [s for s in route.steps if not _LOGS.search(s.name)]
    values = [v for step in steps for v in (*step.args, *step.keywords.values())]
    values += route.trace.returns if route.trace else []
    return list(dict.fromkeys(text for value in values for part in value.deep() if (text := _text(part))))


def _text(value: Value) -> str:
    return plain(value) if isinstance(value.constant, str) or value.op == "text" else ""


def _short(text: str) -> str:
    found = _NOBODY.search(text) or _WRONG.search(text)
    return found[0].strip() if found else text[:60]
