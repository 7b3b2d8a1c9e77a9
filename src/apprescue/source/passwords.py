"""Whose passwords an app compares, and with that who can sign in to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from apprescue.model.app import App
from apprescue.model.schema import Schema
from apprescue.model.trace import Step
from apprescue.source.growth import table_named
from apprescue.source.routes import open_to_all
from apprescue.source.sql_text import bare
from apprescue.source.syntax import SCRIPTS

_COMPARES = re.compile(r"(?i)^(?:compare(?:sync)?|verify|checkpw|check_password(?:_hash)?|verify_password)$")
_PASSWORD = re.compile(r"(?i)^row\.(\w+)\.\w*(?:passw|hash)\w*$")
_KEPT = re.compile(r"(?i)^(?:hashed_?)?password(?:_?hash(?:ed)?)?$")
_STAFF = re.compile(r"(?i)^(?:super_?)?(?:admin|administrator|staff|moderator|operator)s?(?:_?(?:user|account)s?)?$")
_TEAM = re.compile(
    r"(?i)^(?:super_?)?(?:admin|administrator|staff|moderator|operator|owner|manager|assistant|editor|employee|analyst|"
    r"support|(?:ai_?)?agent|bot|root)s?$"
)
_COMPANY = re.compile(r"""(?i)(\w+)\s*=\s*['"]@[\w-]+(?:\.[\w-]+)+['"]""")
_SIGNS_IN = re.compile(r"NextAuth|authorize|signIn|sign_in|login|authenticate")
_OTHERWISE = re.compile(
    r"@supabase/|@clerk/|firebase/auth|firebase-admin|@auth0/|openid-client|passport-(?!local)|better-auth|"
    r"next-auth/providers/(?!credentials)|OAuth2?(?:Strategy|Session)|verifyIdToken|/userinfo|magic-?link",
    re.I,
)


def compared(steps: Iterable[Step]) -> Iterator[str]:
    """The tables of the stored passwords that calls compare with what somebody typed."""
    for step in (one for one in steps if _COMPARES.match(one.method)):
        origins = {origin for value in step.args for origin in value.all_origins}
        yield from (found[1] for origin in sorted(origins) if (found := _PASSWORD.match(origin)))


def only_staff_signs_in(app: App) -> bool:
    """Whether every password that the app compares or keeps is its staff's, nobody makes himself such an account, and
    there is no other way in."""
    return _signs_in_only(app, _STAFF.match)


def only_a_team_signs_in(app: App) -> bool:
    """Whether those who sign in are the people of one office: its staff, or accounts that others of them made and that
    can have no role but one of a team, or the people of one company by their addresses. What one of them keeps, the
    others work with."""
    return any(map(_of_one_company, app.files.values())) or _signs_in_only(
        app, lambda name: _STAFF.match(name) or _is_of_team(app.schema, name)
    )


def _signs_in_only(app: App, is_theirs: Callable[[str], object]) -> bool:
    tables = set(compared(step for trace in app.traces for step in trace.steps))
    kept = {bare(one.name) for one in app.schema.tables if any(_KEPT.match(c.name) for c in one.columns)}
    if not tables or not all(map(is_theirs, tables | kept)):
        return False
    made = [one for one in app.queries if one.operation in ("insert", "upsert") and one.table in tables | kept]
    signs_up = any(open_to_all(one.step.guards) for one in made if one.route)
    code = (text for path, text in app.files.items() if path.endswith((*SCRIPTS, ".py", "package.json", ".txt")))
    return not signs_up and not any(map(_OTHERWISE.search, code))


def _of_one_company(text: str) -> bool:
    """Whether a file that signs people in turns away every mail address but those of one domain."""
    if not _SIGNS_IN.search(text):
        return False
    ours = [re.escape(found[1]) for found in _COMPANY.finditer(text)] + [r"['\"]@[\w-]+\.[\w.-]+['\"]"]
    ends = rf"(?:!\s*|\bnot\s+)[\w.?()]+\.ends_?[wW]ith\(\s*(?:{'|'.join(ours)})\s*\)"
    return re.search(rf"(?s)\bif\b[\s(]*{ends}.{{0,160}}?\b(?:return|raise|throw)\b", text) is not None


def _is_of_team(schema: Schema, name: str) -> bool:
    """Whether nobody with an account in a table can have a role that is not one of a team."""
    table = table_named(schema, name)
    roles = [bare(one.type) for one in table.columns if one.name == "role"] if table else []
    known = {bare(kind): values for kind, values in schema.enums.items()}
    return any(kind in known and all(map(_TEAM.match, known[kind])) for kind in roles)
