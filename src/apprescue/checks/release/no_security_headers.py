"""Your site lacks the headers that stop common attacks in the browser.

What we look at: servers that send pages or data themselves (Express, Fastify, Hono, FastAPI, Flask), and whether
anything sets security headers: helmet, a middleware, a hosting file.

Why it matters: without them other sites can show yours in a frame, and a small hole in a page does more harm.

How to repair: add `helmet()` (Express), `secureHeaders()` (Hono), `@fastify/helmet`, or the headers in the hosting
file.

When it is fine: the host or a proxy in front adds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import Code, Setting
from apprescue.source.remarks import without_remarks

_SET = re.compile(
    r"(?i)helmet|secureHeaders|x-frame-options|content-security-policy|strict-transport-security|Talisman|SecurityMiddleware"
)
_SERVERS = {"express", "fastify", "hono", "nestjs"}


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-693", "CWE-1021"),
    owasp=("A02:2025", "API8:2023"),
    evidence=Evidence.OBSERVED,
)
def no_security_headers(app: App) -> Iterator[Seen]:
    """One sighting for the app."""
    served = [r for r in app.routes if r.framework in _SERVERS]
    if not served or any(_sets(path, text) for path, text in app.files.items()):
        return
    starts = [
        s.place for t in app.traces for s in t.steps if s.name in ("express", "fastify", "fastify.fastify", "hono.Hono")
    ]
    place = min(starts, key=lambda p: (p.path.count("/"), p.path), default=Code(served[0].place.path))
    yield Seen(Setting("security headers", place), "Nothing in the code sets security headers.")


def _sets(path: str, text: str) -> bool:
    """Whether a file sets them; a dependency that nothing uses, a remark and a page of help do not."""
    if path.endswith((".md", ".html", "package.json", "package-lock.json", ".lock")) or not _SET.search(text):
        return False
    return _SET.search(without_remarks(text, path)) is not None
