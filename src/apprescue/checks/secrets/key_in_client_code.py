"""A secret key is sent to every visitor's browser.

What we look at: live and test keys of known providers, private keys and signing secrets in code that is built for the
browser, in pages, and in files that are served as they are.
Why it matters: whoever opens the developer tools reads the key and can then pay, send or delete in your name until
you revoke it. Robots look for exactly this.
How to repair: revoke the key where it was issued. Put the new one into the server's secret settings and call the
provider from a server function that checks who is asking.
When it is fine: publishable, anon and map keys are made for the browser. They are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.leak import Leak
from apprescue.source.secret_places import groups, named, repair, users

_THEN = "Call the provider from a server function that checks who is asking; the browser never needs the key."


@check(severity=Severity.CRITICAL, impact=Impact.MONEY, cwe=("CWE-798", "CWE-312"), owasp=("A07:2025", "A02:2025"))
def key_in_client_code(app: App, leaks: tuple[Leak, ...]) -> Iterator[Seen]:
    for leak, cause in groups(leaks, app.files, "browser"):
        if leak.what == "service role key":
            continue
        yield Seen(
            leak.place,
            f"{named(leak, first=True)} stands in code that every visitor downloads.{users(leak, app)}",
            cause=cause,
            severity=_severity(leak),
            repair=repair(leak, _THEN),
        )


def _severity(leak: Leak) -> Severity:
    if leak.kind == "test":
        return Severity.MEDIUM
    return {"critical": Severity.CRITICAL, "high": Severity.HIGH, "medium": Severity.MEDIUM, "low": Severity.LOW}[
        leak.power
    ]
