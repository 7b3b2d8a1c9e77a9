"""A migration that makes what stands already no longer stops the history there.

Tables, indexes and columns are made `if not exists`; what SQL has no such words for (rules, triggers, types,
constraints) is made in a block that passes over what is there. What stood first stays, as it does in a database in
which the statement is refused. Nothing changes where the migration has run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit
from apprescue.model.place import code_of
from apprescue.model.rebuilt import Rebuilt, Refusal
from apprescue.source.sql import pieces

_TWICE = {"42P07": "duplicate_table", "42710": "duplicate_object", "42701": "duplicate_column"}
_MADE = re.compile(r"(?i)create\s+(?:unlogged\s+)?table\b|create\s+(?:unique\s+)?index\b(?:\s+concurrently\b)?")
_COLUMN = re.compile(r"(?i)\badd\s+column\b(?!\s+if\b)")
_UNLESS = re.compile(r"(?i)\s+if\s+not\s+exists\b")
_TAG = "$once$"


@fix("database/history_that_cannot_rebuild", title="Let migrations pass over what stands already")
def make_once(finding: Finding, app: App, rebuilt: Rebuilt) -> Changes:
    """One edit for each statement of the finding; nothing where one of them is refused for another reason."""
    places = {(one.path, one.line) for place in (finding.place, *finding.related) if (one := code_of(place))}
    refused = [one for one in rebuilt.refusals if (one.path, one.line) in places]
    edits = [edit for one in refused if one.sqlstate in _TWICE for edit in _edit(one, app)]
    if len(edits) == len(places) == len(refused):
        yield from edits


def _edit(refusal: Refusal, app: App) -> Iterator[Edit]:
    """The statement made so that it passes over what is there; nothing where it is not found, or is a block itself."""
    source = app.files.get(refusal.path, "").encode("utf-8", "surrogatepass")
    at = 0
    for text, line in pieces(app.files.get(refusal.path, "")):
        piece = text.encode("utf-8", "surrogatepass")
        start = source.find(piece, at)
        if start < 0:
            return
        at = start + len(piece)
        if line == refusal.line:
            made = _unless(text, _TWICE[refusal.sqlstate])
            if made and made != text:
                yield Edit(refusal.path, start, at, made)
            return


def _unless(text: str, state: str) -> str:
    found = _MADE.match(text)
    if found and not _UNLESS.match(text, found.end()):
        words = " IF NOT EXISTS" if found[0].isupper() else " if not exists"
        return text[: found.end()] + words + text[found.end() :]
    if state == "duplicate_column":
        return _COLUMN.sub(lambda one: one[0] + (" IF NOT EXISTS" if one[0].isupper() else " if not exists"), text)
    if found or _TAG in text or re.match(r"(?i)do\b", text):
        return ""
    return f"do {_TAG} begin\n{text.rstrip().rstrip(';')};\nexception when {state} then null;\nend {_TAG};"
