"""A key or password stands in a file that everyone with the code can read.

What we look at: every file of the repository, also notes, scripts, cookies and saved settings: keys of known
providers, private keys, addresses with passwords, the credential files of common programs, and settings with a secret
name.
Why it matters: code is copied: to colleagues, to contractors, to AI tools, to a public repository by one wrong click.
Each copy keeps the key, and you cannot tell who used it.
How to repair: revoke it where it was issued, put the new one into the host's secret settings, and let the code read
it from the environment. Removing the line is not enough: older versions keep it.
When it is fine: publishable keys, placeholders, and what tests, examples and translations hold. They are not
reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.leak import Leak
from apprescue.source.secret_places import groups, is_written_down, named, repair, users

_THEN = "Let the code read it from the environment and delete it here."


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=("CWE-798", "CWE-540"), owasp=("A07:2025", "A02:2025"))
def key_in_repository(app: App, leaks: tuple[Leak, ...]) -> Iterator[Seen]:
    for leak, cause in groups(leaks, app.files, "repository"):
        where = "a text for people" if is_written_down(leak) else "the repository"
        yield Seen(
            leak.place,
            f"{named(leak, first=True)} is written down in {where}.{users(leak, app)}",
            cause=cause,
            severity=Severity.MEDIUM if leak.kind == "test" else Severity(leak.power),
            repair=repair(leak, _THEN),
        )
