"""Errors vanish without a trace.

What we look at: `catch` blocks with nothing in them, `except: pass`, and addresses of your server that answer "it
failed" and forget the error.

Why it matters: what failed there looks as if it had worked: a payment that was not stored, a mail that was not sent.
Nobody can find out why.

How to repair: log the error with what was being done, report it to the tracker, and tell the user or try again where
it matters.

When it is fine: a comment says why nothing needs to be done (a cache that could not be written).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.project import Project
from apprescue.source.unlogged import unlogged

_EMPTY = re.compile(
    r"catch\s*(?:\(\s*\w*\s*(?::\s*\w+)?\s*\))?\s*\{\s*\}|"
    r"\.catch\(\s*\(\s*\w*\s*\)\s*=>\s*\{\s*\}\s*\)|except[^\n:]*:\s*\n\s*pass[ \t]*\n"
)
_SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".py")
_ASIDE = re.compile(r"(?i)(?:^|/)(?:tests?|__tests__|scripts?|e2e)/|\.(?:test|spec)\.")


@check(
    severity=Severity.LOW,
    impact=Impact.BLINDNESS,
    cwe=("CWE-390", "CWE-391"),
    owasp=("A10:2025",),
)
def swallowed_error(app: App, code: Project) -> Iterator[Seen]:
    """One finding for the app with each place where nothing is done, one with each failure that is only answered."""
    for path, text in app.files.items():
        if path.endswith(_SCRIPTS) and not _ASIDE.search(path):
            for found in _EMPTY.finditer(text) if "catch" in text or "except" in text else ():
                yield Seen(
                    Code(path, text.count("\n", 0, found.start()) + 1),
                    "An error that happens here is thrown away.",
                    cause="swallowed",
                )
    for path in sorted(
        {route.trace.place.path for route in app.routes if route.trace and route.trace.side == "server"}
    ):
        module = code.module(path) if "catch" in (text := app.files.get(path, "")) or "except" in text else None
        nodes = (node for top in module.body for node in top.walk()) if module else ()
        for one in unlogged(nodes, text.encode("utf-8", "surrogatepass")):
            yield Seen(
                Code(path, one.line),
                "This failure is answered, and nothing is written to the log: nobody can find out why.",
                cause="unlogged",
            )
