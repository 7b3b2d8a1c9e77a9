"""Your AI agent may go on calling the model for ever.

What we look at: calls to a model inside `while` loops that have no counter, such as an agent that goes on until it says
that it is done.

Why it matters: a model that never says so, or that a user talks into going on, runs until the host stops it, and each
turn is paid for.

How to repair: count the turns, stop after a fixed number (ten, say), and tell the user that it was stopped.

When it is fine: loops that a counter or a fixed list ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Loop

_COUNTS = re.compile(r"(?i)(?:max|limit|turn|step|iteration|attempt|retr|round|depth|count|\bi\b)\w*")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.MONEY,
    cwe=("CWE-835", "CWE-770"),
    owasp=("LLM10:2025", "LLM06:2025"),
)
def model_loop_without_end(app: App) -> Iterator[Seen]:
    """One sighting for each call."""
    for call in app.ai_calls:
        loop = next((one for one in call.step.loops if not one.each and not one.bounded), None)
        if loop is not None and not _counted(app, loop):
            detail = f"This call to {call.provider} stands in a loop that nothing counts."
            yield Seen(call.place, detail, related=(loop.place,))


def _counted(app: App, loop: Loop) -> bool:
    return bool(_COUNTS.search(app.excerpt(loop.place)))
