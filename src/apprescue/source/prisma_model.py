"""One more model for an app's Prisma schema, with its table where the app keeps migrations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apprescue.model.app import App
from apprescue.model.patch import Edit
from apprescue.source.history import histories
from apprescue.source.new_migration import new_migration

_RDBMS = re.compile(r'provider\s*=\s*"(postgresql|mysql|sqlite|cockroachdb)"')


@dataclass(frozen=True)
class Model:
    """A model as the schema tells it (`text`), its `name` and `table`; `why` and the SQL are those of its migration."""

    name: str
    table: str
    text: str
    why: str
    up: str


def new_model(app: App, model: Model) -> Iterator[Edit]:
    """The edits that add it; nothing where it stands there already, where there is more than one schema, and where the
    database is not known or its history is not Prisma's."""
    schemas = [path for path in app.files if path.endswith(".prisma")]
    text = app.files[schemas[0]] if len(schemas) == 1 else ""
    kind, found = _RDBMS.search(text), next(iter(histories(app.files)), None)
    taken = re.compile(rf"(?i)\bmodel\s+{model.name}\b|\b{model.table}\b")
    if kind is None or any(taken.search(one) for path, one in app.files.items() if path.endswith((".prisma", ".sql"))):
        return
    if found is not None and (found.kind != "prisma" or kind[1] != "postgresql"):
        return
    end = len(text.encode("utf-8", "surrogatepass"))
    yield Edit(schemas[0], end, end, f"{'' if text.endswith(chr(10)) else chr(10)}\n{model.text}")
    if found is not None:
        yield from new_migration(app, model.table, model.why, model.up, f'DROP TABLE "{model.table}";')


def to_run(app: App) -> str:
    """What has to be run before code that uses a new model."""
    found = next(iter(histories(app.files)), None)
    moved = "prisma migrate deploy" if found is not None and found.kind == "prisma" else "prisma db push"
    return f"Run `npx prisma generate` and `npx {moved}` before the new code runs: it needs the new table."
