"""A customer says that it failed, and nothing tells which request that was.

What we look at: servers that you run yourself with Express, and whether each request leaves a line in the log: a logger
among the packages (morgan, pino, winston), or a middleware of your own.

Why it matters: without a line for each request nobody knows how often something fails, since when, and for whom; an
attack leaves no trace.

How to repair: write one line of JSON for each request, with a number that the answer carries too, the address without
its query, the status and the time it took, and with secrets and personal data taken out.

When it is fine: a host or a proxy in front that keeps such a log where you can read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source.starting import node_servers

_OWN = re.compile(r"""\.on\(\s*["'](?:finish|close)["']|\.use\([^;\n]*\b\w*(?:log(?:ger|ging|s)?\b|log[A-Z_]|Log)""")


@check(severity=Severity.LOW, impact=Impact.BLINDNESS, cwe=("CWE-778",), owasp=("A09:2025",))
def no_request_log(app: App) -> Iterator[Seen]:
    """One sighting for each server."""
    if any(one.kind == "logger" for one in app.watches):
        return
    for library, _, step in node_servers(app):
        if library == "express" and not _OWN.search(app.files.get(step.place.path, "")):
            yield Seen(step.place, "Requests to this server leave no line in the log.")
