"""What your customers type in, and who they are, ends up in the server's log.

What we look at: log calls on the server that are given the whole body of a request, or an e-mail address, a phone
number or the like of a user.

Why it matters: logs are read by many people and copied to other companies, are kept for months and stand outside of
what you delete when a customer asks you to. A log that is leaked is a leak of personal data.

How to repair: log the user's id and what happened. Name the fields that a log line may hold instead of logging
objects, or give the logger a list of fields to leave out (pino `redact`, a structlog processor).

When it is fine: logging in development only.
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

_LOGS = known.Names(
    r"^(?:console\.(?:log|info|warn|error|debug)|print|logging\.\w+|(?:\w+\.)?(?:logger|log)\.(?:info|debug|warn|"
    r"warning|error|exception)|logging\.getLogger\(\)\.\w+|loguru\.logger\.\w+|pino\(\)\.\w+|winston\.\w+)$"
)
_PERSONAL = re.compile(
    r"(?i)\.(?:e?_?mail(?:_?address)?|user_?email|phone(?:_?number)?|first_?name|last_?name|full_?name|date_?of_?birth|"
    r"birthday|street|postal_?code|passport\w*|ssn|iban)$"
)
_ASIDE = re.compile(r"(?:^|/)(?:scripts?|seeds?|tools|bin|prisma|migrations)/")


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-532", "CWE-359"),
    owasp=("A09:2025",),
)
def personal_data_in_logs(app: App) -> Iterator[Seen]:
    """One finding for whole bodies, one for single fields."""
    told: set[Place] = set()
    for trace in app.traces:
        if trace.side != "server" or is_test(trace.place.path) or _ASIDE.search(trace.place.path):
            continue
        for step in trace.steps:
            if not _LOGS.match(step.name) or step.place in told or _only_here(step):
                continue
            parts = [p for a in step.args for p in _written(a)]
            if any(p.origins == frozenset({"body"}) and p.op in ("", "of") and p.fields is None for p in parts):
                told.add(step.place)
                detail = "The whole body of a request is written to the log."
                yield Seen(step.place, detail, cause="bodies", severity=Severity.MEDIUM)
            elif named := next((o for p in parts for o in p.origins if _PERSONAL.search(o)), ""):
                told.add(step.place)
                what = named.rpartition(".")[2]
                yield Seen(step.place, f"`{what}` of a person is written to the log.", cause="fields")


def _written(value: Value) -> Iterator[Value]:
    """A value that is logged, and the pieces that it is put together from."""
    yield from value.deep()
    if value.op == "text":
        yield from value.operands
    if value.step is not None and value.step.name in ("JSON.stringify", "json.dumps"):
        yield from (part for a in value.step.args for part in a.deep())


def _only_here(step: Step) -> bool:
    return any(g.kind == "development" for g in step.guards)
