"""When another service hangs, your app hangs with it.

What we look at: calls from the server to other services (`fetch`, axios, requests) without a time limit.

Why it matters: one slow provider holds every request until the host kills them; users see spinners, and functions are
paid for while they wait.

How to repair: give each call a limit (`signal: AbortSignal.timeout(10_000)`, `timeout=10`), and say what happens when
it is reached.

When it is fine: clients that have a limit by default (httpx, the providers' own SDKs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step

_CALLS = re.compile(
    r"^(?:fetch|node-fetch|axios(?:\.(?:get|post|put|patch|delete|request))?|requests\.(?:get|post|put|patch|delete|request))$"
)


@check(
    severity=Severity.LOW,
    impact=Impact.PERFORMANCE,
    cwe=("CWE-400",),
    owasp=("A10:2025", "API10:2023"),
)
def call_without_timeout(app: App) -> Iterator[Seen]:
    """One finding for the app, with each call."""
    seen: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps:
            if trace.side == "server" and step.place not in seen and _CALLS.match(step.name) and not _limited(step):
                seen.add(step.place)
                yield Seen(
                    step.place, "This call waits for ever when the other side does not answer.", cause="no time limit"
                )


def _limited(step: Step) -> bool:
    given = {k for value in step.args for k in (value.fields or {})} | set(step.keywords)
    return bool(given & {"signal", "timeout", "..."}) or any(
        a.fields is None and not a.literal and a.op != "text" for a in step.args[1:]
    )
