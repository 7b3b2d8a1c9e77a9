"""One more migration for an app's history, written as the app writes its own, with the file that undoes it.

A change of rules takes its locks first, each for two seconds at most and ten times over, so that the app never waits in
a row behind a migration that waits (PostgreSQL, 13.3 Explicit Locking: an exclusive lock that is asked for stops every
later reader). What no transaction may stand around (CREATE INDEX CONCURRENTLY) is alone in its file: Prisma and plain
runners send a file of one statement as it is, and the Supabase CLI does since 2.109. Drizzle puts a transaction around
all that is new, so that there an index is made the plain way.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from textwrap import wrap

from apprescue.model.app import App
from apprescue.model.database import ident
from apprescue.model.patch import Edit
from apprescue.model.rebuilt import Script
from apprescue.source.history import History, histories

UNDO = "rescue/undo"
WIDTH = 100
_STAMP = "%Y%m%d%H%M%S"
_LEADING = re.compile(r"[vV]?(\d+)")
_STYLE = re.compile(r"(?P<letter>[vV]?)\d+(?P<between>[_-]+)")
_FOLDER = re.compile(r"(?:supabase_)?migrations?|drizzle")
_SECONDS = 14  # digits of a moment
_OLDEST = "20200101000000"
_CONCURRENTLY = re.compile(r"(?i)(?<=\bindex)\s+concurrently\b")
_LOCK = """do $$ begin
  for attempt in 1..10 loop
    begin
      set local lock_timeout = '2s';
      lock table {} in access exclusive mode;
      exit;
    exception when lock_not_available then
      if attempt = 10 then raise; end if;
      perform pg_sleep(0.2 * attempt);
    end;
  end loop;
end $$;
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A migration to be written. `name` are a few words for the file's name, `why` says in plain words what it is for;
    `locks` are the tables (`schema.name`) that it locks against readers, `alone` tells that `up` and `down` are one
    statement each, around which no transaction may stand."""

    name: str
    why: str
    up: str
    down: str
    locks: tuple[str, ...] = ()
    alone: bool = False


def new_migration(
    app: App, name: str, why: str, up: str, down: str, locks: Iterable[str] = (), alone: bool = False
) -> Iterator[Edit]:
    """The migration as a new file behind the newest one, and the file that undoes it below `rescue/undo`; nothing where
    the app keeps no migrations. The rest is as in `Wanted`."""
    yield from new_migrations(app, [Wanted(name, why, up, down, tuple(locks), alone)])


def new_migrations(app: App, wanted: Iterable[Wanted]) -> Iterator[Edit]:
    """Several migrations, one behind the other, each with the file that undoes it."""
    found = next(iter(histories(app.files)), None)
    if found is None or found.kind == "dump":
        return
    labels, path = [], ""
    for one in wanted:
        path, label = _path(found, re.sub(r"\W+", "_", one.name).strip("_").lower()[:60].rstrip("_"))
        found = replace(found, scripts=(*found.scripts, Script(path, ())))
        yield from _files(one, found.kind, path, label)
        labels.append(label)
    if found.kind == "drizzle" and labels:
        yield from _journal(app, path, labels)


def _files(one: Wanted, kind: str, path: str, label: str) -> Iterator[Edit]:
    locked = _LOCK.format(", ".join(map(ident, sorted(set(one.locks))))) if one.locks else ""
    plainly = one.alone and kind == "drizzle"
    up, down = (_CONCURRENTLY.sub("", text) if plainly else text for text in (one.up, one.down))
    undone_by = f"{UNDO}/{label}.undo.sql"
    heading = "".join(f"-- {row}\n" for row in wrap(f"{' '.join(one.why.split())} Undo: {undone_by}", WIDTH))
    yield Edit(path, 0, 0, f"{heading}{locked}{up.strip().rstrip(';')};\n")
    yield Edit(undone_by, 0, 0, f"-- Undoes {path}.\n{locked}{down.strip().rstrip(';')};\n")


def _path(history: History, slug: str) -> tuple[str, str]:
    """Where the migration goes, and its name without its ending."""
    inside = [p for p in (PurePosixPath(s.path) for s in history.scripts) if any(map(_FOLDER.fullmatch, p.parts[:-1]))]
    numbered = [path for path in inside if _LEADING.match(_own(path))]
    if history.kind == "prisma" and numbered:
        label = f"{_next(map(_own, numbered))}_{slug}"
        return f"{numbered[-1].parent.parent}/{label}/migration.sql", label
    if not numbered:
        taken = (PurePosixPath(script.path).name for script in history.scripts)
        last = _next((name.removeprefix("rescue_") for name in taken if name.startswith("rescue_")), "000")
        folder = str(inside[-1].parent) if inside else history.root
        return f"{folder}/rescue_{last}_{slug}.sql".lstrip("/"), f"rescue_{last}_{slug}"
    folder = str(numbered[-1].parent)
    names = [path.name for path in numbered if str(path.parent) == folder]
    newest = max(names, key=lambda name: _moment(_LEADING.match(name)[1]))  # type: ignore[index]  # all of them match
    styled = _STYLE.match(newest)
    label = f"{styled['letter'] if styled else ''}{_next(names)}{styled['between'] if styled else '_'}{slug}"
    return f"{folder}/{label}{'.up' if newest.endswith('.up.sql') else ''}.sql", label


def _own(path: PurePosixPath) -> str:
    """What a migration is called: its file's name, or its folder's."""
    return path.parent.name if path.name == "migration.sql" else path.name


def _next(names: Iterable[str], least: str = _OLDEST) -> str:
    """The number behind the largest of them: a second later where they are moments, else one more."""
    numbers = [found[1] for name in names if (found := _LEADING.match(name))]
    newest = max(numbers, key=_moment, default=least)
    with contextlib.suppress(ValueError):
        if len(newest) >= _SECONDS:
            return (datetime.strptime(newest[:_SECONDS], _STAMP) + timedelta(seconds=1)).strftime(_STAMP)
    return str(int(newest) + 1).zfill(len(newest))


def _moment(number: str) -> tuple[bool, int]:
    """Short numbers count, long ones are dates and come later, as `source.history` sorts them."""
    return len(number) >= 8, int(number.ljust(14, "0") if len(number) >= 8 else number)


def _journal(app: App, path: str, labels: Iterable[str]) -> Iterator[Edit]:
    """Drizzle runs only what its journal names."""
    journal = f"{PurePosixPath(path).parent}/meta/_journal.json"
    text = app.files.get(journal, "")
    try:
        whole = json.loads(text)
        for label in labels:
            last = whole["entries"][-1]
            entry = {**last, "idx": last["idx"] + 1, "when": last["when"] + 1000, "tag": label}
            whole["entries"].append(entry)
    except (ValueError, LookupError, TypeError):
        return
    yield Edit(journal, 0, len(text.encode()), json.dumps(whole, indent=2) + "\n")
