"""A password is fixed in the code.

What we look at: passwords that code compares with a literal text, that it hashes or stores from a literal text, and
seeds that create an account with a fixed password.
Why it matters: whoever has seen the code once signs in, often as admin, and the password cannot be changed without a
release. Seeded accounts are the first thing that attackers try.
How to repair: keep only the hash of a password in the database, let the first admin be made by a command that asks
for the password, and give each new account a random one-time password or a link to set its own.
When it is fine: tests, and a made-up hash that only evens out the time of a failed login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.leak import Leak
from apprescue.model.place import Code
from apprescue.source.quiet import is_quiet
from apprescue.source.secret_places import groups, is_shipped
from apprescue.source.settings import CODE

_LITERAL = r"(?:\"([^\"\s${}]{3,60})\"|'([^'\s${}]{3,60})'|`([^`\s${}]{3,60})`)"
_COMPARED = re.compile(
    rf"(?<![\w'\"])[\w.?\[\]]*(?:password|passwd|passcode|passphrase|Password|Passwd|Passcode)\b\s*(?:===|==|!==|!=)\s*{_LITERAL}"
)
_HASHED = re.compile(
    rf"\b(?:bcrypt\w*\.hash(?:Sync)?|argon2\w*\.hash|hash_?[pP]assword|get_password_hash|make_password|generate_password_hash"
    rf"|set_password|pwd_context\.hash|password_hasher\.hash|hashpw)\(\s*b?{_LITERAL}"
)
_NO_PASSWORD = re.compile(
    r"^(?:string|text|password|undefined|object|null|none|bearer|true|false|hidden|\*+)$|dummy|timing|fake|invalid",
    re.I,
)
_ADMIN = re.compile(r"admin|root|superuser|owner|staff", re.I)


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=("CWE-798", "CWE-259"), owasp=("A07:2025",))
def default_password(app: App, leaks: tuple[Leak, ...]) -> Iterator[Seen]:
    told: set[tuple[str, int]] = set()
    for path, text in app.files.items():
        if not path.endswith(tuple(CODE)) or is_quiet(path):
            continue
        for pattern, compares in ((_COMPARED, True), (_HASHED, False)) if "ass" in text else ():
            for found in pattern.finditer(text):
                value = next(v for v in found.groups() if v)
                line = text.count("\n", 0, found.start()) + 1
                if _NO_PASSWORD.search(value) or _commented(text, found.start()) or "DUMMY" in found[0]:
                    continue
                told.add((path, line))
                yield _seen(app, Code(path, line), compares, f"{path} {value}")
    for leak, cause in groups(leaks, app.files, "password"):
        if (leak.place.path, leak.place.line) not in told and not re.search("dummy", leak.name, re.I):
            yield _stored(app, leak, cause)


def _seen(app: App, place: Code, compares: bool, cause: str) -> Seen:
    admin = bool(_ADMIN.search(app.excerpt(place, around=8)))
    whom = "the admin's password" if admin else "a password"
    doing = f"The code compares {whom} with a fixed text" if compares else f"{whom.capitalize()} is set to a fixed text"
    worst = compares and admin
    return Seen(
        place,
        f"{doing}: everybody who has seen the code knows it.",
        cause=cause,
        severity=Severity.CRITICAL if worst else Severity.HIGH,
    )


def _stored(app: App, leak: Leak, cause: str) -> Seen:
    place = leak.place
    if is_shipped(place.path, app.files):
        detail, level = "Sign-in data stands in a page that every visitor downloads", Severity.MEDIUM
    elif _ADMIN.search(app.excerpt(place, around=6)):
        detail, level = "An account with more rights is given a fixed password", Severity.HIGH
    else:
        detail, level = "A fixed password stands in the code", Severity.MEDIUM
    called = f" ({leak.name})" if leak.name.isupper() else ""
    sure = Evidence.OBSERVED if level is Severity.HIGH else Evidence.SUSPECTED
    return Seen(
        place,
        f"{detail}{called}: everybody who has seen the code knows it.",
        cause=cause,
        severity=level,
        evidence=sure,
    )


def _commented(text: str, at: int) -> bool:
    return text[text.rfind("\n", 0, at) + 1 : at].lstrip().startswith(("//", "*", "#", "/*", "--"))
