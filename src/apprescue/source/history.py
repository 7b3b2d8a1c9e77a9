"""Which SQL files make an app's database, and in which order they ran.

A folder of migrations is a history; where there is none, the loose files are. Loose files beside a history belong to
it only where they make tables that it needs or does not know: the rest are snapshots, repairs pasted somewhere, tests.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from apprescue.model.rebuilt import Script
from apprescue.source.script import Story, script_of, story_of

_NUMBERED = re.compile(r"\d{3,}|\d+[a-z]?[_-]|[vV]\d")
_BASE = re.compile(r"(?:schema|init|initial|base|setup|create|structure|tables|database)", re.I)
_NO_HISTORY = re.compile(
    r"(?:^|/)(?:node_modules|dist|build|vendor|tests?|__tests__|fixtures|examples?|docs?|archive[d]?|backups?|old)/"
    r"|(?:^|/)[^/]*discarded[^/]*/"
    r"|(?:\.|_|/)(?:down|rollback|revert|undo)\.sql$|(?:^|/)(?:rollback|revert|undo)[^/]*\.sql$|\.test\.sql$",
    re.I,
)
_LAID_ASIDE = re.compile(r"(?:^|/)[^/]*(?:_|-)?(?:backup|archive|old|previous|legacy)s?(?:/|$)", re.I)
_MIGRATIONS = re.compile(
    r"^(?P<root>.*?/?)(?:(?P<supabase>supabase/migrations|supabase_migrations)"
    r"|(?P<prisma>prisma/(?:[^/]+/)?migrations/[^/]+)|(?P<drizzle>drizzle(?:/migrations)?)"
    r"|(?P<sql>(?:(?:db|database|sql|src|server|backend|api)(?:/\w+)*/)?migrations?))$"
)
_NOT_RUN = re.compile(
    r"(?:^|[_/-])(?:drop|reset|teardown|cleanup|clean|wipe|truncate|delete|check|verify|debug|diagnos\w*|test\w*|inspect|explore"
    r"|rollback|revert|undo|query|queries|example|sample)(?:[_.-]|$)",
    re.I,
)
_UNDOES = re.compile(r"\.undo\.sql$", re.I)
_REPAIR = re.compile(r"rescue_\d{3}_")
_PASSING = re.compile(r"(?:^|/)(?:te?mp|\.[^/]+)/", re.I)
_SEED = re.compile(r"(?:^|[_/.-])seeds?(?:[_./-]|$)|seed[^/]*\.sql$|(?:dummy|demo|mock|sample)[^/]*\.sql$", re.I)
_OTHER_DIALECT = re.compile(
    r"\bengine\s*=\s*(?:innodb|myisam)|\bauto_increment\b|create\s+table\s+(?:if\s+not\s+exists\s+)?`|"
    r"\bautoincrement\b|^\s*pragma\s|\[dbo\]\.|\bnvarchar\b|^\s*GO\s*$",
    re.I | re.M,
)
_TABLE = re.compile(r"\bcreate\s+table\b", re.I)
_DIGITS = re.compile(r"[vV]?(\d+)")
_MOST_STATEMENTS = 60_000
_MOST_LOOSE = 400


@dataclass(frozen=True, slots=True)
class History:
    """The scripts that make one database, in order. `root` is the folder of the app that it belongs to (empty for the
    whole), `kind` supabase, prisma, drizzle or sql. `left_out` tells of each file that was not taken, why."""

    root: str
    kind: str
    scripts: tuple[Script, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def is_history(path: str) -> bool:
    """Whether a file may have made a part of the database: it neither undoes, tests nor documents others."""
    return path.lower().endswith(".sql") and not _NO_HISTORY.search(path)


def order(path: str) -> tuple[int, str, str]:
    """Loose files that make things run before the numbered ones of a migrations folder, other loose files after, and
    our own repairs last."""
    name, folder = PurePosixPath(path).name, str(PurePosixPath(path).parent)
    if _REPAIR.match(name):
        return (3, folder, name)
    if "/migrations/" in f"/{path}" and not _NUMBERED.match(name) and name == "migration.sql":
        return (1, folder, name)
    if _NUMBERED.match(name):
        return (1, "", name)
    return (0 if _BASE.match(name) else 2, folder, name)


def histories(files: Mapping[str, str]) -> tuple[History, ...]:
    """The histories of an app for PostgreSQL, the main one first: that of the outermost folder, the longest there."""
    paths = [path for path in files if path.lower().endswith(".sql") and not _UNDOES.search(path)]
    left: list[tuple[str, str]] = [
        (path, "it is written for another database") for path in paths if _is_foreign(files[path])
    ]
    foreign = {path for path, _ in left}
    folders: dict[tuple[str, str], list[str]] = defaultdict(list)
    loose: list[str] = []
    for path in paths:
        found = _MIGRATIONS.match(str(PurePosixPath(path).parent))
        if path in foreign:
            continue
        if found and str(found["root"]).strip("/").endswith("prisma"):
            found = None
        if found and is_history(path) and not _LAID_ASIDE.search(found[0]) and not _PASSING.search(path):
            folders[found["root"].strip("/"), found.lastgroup or "sql"].append(path)
        else:
            loose.append(path)
    ranked = sorted(
        folders, key=lambda at: (at[0].count("/") + bool(at[0]), at[1] != "supabase", -len(folders[at]), at)
    )
    ranked = list(_joined(files, folders, ranked))
    taken = []
    for rank, at in enumerate(ranked):
        beside = [path for other in ranked[rank + 1 :] if other[0] == at[0] for path in folders[other]]
        taken.append(_history(files, at, folders[at], [*loose, *beside], left))
    if not taken and not any(_TABLE.search(files[path]) for path in foreign):
        mine = [p for p in loose if is_history(p) and not _PASSING.search(p)]
        taken = [_loose_history(files, mine, left)] if any(_TABLE.search(files[p]) for p in mine) else []
    return tuple(one for one in taken if one.scripts)


def _joined(
    files: Mapping[str, str], folders: dict[tuple[str, str], list[str]], ranked: list[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """The histories without copies: one that begins with the same files as another before it goes on where that one
    ended, or beside it, on the same database."""
    kept: list[tuple[str, str]] = []
    for at in ranked:
        texts = {(PurePosixPath(path).name, files[path]) for path in folders[at]}
        first = next((one for one in kept if _copied(files, folders[one], texts)), None)
        if first is None:
            kept.append(at)
            yield at
        else:
            known = {(PurePosixPath(path).name, files[path]) for path in folders[first]}
            folders[first] += [p for p in folders[at] if (PurePosixPath(p).name, files[p]) not in known]


def _copied(files: Mapping[str, str], paths: Iterable[str], texts: set[tuple[str, str]]) -> bool:
    """Whether a history shares its first file that makes a table."""
    making = [path for path in sorted(paths, key=_number) if _TABLE.search(files[path])]
    return bool(making) and (PurePosixPath(making[0]).name, files[making[0]]) in texts


def _history(
    files: Mapping[str, str],
    at: tuple[str, str],
    paths: Iterable[str],
    loose: Iterable[str],
    left: list[tuple[str, str]],
) -> History:
    """A folder of migrations, with the loose files that it cannot do without."""
    root, kind = at
    inside = f"{root}/" if root else ""
    mine = [path for path in loose if path.startswith(inside)][:_MOST_LOOSE]
    scripts = [script_of(path, files[path]) for path in sorted(paths, key=_number)]
    story = story_of(scripts)
    before, after, refused = _beside([script_of(p, files[p]) for p in sorted(mine, key=order)], story)
    seeds = [
        script_of(p, files[p]) for p in mine if p in (f"{inside}supabase/seed.sql", f"{inside}supabase/seeds/seed.sql")
    ]
    taken = {s.path for s in (*before, *after, *seeds)}
    out = [*left, *(pair for pair in refused if pair[0] not in taken)]
    return History(root, kind, tuple(_capped([*before, *scripts, *after, *seeds])), tuple(out))


def _loose_history(files: Mapping[str, str], paths: Iterable[str], left: list[tuple[str, str]]) -> History:
    """Loose files as a history: bases, numbered ones, others; without those that only look, test, fill or destroy."""
    out, taken = list(left), []
    for path in sorted(paths, key=lambda p: (order(p)[0], _number(p))):
        name = PurePosixPath(path).name
        if _NOT_RUN.search(name) or (_SEED.search(path) and path != "supabase/seed.sql"):
            out.append((path, "by its name it only looks, tests, fills or empties"))
        else:
            taken.append(path)
    root = PurePosixPath(taken[0]).parent if taken else PurePosixPath()
    kind = "supabase" if any("supabase" in p.lower() for p in taken) else "sql"
    where = "" if str(root) == "." else str(root)
    return History(where, kind, tuple(_capped([script_of(p, files[p]) for p in taken])), tuple(out))


def _beside(loose: list[Script], story: Story) -> tuple[list[Script], list[Script], list[tuple[str, str]]]:
    """Of the loose scripts: those to run before a history, because they make what it needs; those to run after it,
    because they make tables that it knows nothing of; and the others, with why they are not run."""
    tables = {one.path: _tables(one) for one in loose}
    fit = [p for p in tables if not (_NOT_RUN.search(PurePosixPath(p).name) or _SEED.search(p) or _PASSING.search(p))]
    before = _covering(story.missing(), {p: tables[p] for p in fit})
    after = {
        p for p in fit if is_history(p) and not _LAID_ASIDE.search(p) and any(not story.made(t) for t in tables[p])
    } - before
    why = "it makes no table that the migrations need or do not make"
    out = [(one.path, why) for one in loose if one.path not in before | after]
    return [s for s in loose if s.path in before], [s for s in loose if s.path in after], out


def _tables(script: Script) -> frozenset[str]:
    return frozenset(one.removeprefix("table ") for one in story_of([script]).makes if one.startswith("table "))


def _covering(wanted: set[str], tables: Mapping[str, frozenset[str]]) -> set[str]:
    """The fewest files that make the wanted tables. The numbered files of a folder stand together."""
    rows: dict[str, list[str]] = defaultdict(list)
    for path in tables:
        numbered = _NUMBERED.match(PurePosixPath(path).name)
        rows[str(PurePosixPath(path).parent) if numbered else path].append(path)
    taken: set[str] = set()
    open_still = set(wanted)
    while rows:
        gain = {at: len(open_still & frozenset().union(*(tables[p] for p in paths))) for at, paths in rows.items()}
        best = max(sorted(rows, key=lambda at: (len(rows[at]), at)), key=lambda at: gain[at])
        if not gain[best]:
            break
        paths = rows.pop(best)
        taken.update(paths)
        open_still -= frozenset().union(*(tables[p] for p in paths))
    return taken


def _number(path: str) -> tuple[int, str, str, str]:
    """Short numbers count, long ones are dates; what has neither follows, in the order of its name."""
    place = PurePosixPath(path)
    name = place.parent.name if place.name == "migration.sql" else place.name
    digits = _DIGITS.match(name)
    if not digits:
        return (3 if _REPAIR.match(name) else 2, "", name, path)
    number = digits[1]
    return (0, number.zfill(12), name, path) if len(number) < 8 else (1, number.ljust(20, "0"), name, path)


def _capped(scripts: Iterable[Script]) -> Iterable[Script]:
    """The scripts as far as they are short enough together to be run at all."""
    count = 0
    for one in scripts:
        count += len(one.steps)
        if count > _MOST_STATEMENTS:
            return
        yield one


def _is_foreign(text: str) -> bool:
    return bool(_OTHER_DIALECT.search(text[:200_000]))
