"""Codes and tokens that open accounts can be predicted.

What we look at: codes, tokens, passwords and keys that are made with `Math.random`, Python's `random` or the clock.

Why it matters: those numbers follow from each other; whoever sees some can work out the next, and with it somebody's
reset link or verification code.

How to repair: use the system's generator: `crypto.randomInt`, `crypto.randomUUID`, `crypto.getRandomValues`, Python's
`secrets`.

When it is fine: colours, file names, sample data, delays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step

_GUESSABLE = re.compile(r"^(?:Math\.random|random\.(?:random|randint|choice|choices|randrange|sample))$")
_OPENS = re.compile(
    r"(?i)(?:otp|verification|reset|token|secret|passw|session|api_?key|invite_?code|pin_?code|\bcode\b|_code|Code\b)"
)


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-338", "CWE-330"),
    owasp=("A04:2025", "API2:2023"),
)
def guessable_code(app: App) -> Iterator[Seen]:
    """One finding for each file."""
    seen: set[Place] = set()
    for trace in app.traces:
        if trace.side == "server":
            for step in trace.steps:
                if _GUESSABLE.match(step.name) and step.place not in seen and _opens(app, step):
                    seen.add(step.place)
                    detail = f"{step.name} makes a code or token here, and it can be predicted."
                    yield Seen(step.place, detail, cause=step.place.path)


def _opens(app: App, step: Step) -> bool:
    line = app.excerpt(step.place)
    return bool(_OPENS.search(line) or _OPENS.search(step.function)) and "color" not in line.lower()
