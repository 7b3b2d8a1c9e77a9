"""Your limits can be passed by writing any address into a header.

What we look at: limits and locks that are kept by the first entry of `x-forwarded-for` or by another header that the
caller can set.
Why it matters: whoever is stopped writes another address into the header and goes on: guesses, clicks and views
without end.
How to repair: use the address that your host vouches for (its own header, or the last entry added by your proxy),
together with the account's id.
When it is fine: the header is only logged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.sides import side_of

_FIRST = re.compile(
    r"""x-forwarded-for["'`]\]?\s*\)?\??\s*[\s\S]{0,200}?(?:split\(\s*["'],\s*["']\s*\)\s*(?:\?\.)?\[0\]|split\(["'],["']\)\[0\])""",
    re.I,
)
_LIMITS = re.compile(r"(?i)limit|throttl|attempts|click|view|visit|blocked|count")


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-348", "CWE-290"),
    owasp=("A06:2025", "API4:2023"),
)
def spoofable_address(app: App) -> Iterator[Seen]:
    for path, text in app.files.items():
        if "x-forwarded-for" not in text.lower() or not path.endswith((".ts", ".tsx", ".js", ".mjs", ".py")):
            continue
        if side_of(path, app.files) == "server" and _LIMITS.search(text):
            for found in _FIRST.finditer(text):
                line = text.count("\n", 0, found.start()) + 1
                yield Seen(Code(path, line), "The caller can write this address himself.", cause="x-forwarded-for")
