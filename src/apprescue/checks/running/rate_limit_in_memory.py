"""Your limit of requests counts for itself in every copy of the app, and so limits nothing.

What we look at: rate limits that keep their counts in a variable of the program (`new Map()`), in apps that run as
functions on demand (Next.js, Vercel, Netlify, Supabase).

Why it matters: such a host starts many copies and stops them at will; each counts from zero. A script that sends ten
thousand tries meets hundreds of fresh counters.

How to repair: keep the counts where all copies see them: Redis (Upstash), or a table with one atomic update.

When it is fine: one long-running server; a limit that only saves work and protects nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.project import Module, Project
from apprescue.source.quiet import is_test
from apprescue.source.texts import has_any
from apprescue.source.tree import Assign, Call, Name, Object

_LIMITS = re.compile(r"(?i)rate_?-?limit|limiter|throttle|(?:login|failed)_?attempts|request_?counts?")
_LIMIT_SIGNS = ("limit", "throttle", "attempt", "count")
_ON_DEMAND = ("nextjs", "vercel", "netlify", "supabase_functions")
_SHARED = re.compile(r"""(?i)(?:from|import|require\()\s*["'][^"']*(?:redis|upstash|@vercel/kv)|\.rpc\(""")


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-770", "CWE-799"),
    owasp=("API4:2023", "A06:2025"),
)
def rate_limit_in_memory(app: App, code: Project) -> Iterator[Seen]:
    """One sighting for each store of counts."""
    if not any(r.framework in _ON_DEMAND for r in app.routes) or any(r.framework == "express" for r in app.routes):
        return
    for path in code.paths():
        text = app.files.get(path, "")
        if path.endswith((".py", ".tsx", ".jsx")) or is_test(path) or not _limits(text) or _SHARED.search(text):
            continue
        module = code.module(path)
        if module is not None and (place := _store(module, path)) is not None:
            detail = "The counts of this limit live in the memory of one copy of the app."
            yield Seen(place, detail, cause="counts in memory")


def _limits(text: str) -> bool:
    return has_any(text.lower(), _LIMIT_SIGNS) and _LIMITS.search(text) is not None


def _store(module: Module, path: str) -> Code | None:
    for name, node in module.names.items():
        made = node.value if isinstance(node, Assign) else None
        is_map = isinstance(made, Call) and isinstance(made.callee, Name) and made.callee.id == "Map"
        empty = isinstance(made, Object) and not made.entries
        if (is_map or empty) and (_LIMITS.search(name) or _LIMITS.search(path)):
            return Code(path, node.line, node.end_line)
    return None
