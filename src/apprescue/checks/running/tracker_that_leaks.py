"""Your error tracker sends your customers' passwords and your own keys to another company.

What we look at: how Sentry is started: whether a filter (`beforeSend`, `before_send`, an event processor) removes
secrets and personal data, and whether sending them is even switched on (`sendDefaultPii`).

Why it matters: by default an error report carries request bodies, headers and, in Python, the values of all variables
around it: passwords, tokens, database addresses.

How to repair: add a filter that removes values by what they look like, switch off local variables and request bodies,
and send one marked error to see what arrives.

When it is fine: a filter stands there.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Value

_FILTERS = ("beforeSend", "before_send", "beforeSendTransaction", "event_scrubber")


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-532", "CWE-359"),
    owasp=("A09:2025",),
)
def tracker_that_leaks(app: App) -> Iterator[Seen]:
    """One sighting for each start of the tracker."""
    seen: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps:
            if "sentry" not in step.name.lower() or step.method != "init" or step.place in seen:
                continue
            seen.add(step.place)
            options = {**step.keywords, **((step.args[0].fields or {}) if step.args else {})}
            if not any(name in options for name in _FILTERS) and "..." not in options:
                open_wide = any(
                    options.get(n, Value()).constant is True for n in ("sendDefaultPii", "send_default_pii")
                )
                yield Seen(
                    step.place,
                    "Sentry is started without a filter"
                    + (" and is told to send personal data." if open_wide else "."),
                    severity=Severity.MEDIUM
                    if open_wide or (trace.side == "server" and step.place.path.endswith(".py"))
                    else Severity.LOW,
                )
