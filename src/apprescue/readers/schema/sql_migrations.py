"""SQL files, replayed in order into the database that they leave: base files first, then the numbered ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from apprescue.model.schema import Schema
from apprescue.source.sql_replay import replay

_NUMBERED = re.compile(r"\d{3,}|\d+[a-z]?[_-]|[vV]\d")
_BASE = re.compile(r"(?:schema|init|initial|base|setup|create|structure|tables|database)", re.I)
_NO_HISTORY = re.compile(
    r"(?:^|/)(?:node_modules|dist|build|vendor|tests?|__tests__|fixtures|examples?|docs?|archive[d]?|backups?|old)/"
    r"|(?:\.|_|/)(?:down|rollback|revert|undo)\.sql$|(?:^|/)(?:rollback|revert|undo)[^/]*\.sql$|\.test\.sql$",
    re.I,
)
_CLIENTS_REACH = re.compile(
    r"\bauth\.(?:uid|role|jwt)\s*\(|\bauth\.users\b|\b(?:to|from)\s+(?:anon|authenticated)\b|"
    r"storage\.buckets",
    re.I,
)


def read(files: Mapping[str, str]) -> Schema:
    """The final schema of the app's SQL files. Files that undo, test or document others are left out."""
    paths = [p for p in files if p.lower().endswith(".sql") and not _NO_HISTORY.search(p)]
    history = [(path, files[path]) for path in sorted(paths, key=_order)]
    exposed = any("supabase" in p.lower() or _CLIENTS_REACH.search(text) for p, text in history)
    return replay(history).schema(exposed)


def _order(path: str) -> tuple[int, str, str]:
    """Loose files that make things run before the numbered ones of a migrations folder, other loose files after."""
    name, folder = PurePosixPath(path).name, str(PurePosixPath(path).parent)
    if "/migrations/" in f"/{path}" and not _NUMBERED.match(name) and name == "migration.sql":
        return (1, folder, name)
    if _NUMBERED.match(name):
        return (1, "", name)
    return (0 if _BASE.match(name) else 2, folder, name)
