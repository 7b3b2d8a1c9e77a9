"""A key that was deleted can still be read in the older versions of your code.

What we look at: every text of up to 1 MB that any branch ever held, once each; keys of known providers, and env and
credential files. What still stands in the newest version is reported there, not here.
Why it matters: git keeps everything. Whoever has a copy of the repository reads the deleted line with one command,
and robots do so with every repository that becomes public.
How to repair: revoke the key; then it no longer matters where it stands. Rewriting the history is only worth it
before the repository is shown to others.
When it is fine: a key that has been revoked. Accept the finding with that reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.leak import Leak
from apprescue.model.place import CommitPlace
from apprescue.source.secret_places import named, repair

_THEN = "Then nothing more needs to be done: the old versions hold a key that opens nothing."
_LOWER = {"critical": Severity.CRITICAL, "high": Severity.HIGH, "medium": Severity.MEDIUM, "low": Severity.LOW}


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=("CWE-798", "CWE-540"), owasp=("A07:2025", "A02:2025"))
def key_in_history(app: App, leaks: tuple[Leak, ...], history: tuple[Leak, ...]) -> Iterator[Seen]:
    known = {leak.value for leak in leaks if not leak.quiet}
    for leak in history:
        if leak.is_secret and not leak.quiet and leak.power != "low" and leak.value not in known:
            yield Seen(
                CommitPlace(leak.commit, leak.place),
                f"{named(leak, first=True)} was in {leak.place.path} and is gone from the newest version only.",
                cause=leak.value,
                severity=Severity.MEDIUM if leak.kind == "test" else _LOWER[leak.power],
                repair=repair(leak, _THEN),
            )
