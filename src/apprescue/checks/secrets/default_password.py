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
from apprescue.source.texts import has_any

_LITERAL = r"(?:\"([^\"\s${}]{3,60})\"|'([^'\s${}]{3,60})'|`([^`\s${}]{3,60})`)"
_COMPARED = re.compile(rf"(?:[pP]ass(?:word|wd|code|phrase))\b\s*(?:===?|!==?)\s*{_LITERAL}")
_HASHED = re.compile(
    rf"(?:[pP]assword|\.hash(?:Sync)?|get_password_hash|make_password|generate_password_hash|hashpw|pwd_context\.hash)\(\s*b?{_LITERAL}"
)
_COMPARED_SIGNS = ("password", "Password", "asswd", "asscode", "assphrase")
_HASHED_SIGNS = ("assword(", "hash(", "hashSync(", "hashpw(")
_HASHES = re.compile(
    r"(?:(?:bcrypt\w*|argon2\w*|scrypt\w*|hasher|pwd_context)\.hash(?:Sync)?|hash_?[pP]assword|[sS]et_?[pP]assword|hashpw)$"
)
_NO_PASSWORD = re.compile(
    r"^(?:string|text|password|undefined|object|null|none|bearer|true|false|hidden|\*+|utf-?8)$|dummy|timing|fake|invalid",
    re.I,
)
_ADMIN = re.compile(r"admin|root|superuser|owner|staff", re.I)
_SEED = re.compile(r"(?:^|[/_.-])(?:seeds?|seeders?|fixtures?|db-reset|reset-db|populate|bootstrap)(?:[/_.-]|$)", re.I)
_TRIAL = re.compile(r"(?:^|[/_.-])(?:staging|demo|dev|qa|test|fake|sample|load)[/_.-]", re.I)
_REFUSES = re.compile(r"refus(?:e|ing)|NODE_ENV\W{1,6}production\W[^;]{0,80}(?:throw|exit)", re.I)


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=("CWE-798", "CWE-259"), owasp=("A07:2025",))
def default_password(app: App, leaks: tuple[Leak, ...]) -> Iterator[Seen]:
    told: set[tuple[str, int]] = set()
    for path, text in app.files.items():
        if path.endswith(tuple(CODE)) and not _is_silent(path, text):
            for line, value, compares in _fixed(text):
                told.add((path, line))
                yield _fixed_text(app, Code(path, line), compares, value)
    for leak, cause in groups(leaks, app.files, "password"):
        if (leak.place.path, leak.place.line) in told or re.search("dummy", leak.name, re.I):
            continue
        if not _is_silent(leak.place.path, app.files.get(leak.place.path, "")):
            yield _stored(app, leak, leak.place.path if _SEED.search(leak.place.path) else cause)


def _is_silent(path: str, text: str) -> bool:
    """Whether what the file makes is for trying out: tests, and seeds that say so or refuse production."""
    return is_quiet(path) or (bool(_SEED.search(path)) and bool(_TRIAL.search(path) or _REFUSES.search(text)))


def _fixed(text: str) -> Iterator[tuple[int, str, bool]]:
    """Lines where a password is a literal text: the line, the text, and whether it is compared (or hashed)."""
    for pattern, signs in ((_COMPARED, _COMPARED_SIGNS), (_HASHED, _HASHED_SIGNS)):
        for found in pattern.finditer(text) if has_any(text, signs) else ():
            value = next(v for v in found.groups() if v)
            start = text.rfind("\n", 0, found.start()) + 1
            before = text[start : found.start()]
            callee = re.search(r"[\w.]*$", before + found[0].partition("(")[0])
            if pattern is _HASHED and not (callee and _HASHES.search(callee[0])):
                continue
            if not (_NO_PASSWORD.search(value) or before.lstrip().startswith(_COMMENT) or "DUMMY" in before):
                yield text.count("\n", 0, start) + 1, value, pattern is _COMPARED


_COMMENT = ("//", "*", "#", "/*", "--")


def _fixed_text(app: App, place: Code, compares: bool, value: str) -> Seen:
    admin = bool(_ADMIN.search(app.excerpt(place, around=8)))
    whom = "the admin's password" if admin else "a password"
    doing = f"The code compares {whom} with a fixed text" if compares else f"{whom.capitalize()} is set to a fixed text"
    seed = bool(_SEED.search(place.path))
    level = Severity.CRITICAL if compares and admin else Severity.HIGH
    if seed:
        level = Severity.MEDIUM if admin else Severity.LOW
    return Seen(
        place,
        f"{doing}: everybody who has seen the code knows it.",
        cause=place.path if seed or compares else f"{place.path} {value}",
        severity=level,
    )


def _stored(app: App, leak: Leak, cause: str) -> Seen:
    place = leak.place
    admin = bool(_ADMIN.search(app.excerpt(place, around=6) + leak.name))
    if is_shipped(place.path, app.files):
        detail, level = "Sign-in data stands in a page that every visitor downloads", Severity.MEDIUM
    elif _SEED.search(place.path):
        detail, level = "Seeded accounts get a fixed password", Severity.MEDIUM if admin else Severity.LOW
    elif admin:
        detail, level = "An account with more rights is given a fixed password", Severity.HIGH
    else:
        detail, level = "A fixed password stands in the code", Severity.MEDIUM
    called = f" ({leak.name})" if leak.name.isupper() else ""
    sure = Evidence.OBSERVED if admin else Evidence.SUSPECTED
    return Seen(
        place,
        f"{detail}{called}: everybody who has seen the code knows it.",
        cause=cause,
        severity=level,
        evidence=sure,
    )
