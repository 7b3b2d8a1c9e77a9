"""Which buckets hold what all may see, and which functions are meant for every caller."""

from __future__ import annotations

import re
from collections.abc import Iterable

from apprescue.model.app import Query
from apprescue.model.finding import Severity
from apprescue.model.schema import Bucket, DbFunction, Schema
from apprescue.source.deeds import deed, proves_itself
from apprescue.source.intent_words import is_notice
from apprescue.source.sql_access import Who, asks_caller, doors
from apprescue.source.sql_body import body_of
from apprescue.source.sql_rights import callable_by_clients
from apprescue.source.sql_text import bare, without_comments
from apprescue.source.sql_words import is_paywall, kept_in

_PICTURES = re.compile(
    r"avatar|banner|logo|cover|profile|thumbnail|public|image|photo|picture|poster|icon|asset|media|post|gallery|portfolio|"
    r"product|event|stories|sound|brand",
    re.I,
)
_STAFF_ONLY = re.compile(r"(?:^|[._])(?:admin|system|service|internal|cron|process|credit|debit|grant|activate)_", re.I)


def bucket_of(schema: Schema, bucket: Bucket) -> tuple[bool | None, str]:
    """Whether strangers are meant to read a bucket's files, and why."""
    kept = kept_in(bucket.name)
    if kept == "private":
        return False, f"By its name, {bucket.name} holds what is sent or proved in private."
    if kept == "sold" and any(is_paywall(c.name) for t in schema.tables for c in t.columns):
        return False, f"By its name, {bucket.name} holds what is sold, and the app has a paywall."
    if _PICTURES.search(bucket.name):
        return True, f"By its name, {bucket.name} holds pictures that pages show."
    named = any(
        ("bucket_id", bucket.name) in way.fixed and way.who is Who.EVERYONE
        for _, way in doors(schema, "storage.objects", "select")
    )
    if bucket.public and named:
        return True, f"{bucket.name} is public, and a rule of its own says that all may read it."
    return None, f"Nothing shows whether strangers may read the files in {bucket.name}."


def function_of(schema: Schema, function: DbFunction, calls: Iterable[Query]) -> tuple[bool | None, str]:
    """Whether clients are meant to call a function for whatever it does, and why. One that runs with the caller's own
    rights does only what he may do anyway."""
    if function.returns in ("trigger", "event_trigger"):
        return None, ""
    if not function.security_definer:
        return True, "It runs with the caller's own rights."
    severity, done = deed(schema, function)
    body, name = body_of(function), bare(function.name)
    if not callable_by_clients(function):
        return False, f"Clients have no right to call {name}."
    staff = bool(_STAFF_ONLY.search(function.name) and body.writes and not names_caller(function))
    blind = severity is not None and not body.knows_caller and not proves_itself(function)
    by = {q.as_whom for q in calls}
    small = (
        severity is Severity.MEDIUM and by & {"browser", "user"} and not any(is_notice(w.table) for w in body.writes)
    )
    if staff or (blind and severity is not Severity.LOW and not small):
        server = " The app's own code calls it from the server only." if by and by <= {"service", "server"} else ""
        return False, f"{name} {done} with its owner's rights, for whomever the caller names.{server}"
    if blind and severity is Severity.LOW:
        return None, f"{name} {done}, whoever calls it."
    if severity is None:
        return True, f"{name} does nothing that could harm anybody."
    return None, f"{name} asks who is calling, or does little; what it lets him do must be tried."


def names_caller(function: DbFunction) -> bool:
    """Whether a function's text asks for the caller's own id."""
    return asks_caller(without_comments(function.body))
