"""When something goes wrong, your page shows a network error instead of what happened.

What we look at: edge functions and handlers that put cross-origin headers on their good answers, and answers for
errors in the same code that lack them.

Why it matters: the browser hides an answer without these headers from the page. The user reads "Failed to fetch"
instead of "your card was declined", and you search for a network problem that is none.

How to repair: send every answer through one small function that adds the headers, errors included.

When it is fine: functions that only another server calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Step
from apprescue.source.guards import status_of

_ALLOWS = "access-control-allow-origin"


@check(
    severity=Severity.LOW,
    impact=Impact.ONBOARDING,
    cwe=("CWE-942",),
    owasp=("A02:2025", "A10:2025"),
)
def headers_missing_on_error(app: App) -> Iterator[Seen]:
    """One finding for each function."""
    for route in app.routes:
        if route.method == "OPTIONS":
            continue
        answers = list(_answers(route))
        if not any(allowed for _, allowed in answers):
            continue
        for step in (s for s, allowed in answers if allowed is False):
            status = (status_of(step.result) if step.result else None) or 200
            if status >= 400:
                detail = f"This answer with status {status} lacks the headers that the good answers have."
                yield Seen(step.place, detail, cause=step.place.path)


def _answers(route: Route) -> Iterator[tuple[Step, bool | None]]:
    """The answers, and whether they carry the header; None where reading cannot tell."""
    seen = set()
    for step in route.steps:
        if step.name not in ("Response", "Response.json") or step.place in seen:
            continue
        seen.add(step.place)
        options = step.args[1] if len(step.args) > 1 else None
        if options is None:
            yield step, False
        elif options.fields is not None and "..." not in options.fields:
            headers = options.fields.get("headers")
            if headers is None:
                yield step, False
            else:
                fields = headers.fields
                known = fields is not None and "..." not in fields
                yield step, any(name.lower() == _ALLOWS for name in fields or {}) if known else None
        else:
            yield step, None
