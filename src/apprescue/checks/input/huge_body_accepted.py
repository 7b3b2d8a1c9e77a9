"""A few large requests can bring your server down.

What we look at: how large a body the server's parsers accept (`express.json({ limit })`, upload limits) and whether
that holds for every address.
Why it matters: each such body is held in memory and parsed, before any login is checked; ten at once fill a small
server.
How to repair: keep the default (100 kB) for JSON, and raise it only on the address that needs it, behind its login.
When it is fine: limits up to a few megabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.source.known import Names

_PARSERS = Names(r"(?:express|body-parser|bodyParser)(?:\.default)?\.(?:json|urlencoded|raw|text)$")
_LARGE = 20


@check(
    severity=Severity.MEDIUM,
    impact=Impact.PERFORMANCE,
    cwe=("CWE-770", "CWE-400"),
    owasp=("API4:2023",),
)
def huge_body_accepted(app: App) -> Iterator[Seen]:
    seen: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps:
            limit = (step.args[0].fields or {}).get("limit") if step.args and _PARSERS.search(step.name) else None
            size = re.fullmatch(r"(\d+)\s*(mb|gb)", str(limit.constant).lower()) if limit else None
            if size and (size[2] == "gb" or int(size[1]) >= _LARGE) and step.place not in seen:
                seen.add(step.place)
                yield Seen(
                    step.place, f"Bodies of up to {size[0]} are accepted on every address.", cause=step.place.path
                )
