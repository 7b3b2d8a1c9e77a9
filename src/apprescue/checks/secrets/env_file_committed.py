"""Your settings file with real secrets is part of the code.

What we look at: env files (.env, .env.production, ...) that hold live secrets: keys of providers, passwords, database
addresses, secrets that sign sessions.
Why it matters: an env file is meant to stay on one machine. Inside the code it goes wherever the code goes, and
whoever gets it can sign in as anybody, read the database and spend your money.
How to repair: replace every secret in it, put the new ones into the host's secret settings, remove the file with `git
rm --cached`, and add it to .gitignore. Keep a `.env.example` with the names alone.
When it is fine: a file with only addresses, names and publishable or anon keys. It is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.leak import Leak
from apprescue.source.rotation import rotation
from apprescue.source.secret_places import home_of, named, users


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=("CWE-538", "CWE-798"), owasp=("A02:2025", "A07:2025"))
def env_file_committed(app: App, leaks: tuple[Leak, ...]) -> Iterator[Seen]:
    held = [k for k in leaks if k.is_secret and not k.quiet and home_of(k, app.files) == "env file"]
    for leak in held:
        others = sum(one.place.path == leak.place.path for one in held) - 1
        also = (
            f" {others} more secret{'s' * (others > 1)} stand{'s' * (others == 1)} in the same file." if others else ""
        )
        yield Seen(
            leak.place,
            f"{leak.place.path} is part of the code and holds {named(leak).rstrip(',')}.{users(leak, app)}{also}",
            cause=leak.place.path,
            severity=Severity.MEDIUM if leak.kind == "test" else Severity(leak.power),
            repair=f"{rotation(leak.provider)} Then run `git rm --cached {leak.place.path}` and add it to .gitignore.",
        )
