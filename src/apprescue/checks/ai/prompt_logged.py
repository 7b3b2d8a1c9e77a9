"""What your users tell the AI, and what it answers, is kept in the server's log.

What we look at: log calls that are given a model's whole answer, or the list of messages that goes to it.

Why it matters: people tell an AI things that they tell nobody else. The log keeps them for months, for everybody who
may read it, and outside of what you delete when a customer asks you to.

How to repair: log the length, the model, the time and the cost, not the texts.

When it is fine: logging that only runs while the app is in development.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step, Value
from apprescue.source import known
from apprescue.source.quiet import is_test

_LOGS = known.Names(r"^(?:console\.(?:log|info|debug|warn|error)|print|(?:\w+\.)?(?:logger|log)\.\w+|logging\.\w+)$")
_SMALL = re.compile(
    r"(?i)(?:usage|status\w*|length|id|model|tokens|ok|error|code|finish_reason|type|headers?|len\(\))(?:\(\))?$"
)


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-532",),
    owasp=("LLM02:2025", "A09:2025"),
)
def prompt_logged(app: App) -> Iterator[Seen]:
    """One finding for the app."""
    told: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps if trace.side == "server" and not is_test(trace.place.path) else ():
            if _LOGS.match(step.name) and step.place not in told and any(map(_whole, _written(step))):
                told.add(step.place)
                yield Seen(step.place, "What a model wrote, or was asked, goes to the log whole.", cause="model texts")


def _written(step: Step) -> Iterator[Value]:
    for value in step.args:
        yield from value.deep()
        yield from value.operands if value.op == "text" else ()
        if value.step is not None and value.step.name in ("JSON.stringify", "json.dumps"):
            yield from value.step.args


def _whole(value: Value) -> bool:
    if _SMALL.search(value.name) or value.op in ("==", "!=", "!", "text"):
        return False
    return value.comes_from("model") and "error" not in value.origins
