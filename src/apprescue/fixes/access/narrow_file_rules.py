"""Rules on stored files are held to whose the files are: the uploader's own, and those in the folder of his id.

Who replaces, deletes or lists must own the file; who uploads must do so into his own folder, and that only where the
app's own code puts every file of the bucket there, for else its uploads would fail. A rule that names no bucket goes on
showing the pictures that are meant for everybody, one for everything is taken apart and goes on doing what it must.
Files of a public bucket are still shown by their address, so that pages with pictures stay as they are. A bucket that
is public and need not be, since nothing asks for its addresses, is closed. What is sold by link in a public bucket is
left: that needs signed links in the code. So is a rule that is for staff by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Bin, Catalog, Relation, Rule
from apprescue.model.database import literal
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.model.place import BucketPlace, PolicyPlace
from apprescue.source.intent_words import for_whom
from apprescue.source.meant_rules import COMMANDS, condition_of
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import CALLER, created, dropped, renewed
from apprescue.source.storage_calls import StorageCall, storage_calls

OBJECTS = "storage.objects"
FOLDER = f"(storage.foldername(name))[1] = {CALLER}::text"
OWN = f"(owner_id = {CALLER}::text or {FOLDER})"
_BUCKET = re.compile(r"bucket_id\s*=\s*(?:ANY\s*\(ARRAY\[)?((?:'[^']+'(?:::text)?(?:,\s*)?)+)")
_TEXT = re.compile(r"'([^']+)'")
_SOLD, _PRIVATE = "without paying", "look private"


@fix("access/storage_open", "access/files_open_to_strangers", title="Hold stored files to whose they are")
def narrow_file_rules(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration for all rules of the finding; nothing where one of them cannot be narrowed."""
    objects, places = catalog.relation(OBJECTS), (finding.place, *finding.related)
    if objects is None or _SOLD in finding.detail:
        return
    calls = list(storage_calls(app.files))
    shown = sorted(one.name for one in catalog.buckets if one.public and one.name in intent.public_buckets)
    named = {place.policy for place in places if isinstance(place, PolicyPlace) and place.table == OBJECTS}
    rules = [rule for rule in objects.policies if rule.name in named]
    acts = {claim.operation.value for claim in finding.claims}
    pairs = [renewed(OBJECTS, rule, *after) for rule in rules if (after := _narrowed(rule, calls, shown, acts))]
    if len(pairs) < len(named):
        return
    if not named or _PRIVATE in finding.detail:
        buckets = {place.bucket for place in places if isinstance(place, BucketPlace)}
        public = [one for one in catalog.buckets if one.name in buckets and one.public]
        closed = list(_closed(public, calls, objects))
        if len(closed) < len(public):
            return
        pairs += closed
    if pairs:
        yield from new_migration(
            app,
            "narrow file rules" if named else "close bucket",
            _why(rules),
            "".join(up for up, _ in pairs),
            "".join(down for _, down in reversed(pairs)),
            [OBJECTS] if any("policy" in up for up, _ in pairs) else [],
        )


def _why(rules: Iterable[Rule]) -> str:
    told = ", ".join(f'"{rule.name}"' for rule in rules)
    return f"People reached the files of others by {told}." if told else "Its files are nobody's but their owners'."


def _narrowed(rule: Rule, calls: list[StorageCall], shown: Sequence[str], acts: set[str]) -> list[Rule]:
    """The rules that stand in place of one; none where it is not known how for one of these acts. One for everything is
    taken apart, and shows and takes what it did where it must."""
    if for_whom(rule.name) == "staff" or not rule.permissive:
        return []
    found = []
    for part in [_part(rule, command) for command in COMMANDS] if rule.command == "all" else [rule]:
        held = _held(part, calls, shown) if part is rule or part.command != "select" or "select" in acts else None
        if held is None and (part is rule or part.command in acts):
            return []
        found.append(held or part)
    return found


def _part(rule: Rule, command: str) -> Rule:
    """A rule for everything as it holds for one command."""
    using = "" if command == "insert" else rule.using
    check = {"insert": condition_of(rule, "insert"), "update": rule.check}.get(command, "")
    return replace(rule, name=f"{rule.name} ({command})"[-63:], command=command, using=using, check=check)


def _held(rule: Rule, calls: list[StorageCall], shown: Sequence[str]) -> Rule | None:
    """A rule for one command, held to whose the files are; None where it is not known how."""
    match rule.command:
        case "insert":
            return replace(rule, check=_and(rule.check, FOLDER)) if _own_uploads(rule, calls) else None
        case "update":
            return replace(rule, using=_and(rule.using, OWN), check=_and(rule.check, OWN) if rule.check else "")
        case "delete":
            return replace(rule, using=_and(rule.using, OWN))
        case "select":
            open_still = (
                [] if _buckets(rule) else [f"bucket_id in ({', '.join(map(literal, shown))}) or "] * bool(shown)
            )
            mine = f"({''.join(open_still)}{OWN[1:]}"
            return replace(rule, using=_and(rule.using, mine)) if _is_unread(rule, calls) else None
    return None


def _and(condition: str, more: str) -> str:
    return more if condition in ("true", "") else f"{condition} and {more}"


def _buckets(rule: Rule) -> frozenset[str]:
    """The buckets that a rule names; none where it holds for all."""
    texts = (found[1] for text in (rule.using, rule.check) for found in _BUCKET.finditer(text))
    return frozenset(name for text in texts for name in _TEXT.findall(text))


def _about(rule: Rule, calls: Iterable[StorageCall], *verbs: str) -> Iterator[StorageCall]:
    """The calls that may be about the files of a rule's buckets."""
    named = _buckets(rule)
    return (one for one in calls if one.verb in verbs and (one.bucket is None or not named or one.bucket in named))


def _own_uploads(rule: Rule, calls: Iterable[StorageCall]) -> bool:
    """Whether all that the app uploads there goes into the caller's own folder."""
    return all(one.own for one in _about(rule, calls, "upload", "createSignedUploadUrl", "move", "copy"))


def _is_unread(rule: Rule, calls: Iterable[StorageCall]) -> bool:
    """Whether nothing of the app lists or fetches files of others by the rule."""
    return not any(True for _ in _about(rule, calls, "list", "download", "createSignedUrl", "createSignedUrls"))


def _closed(buckets: Iterable[Bin], calls: Iterable[StorageCall], objects: Relation) -> Iterator[tuple[str, str]]:
    """A public bucket made private, where no code makes addresses of its files. Its owners go on fetching them: by a
    rule for it, where none lets them."""
    asked = {one.bucket for one in calls if one.verb == "getPublicUrl"}
    for one in buckets:
        if asked & {None, one.name}:
            continue
        change = f"update storage.buckets set public = {{}} where id = {literal(one.name)};\n"
        mine = Rule(f"Owners fetch their files of {one.name}", "select", ("authenticated",), _mine(one), "")
        known = any(rule.command in ("select", "all") and _buckets(rule) & {one.name} for rule in objects.policies)
        up, down = ("", "") if known else (created(OBJECTS, mine), dropped(OBJECTS, mine))
        yield change.format("false") + up, down + change.format("true")


def _mine(bucket: Bin) -> str:
    return f"bucket_id = {literal(bucket.name)} and {OWN}"
