"""One broken part makes the whole page go white.

What we look at: React apps, and whether any error boundary (or Next.js error page) catches what a component throws.

Why it matters: a missing field in one row, and the customer sees an empty page with no way back.

How to repair: put an error boundary around the app and around each big part, with a friendly text, a button to try
again and a report to the tracker.

When it is fine: apps without React, and pages whose framework catches what a part throws.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, Setting

_STARTS = re.compile(r"createRoot\(|ReactDOM\.render\(|export default function RootLayout|AppRegistry\.")


@check(
    severity=Severity.LOW,
    impact=Impact.ONBOARDING,
    cwe=("CWE-755",),
    owasp=("A10:2025",),
)
def no_error_boundary(app: App) -> Iterator[Seen]:
    """One sighting for the app."""
    react = any(p.name == "react" for p in app.packages)
    pages = any(path.endswith((".tsx", ".jsx")) for path in app.files)
    if react and pages and not any(w.kind == "boundary" for w in app.watches):
        places = (
            Code(path, text.count("\n", 0, found.start()) + 1)
            for path, text in app.files.items()
            if path.endswith((".tsx", ".jsx")) and (found := _STARTS.search(text))
        )
        place = next(places, None)
        yield Seen(Setting("error boundary", place), "No component was seen that catches what another one throws.")
