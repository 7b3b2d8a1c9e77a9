"""Somebody waits while the app writes to a thousand people.

What we look at: addresses of the app that, before they answer, send an e-mail or call another service once for every
row of a list.

Why it matters: each call takes a tenth of a second or more. With a hundred rows the visitor's page and most hosts give
up; half of the e-mails are sent, nobody knows which half, and a second click sends them again.

How to repair: put the work into a queue or a background job and answer at once; send in batches where the provider has
a batch call; remember for each row that it is done.

When it is fine: the list is short by nature, or a clock starts the work and nobody waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.model.trace import Loop, Step
from apprescue.source.audience import Audience
from apprescue.source.growth import (
    FEW,
    by_step,
    for_staff,
    in_job,
    is_queue,
    is_small,
    offline,
    parts_of_one,
    per_row,
    query_behind,
)
from apprescue.source.known import REMOTE, is_model

_MAIL = re.compile(
    r"(?i)(?:emails\.send|send_?e?mail\w*|sendmail|messages\.create|\.sms\.\w+|send_message|send_each\w*)$"
)


@check(severity=Severity.MEDIUM, impact=Impact.PERFORMANCE, cwe=["CWE-405"], owasp=["API4:2023"])
def slow_work_on_request(app: App) -> Iterator[Seen]:
    """One finding for each loop that calls out once per row while somebody waits."""
    known = by_step(app.queries)
    audience = Audience(app)
    seen = set()
    for route in app.routes:
        if audience.clocked(route) or in_job(route.path) or in_job(route.place.path):
            continue
        for step in route.steps:
            loop = next((x for x in step.loops if _many(x, known)), None) if _calls_out(step) else None
            if loop is not None and loop.place not in seen and not offline(step.place.path):
                seen.add(loop.place)
                seldom = loop.parallel or audience.for_staff(route)
                mail = bool(_MAIL.search(step.name)) and not is_model(step)
                yield Seen(
                    Code(loop.place.path, loop.place.line),
                    f"{route} {'sends a message' if mail else 'calls another service'} for each row of a list"
                    " before it answers.",
                    related=(step.place,),
                    severity=Severity.LOW if seldom or _short(loop, known) else Severity.MEDIUM,
                )


def _calls_out(step: Step) -> bool:
    return bool(step.loops) and bool(_MAIL.search(step.name) or (REMOTE.match(step.name) and not step.continued))


def _short(loop: Loop, known: dict[int, Query]) -> bool:
    """Whether a loop goes over what waits to be done, or over the parts of one thing."""
    source = query_behind(loop.of, known)
    return source is not None and (is_queue(source) or parts_of_one(source))


def _many(loop: Loop, known: dict[int, Query]) -> bool:
    """Whether a loop goes over rows of which there may be many."""
    if not loop.each or not per_row(loop) or not any(o.startswith("row.") for o in loop.over):
        return False
    source = query_behind(loop.of, known)
    if source is None:
        return not any(is_small(o.split(".")[1]) for o in loop.over if o.startswith("row."))
    few = source.limit is not None and not source.paged and source.limit <= FEW
    return not (few or for_staff(source) or is_small(source.table))
