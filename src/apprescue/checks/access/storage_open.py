"""Files in your storage can be read, replaced or deleted by people they do not belong to.

What we look at: the rules on stored files: who may upload, replace, delete and read, whether they are tied to the
user's own folder or to one bucket, and whether private files lie in a public bucket.

Why it matters: without such a tie, anyone who is signed in replaces another person's pictures, deletes them,
fills your storage with his own, or reads files that were sent in private.

How to repair: tie each rule to the bucket and to the caller's folder
(`bucket_id = 'media' and (storage.foldername(name))[1] = (select auth.uid())::text`), make buckets with private
files private and hand out signed links.

When it is fine: public pictures such as avatars may be read by all, as long as only their owner writes them.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Claim
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import BucketPlace, Place
from apprescue.model.schema import Policy, Schema
from apprescue.source.sql_access import Way, Who, doors
from apprescue.source.sql_rights import claims, policy_place
from apprescue.source.sql_words import is_paywall, kept_in

_OBJECTS = "storage.objects"


@check(
    severity=Severity.MEDIUM, impact=Impact.DATA, cwe=["CWE-862", "CWE-284", "CWE-434"], owasp=["A01:2025", "API1:2023"]
)
def storage_open(app: App) -> Iterator[Seen]:
    """One sighting for each rule; rules for uploading are one finding."""
    schema = app.schema
    for command in ("insert", "update", "delete"):
        for policy, way in doors(schema, _OBJECTS, command, "check" if command == "insert" else "using"):
            if way.who >= Who.MEMBERS and not way.owners and not way.asked:
                yield _written(schema, policy, way, command)
    for policy, way in doors(schema, _OBJECTS, "select"):
        yield from _read(schema, policy, way)


def _buckets(way: Way) -> list[str]:
    return sorted(value for column, value in way.fixed if column == "bucket_id" and value)


def _claims(schema: Schema, way: Way, command: str) -> tuple[Claim, ...]:
    return tuple(
        c for name in _buckets(way) or [b.name for b in schema.buckets] for c in claims(name, command, way.who)
    )


def _written(schema: Schema, policy: Policy, way: Way, command: str) -> Seen:
    named = ", ".join(_buckets(way))
    where = f"the bucket {named}" if named else "every bucket"
    circle = "Anybody, without signing in," if way.who is Who.EVERYONE else "Anyone who is signed in"
    act = {
        "insert": "upload any file under any name into",
        "update": "replace any file in",
        "delete": "delete any file in",
    }
    grave = command != "insert" or not named
    return Seen(
        policy_place(policy),
        f'{circle} can {act[command]} {where} through the rule "{policy.name}".',
        cause=command if named else policy.name,
        severity=Severity.HIGH if grave else Severity.MEDIUM,
        claims=_claims(schema, way, command),
    )


def _read(schema: Schema, policy: Policy, way: Way) -> Iterator[Seen]:
    if way.who < Who.MEMBERS or way.owners or way.asked:
        return
    named = _buckets(way)
    if not named:
        if not way.fixed:
            yield Seen(
                policy_place(policy),
                f'The rule "{policy.name}" names no bucket: it opens the files of all of them for reading.',
                severity=Severity.HIGH,
                claims=_claims(schema, way, "select"),
            )
        return
    known = {b.name: b for b in schema.buckets}
    for name in named:
        bucket = known.get(name)
        place: tuple[Place, ...] = (BucketPlace(name, bucket.place),) if bucket else ()
        circle = "everybody" if way.who is Who.EVERYONE or (bucket and bucket.public) else "everyone who is signed in"
        if kept_in(name) == "private":
            detail = f"Files in {name} look private, yet {circle} can read them."
            claim = claims(name, "select", way.who)
            yield Seen(policy_place(policy), detail, related=place, cause=name, severity=Severity.MEDIUM, claims=claim)
        elif kept_in(name) == "sold" and _has_paywall(schema):
            detail = f"What is sold lies in {name}, and {circle} who has the link can read it without paying."
            yield Seen(
                policy_place(policy),
                detail,
                related=place,
                cause=name,
                severity=Severity.HIGH,
                impact=Impact.MONEY,
                claims=claims(name, "select", way.who),
            )


def _has_paywall(schema: Schema) -> bool:
    return any(is_paywall(c.name) for t in schema.tables for c in t.columns)
