"""Your page cannot call this function: the browser asks first and gets no answer.

What we look at: edge functions that the app's pages call, whether they answer `OPTIONS`, and whether their error
answers carry the cross-origin headers too.

Why it matters: without an answer to `OPTIONS` every call from the page fails. Without headers on errors the page sees
a network error instead of the message.

How to repair: answer `OPTIONS` at the top with the shared headers, and send the same headers with every answer, errors
included.

When it is fine: functions that only a clock, a webhook or another server calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source.routes import head

_INVOKED = re.compile(r"""functions\.invoke\(\s*["'`]([\w-]+)|/functions/v1/([\w-]+)""")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.ONBOARDING,
    cwe=("CWE-942",),
    owasp=("A02:2025",),
)
def preflight_unanswered(app: App) -> Iterator[Seen]:
    """One sighting for each function."""
    pages = [
        text
        for path, text in app.files.items()
        if path.endswith((".ts", ".tsx", ".js", ".jsx")) and "functions/" not in path
    ]
    called = {a or b for text in pages if "functions" in text for a, b in _INVOKED.findall(text)}
    for route in app.routes:
        if route.framework != "supabase_functions" or route.path.rpartition("/")[2] not in called:
            continue
        text = app.files.get(route.place.path, "")
        if "OPTIONS" not in text and "cors" not in text.lower():
            yield Seen(head(route), f"The app's pages call {route.path}, and it does not answer OPTIONS.")
