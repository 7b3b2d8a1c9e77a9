"""When a setting is missing, your app uses a secret that anybody can read in its code.

What we look at: secrets that sign sessions and tokens, guard addresses or sign in, read from the environment with a
literal text as fallback: `process.env.JWT_SECRET || "..."`, `os.getenv("SECRET_KEY", "...")`, defaults of settings
classes.
Why it matters: nothing breaks when the setting is forgotten, so nobody notices. From then on anybody who knows the
text makes his own login token, also as admin.
How to repair: take the fallback away and stop the start with a clear message when the setting is missing. Then make a
new random secret of at least 32 bytes for each environment.
When it is fine: a fallback that only development reaches, or that the start refuses in production.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, EnvRead
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source.quiet import is_example, is_test
from apprescue.source.settings import secret_name, signs

_TOKEN = re.compile(
    r"JWT|AUTH_SECRET|^SECRET(?:_KEY)?$|TOKEN_SECRET|ACCESS_SECRET|REFRESH_SECRET|APP_SECRET|ADMIN|DJANGO|FLASK"
)
_DEVELOPMENT = re.compile(
    r"!\s*is_?prod|(?:!==?|<>|is not)\s*[\"']prod|is_?dev(?:elopment)?\b(?!\s*=)|={2,3}\s*[\"'](?:dev|local|test)"
    r"|not\s+\w*prod|\bif\s+(?:settings\.)?DEBUG",
    re.I,
)
_FOR_TESTS = re.compile(r"(?:^|_)(?:E2E|TESTS?)(?:_|$)")
_SWITCHED = re.compile(r"env(?:iron)?\b\W*(?:get\W*)?\w*(?:E2E|TEST)\w*\W+={2,3}\s*[\"'](?:true|1)")
_REFUSAL = re.compile(r"\braise\b|\bthrow\b|process\.exit|sys\.exit|Deno\.exit")


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=("CWE-1188", "CWE-798"), owasp=("A02:2025", "A07:2025"))
def fallback_secret(app: App) -> Iterator[Seen]:
    for read in app.env_reads:
        if not _is_open(read) or is_test(read.place.path) or is_example(read.place.path):
            continue
        if _only_in_development(app, read) or _refused(app, read) or _only_with_tests(app, read):
            continue
        demanded = _demanded_elsewhere(app, read)
        note = " The start fails without it elsewhere, so this fallback is dead; remove it." if demanded else ""
        yield Seen(
            read.place,
            f"Without {read.name} the app works on with a fixed text from its code: {_harm(read.name)}.{note}",
            cause=f"{read.place}" if not demanded else f"{read.name} {read.fallback}",
            severity=Severity.LOW if demanded else Severity.CRITICAL if _TOKEN.search(read.name) else Severity.HIGH,
        )


def _is_open(read: EnvRead) -> bool:
    value = (read.fallback or "").strip()
    if len(value) < 2 or read.side == "browser" or value.startswith(("http://", "https://", "/", "${")):
        return False
    promise = secret_name(read.name)
    return promise == "password" or (promise in ("signing", "key") and signs(read.name))


def _harm(name: str) -> str:
    if secret_name(name) == "password":
        return "anybody who reads it can sign in"
    if re.search(r"CRON|WEBHOOK|INTERNAL|API", name):
        return "anybody who reads it can call what it guards"
    if re.search(r"ENCRYPT|CRYPT", name):
        return "anybody who reads it can open what is encrypted"
    return "anybody who reads it can make valid logins"


def _only_with_tests(app: App, read: EnvRead) -> bool:
    """Whether it is a password for tests, which another setting for tests has to let in first."""
    return bool(_FOR_TESTS.search(read.name) and _SWITCHED.search(app.files.get(read.place.path, "")))


def _only_in_development(app: App, read: EnvRead) -> bool:
    """Whether the read stands under a condition that only development meets."""
    lines = app.files.get(read.place.path, "").split("\n")[: read.place.line]
    if not lines:
        return False
    depth = _indent(lines[-1])
    if _DEVELOPMENT.search(lines[-1]):
        return True
    for line in reversed(lines[:-1][-60:]):
        if line.strip() and _indent(line) < depth:
            depth = _indent(line)
            if _DEVELOPMENT.search(line):
                return True
    return False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _refused(app: App, read: EnvRead) -> bool:
    """Whether the file names the fallback once more, near a refusal: it will not start with it."""
    text = app.files.get(read.place.path, "")
    places = [found.start() for found in re.finditer(re.escape(read.fallback or ""), text)]
    return len(places) > 1 and any(_REFUSAL.search(text[at : at + 500]) for at in places[1:])


def _demanded_elsewhere(app: App, read: EnvRead) -> bool:
    """Whether the start fails without it, by another file's refusal or by that of the login library."""
    if read.name == "NEXTAUTH_SECRET" and any(p.name == "next-auth" for p in app.packages):
        return not re.search(r"JWT_SECRET", app.excerpt(read.place))
    for other in app.env_reads:
        if other.name == read.name and other.fallback is None and other.place != read.place:
            lines = app.files.get(other.place.path, "").split("\n")
            if _REFUSAL.search("\n".join(lines[other.place.line - 1 : other.place.line + 4])):
                return True
    return False
