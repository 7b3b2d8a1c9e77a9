"""One user can run up your AI bill without end.

What we look at: addresses that call a model for signed-in users, and whether anything counts: a rate limit, a quota or
credits that are checked before the call.

Why it matters: one account, bought or free, calls as often as a script can.

How to repair: count calls per user and day in the database before the call, refuse with 429 above the limit, and cap
the length of answers.

When it is fine: models that run on your own machine; features behind a paid quota.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source import known
from apprescue.source.routes import head, open_to_all

_COUNTS = re.compile(r"(?i)rate_?limit|limiter|quota|credit|usage|daily|remaining|allowance|throttl|count")


@check(
    severity=Severity.LOW,
    impact=Impact.MONEY,
    cwe=("CWE-770",),
    owasp=("LLM10:2025", "API4:2023"),
)
def model_call_without_limit(app: App) -> Iterator[Seen]:
    """One finding for the app, with each address."""
    for route in app.routes:
        step = next((s for s in route.steps if known.is_model(s)), None)
        if (
            step is None
            or open_to_all(step.guards)
            or any(g.kind in ("rate_limit", "plan", "role", "secret") for g in route.guards)
        ):
            continue
        if not any(
            _COUNTS.search(s.name) or any(_COUNTS.search(str(a.constant or "")) for a in s.args) for s in route.steps
        ):
            yield Seen(
                head(route),
                f"{route} calls a model as often as a signed-in user asks.",
                related=(step.place,),
                cause="model call without limit",
            )
