"""Which buckets hold what all may see, and which functions are meant for every caller."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from apprescue.model.app import Query
from apprescue.model.finding import Severity
from apprescue.model.intent import Meant
from apprescue.model.schema import Bucket, DbFunction, Schema
from apprescue.source.deeds import deed, proves_itself
from apprescue.source.intent_words import for_whom, is_kept, is_notice, is_shown
from apprescue.source.sql_access import Who, asks_caller, doors
from apprescue.source.sql_body import Body, body_of
from apprescue.source.sql_rights import callable_by_clients
from apprescue.source.sql_text import bare, without_comments
from apprescue.source.sql_words import is_lock, is_log, is_money_table, is_paywall, kept_in

_PICTURES = re.compile(
    r"avatar|banner|logo|cover|profile|thumbnail|public|image|photo|picture|poster|icon|asset|media|post|gallery|portfolio|"
    r"product|event|stories|sound|brand",
    re.I,
)
_COUNTS = re.compile(r"stats|count|views|analytics|metrics|daily|usage", re.I)
_PERSON = re.compile(
    r"(?i)(?:user|creator|owner|profile|account|customer|member|employee|fan|seller|artist|affiliate|brand|client|"
    r"patient|student|wallet)_?(?:uu)?id$|(?:^|_)uid$"
)
_STAFF_ONLY = re.compile(r"(?:^|[._])(?:admin|system|service|internal|cron|process|credit|debit|grant|activate)_", re.I)
_BUILT = re.compile(r"(?i)\bexecute\s+(?!function\b|procedure\b|on\b)")


def bucket_of(schema: Schema, bucket: Bucket) -> tuple[bool | None, str]:
    """Whether strangers are meant to read a bucket's files, and why."""
    kept = kept_in(bucket.name)
    if kept == "private":
        return False, f"By its name, {bucket.name} holds what is sent or proved in private."
    if kept == "sold" and any(is_paywall(c.name) for t in schema.tables for c in t.columns):
        return False, f"By its name, {bucket.name} holds what is sold, and the app has a paywall."
    if _hangs_on_what_is_sold(schema, bucket):
        return False, f"{bucket.name} holds the files of a table whose rows not everybody may see."
    if _PICTURES.search(bucket.name):
        return True, f"By its name, {bucket.name} holds pictures that pages show."
    named = any(
        ("bucket_id", bucket.name) in way.fixed and way.who is Who.EVERYONE and for_whom(policy.name) == "all"
        for policy, way in doors(schema, "storage.objects", "select")
    )
    if bucket.public and named:
        return True, f"{bucket.name} is public, and a rule of its own says that all may read it."
    if not bucket.public and not bucket.place.path and named:
        return True, f"Only the dashboard knows {bucket.name}, and a rule of its own says that all may read it."
    if not bucket.public:
        return False, f"{bucket.name} is set to private."
    return None, f"Nothing but its setting shows whether strangers may read the files in {bucket.name}."


def _hangs_on_what_is_sold(schema: Schema, bucket: Bucket) -> bool:
    """Whether a table of the bucket's very name belongs to rows that say for whom they are."""
    table = schema.table(bucket.name.replace("-", "_"))
    parents = [schema.table(key.to_table) for key in table.foreign_keys] if table else []
    return any(is_lock(c.name) for t in (table, *parents) if t for c in t.columns)


def function_of(
    schema: Schema, function: DbFunction, calls: Iterable[Query], tables: Mapping[str, Meant]
) -> tuple[bool | None, str]:
    """Whether clients are meant to call a function for whatever it does, and why. One that runs with the caller's own
    rights does only what he may do anyway."""
    if function.returns in ("trigger", "event_trigger"):
        return None, ""
    if not function.security_definer:
        return True, "It runs with the caller's own rights."
    body, name = body_of(function), bare(function.name)
    if not callable_by_clients(function):
        return False, f"Clients have no right to call {name}."
    severity, done = deed(schema, function)
    blind = not body.knows_caller and not proves_itself(function)
    if _STAFF_ONLY.search(function.name) and body.writes and not asks_caller(without_comments(function.body)):
        return False, f"By its name, {name} is for the server or the staff, and it {done}."
    if blind and severity is not None and _harms(severity, body, {q.as_whom for q in calls}):
        return False, f"{name} {done} with its owner's rights, for whomever the caller names."
    if blind and _tells(schema, function, body, tables):
        return False, f"{name} {done} of anybody whose id the caller names."
    upkeep = severity is Severity.LOW and not any(is_money_table(w.table) for w in body.writes)
    if upkeep or _counts(function, body):
        return True, f"{name} only counts or tidies up; it does no harm, whoever calls it."
    if body.knows_caller and severity is Severity.MEDIUM:
        return True, f"{name} asks who is calling and {done}, as users do anyway."
    if body.writes or ((blind or function.parameters) and _private(body, tables) and function.returns != "boolean"):
        return None, f"{name} {done}; what it lets a caller do must be tried."
    if _BUILT.search(without_comments(function.body)):
        return None, f"{name} runs a statement that it puts together; what it lets a caller do must be tried."
    return True, f"{name} does nothing that could harm anybody."


def _harms(severity: Severity, body: Body, callers: set[str]) -> bool:
    """Whether it is clear that no client is meant to do it: small things may well be (a view counted)."""
    if severity is not Severity.MEDIUM:
        return severity.rank < Severity.MEDIUM.rank
    if any(is_notice(w.table) for w in body.writes):
        return True
    return bool(callers) and callers <= {"service", "server"} and not _tallies(body)


def _tallies(body: Body) -> bool:
    return all(is_log(w.table) or w.counts_one or _COUNTS.search(w.table) for w in body.writes)


def _counts(function: DbFunction, body: Body) -> bool:
    """Whether it adds one to a count of the thing whose id is given, and takes nothing else from its caller."""
    plain = all("uuid" in kind or name.endswith("id") for name, kind in function.parameters)
    return bool(body.writes) and plain and _tallies(body)


def _tells(schema: Schema, function: DbFunction, body: Body, tables: Mapping[str, Meant]) -> bool:
    """Whether it answers with rows that are not for strangers, of a person whose id is given."""
    named = any(names_person(name) for name, _ in function.parameters)
    rows = function.returns.startswith(("record", "table", "setof", "json")) or "." in function.returns
    known = [t for name in body.reads for t in (schema.table(name),) if t]
    kept = any(map(is_kept, known)) and not any(is_shown(t.name) and not is_kept(t) for t in known)
    return named and rows and kept and not body.writes and _private(body, tables)


def names_person(argument: str) -> bool:
    """Whether an argument is named for a person's id."""
    return bool(_PERSON.search(argument))


def _private(body: Body, tables: Mapping[str, Meant]) -> bool:
    known = [tables[name] for name in body.reads if name in tables]
    return any(m.owned and m.public is False and not m.shared for m in known)
