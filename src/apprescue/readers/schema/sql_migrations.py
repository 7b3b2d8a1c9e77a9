"""SQL files, replayed in order into the database that they leave: base files first, then the numbered ones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apprescue.model.schema import Schema
from apprescue.source.history import is_history, order
from apprescue.source.sql_replay import replay

_CLIENTS_REACH = re.compile(
    r"\bauth\.(?:uid|role|jwt)\s*\(|\bauth\.users\b|\b(?:to|from)\s+(?:anon|authenticated)\b|"
    r"storage\.buckets",
    re.I,
)
_CLIENT = re.compile(r'"@supabase/(?:supabase-js|ssr|auth-helpers-[\w-]+)"\s*:|^\s*supabase_flutter\s*:', re.M)
_DRIVER = re.compile(r'"(?:pg|postgres|mysql2?|@prisma/client|drizzle-orm|typeorm|sequelize|knex|kysely)"\s*:')


def read(files: Mapping[str, str]) -> Schema:
    """The final schema of the app's SQL files. Files that undo, test or document others are left out."""
    history = [(path, files[path]) for path in sorted(filter(is_history, files), key=order)]
    exposed = any("supabase" in p.lower() or _CLIENTS_REACH.search(text) for p, text in history)
    return replay(history).schema(exposed or (bool(history) and _by_client(files)))


def _by_client(files: Mapping[str, str]) -> bool:
    """Whether the app's packages reach the database in no other way than by the client that browsers use, too."""
    lists = [text for path, text in files.items() if path.rpartition("/")[2] in ("package.json", "pubspec.yaml")]
    return any(map(_CLIENT.search, lists)) and not any(map(_DRIVER.search, lists))
