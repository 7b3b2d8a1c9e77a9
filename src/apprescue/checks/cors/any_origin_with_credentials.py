"""Any website that your user visits can act in your app as that user.

What we look at: cross-origin settings that allow every origin, or echo the origin that asks, together with credentials
(cookies).

Why it matters: the browser then sends your user's session along with a stranger's page's requests and lets that page
read the answers.

How to repair: list your own origins by environment, and allow credentials for those only.

When it is fine: public data without credentials; a list of origins that are compared whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source import known

_COOKIES = known.Names(
    r"(?i)express-session|cookie-session|set_?cookie|cookies\(\)\.set|response\.cookie|SessionMiddleware|cookieParser"
)


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-942", "CWE-346"),
    owasp=("A02:2025", "API8:2023"),
)
def any_origin_with_credentials(app: App) -> Iterator[Seen]:
    """One sighting for each rule."""
    cookies = any(_COOKIES.search(s.name) for t in app.traces for s in t.steps)
    for rule in app.cors:
        if rule.credentials and ("*" in rule.origins or rule.reflects):
            how = "echoes every origin" if rule.reflects else "allows every origin"
            yield Seen(
                rule.place,
                f"This {how} together with credentials."
                + ("" if cookies else " The app's tokens do not travel in cookies, so little comes of it today."),
                severity=Severity.HIGH if cookies else Severity.LOW,
            )
