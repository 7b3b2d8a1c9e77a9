"""What helps as files of SQL: one change in each, with its reason, what was measured, what it costs, how to undo it.

An index is made CONCURRENTLY, so that nobody waits meanwhile; no transaction may stand around that, so its file has one
statement. Everything else takes a short lock, and gives up rather than let the app wait behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap

from apprescue.model.database import ident, ident_of
from apprescue.model.tuning import Built, Dropped, Migration, Rewritten

LOCK = "set local lock_timeout = '3s';"
WIDTH = 110
_NAMED = re.compile(r"^(?:polic(?:y|ies)|function) | on [\w.\"]+$")
_CREATE = re.compile(r"^create (?:unique )?index", re.I)
_CLASSES = {"gin_trgm_ops": "pg_trgm", "gist_trgm_ops": "pg_trgm"}


def migrations(
    indexes: Iterable[Built],
    drops: Iterable[Dropped],
    rewrites: Iterable[Rewritten],
    names: Mapping[str, str],
    first: int,
    extensions: str = "extensions",
) -> tuple[Migration, ...]:
    """The files in the order in which they are to run; what was refused has none.

    `names` says what a statement's key is called. `first` is the number that the first file's name begins with, as
    `20260131120000`. `extensions` is the schema in which extensions are made.
    """
    kept = [one for one in indexes if not one.refused]
    made = [
        *_extensions(kept, extensions),
        *(_rewritten(one, names) for one in rewrites if not one.refused),
        *(_built(one, names) for one in kept),
        *map(_dropped, drops),
    ]
    return tuple(_numbered(first + number, one) for number, one in enumerate(made))


def _extensions(kept: Iterable[Built], schema: str) -> Iterator[Migration]:
    classes = {key.opclass for one in kept for key in one.advised.index.keys}
    for name in sorted({_CLASSES[one] for one in classes if one in _CLASSES}):
        inside = f" with schema {ident_of(schema)}" if schema else ""
        yield Migration(
            f"extension_{name}",
            f"create extension if not exists {name}{inside};",
            f"drop extension if exists {name};",
            f"An index below needs {name}, which comes with PostgreSQL and lets it find parts of words.",
            "",
        )


def _built(one: Built, names: Mapping[str, str]) -> Migration:
    index = one.advised.index
    cost = f"{_size(one.advised.size)}, built in {one.seconds:.1f} s, {one.tax:.1f} µs more for each insert"
    return Migration(
        index.name,
        f"{index.create(concurrently=True)};",
        f"drop index concurrently if exists {_beside(index.relation, index.name)};",
        one.advised.reason,
        f"{_gains(one.gains, names)} It takes {cost}. Where its making is broken off, it stays behind unusable: "
        "undo it and run it again.",
        alone=True,
    )


def _dropped(one: Dropped) -> Migration:
    return Migration(
        f"without_{one.name.rpartition('.')[2]}",
        f"drop index concurrently if exists {ident(one.name)};",
        f"{_CREATE.sub(lambda found: f'{found[0]} concurrently', one.definition, 1)};",
        one.reason,
        f"{_size(one.size)} less to keep and to write.",
        alone=True,
    )


def _rewritten(one: Rewritten, names: Mapping[str, str]) -> Migration:
    rewrite = one.rewrite
    table = rewrite.relation.rpartition(".")[2]
    return Migration(
        f"{rewrite.kind}_{_slug(table)}_{_slug(_NAMED.sub('', rewrite.about))}",
        _together(rewrite.up),
        _together(rewrite.down),
        f"{rewrite.about}: {rewrite.reason}",
        f"{_gains(one.gains, names)} {one.same}".strip(),
        sql=rewrite.up,
        undo=rewrite.down,
    )


def _together(sql: str) -> str:
    return f"begin;\n{LOCK}\n{sql.strip().rstrip(';')};\ncommit;"


def _numbered(number: int, one: Migration) -> Migration:
    """The file with its name and its heading."""
    told = [one.reason, one.effect, f"Undo: {one.down}" if one.alone else "Undo: the file of the same name in undo/."]
    heading = [f"-- {row}" for text in told for row in wrap(" ".join(text.split()), WIDTH)]
    return Migration(
        f"{number}_{_slug(one.name)[:60].rstrip('_')}.sql",
        "\n".join([*heading, one.up]) + "\n",
        one.down + "\n",
        one.reason,
        one.effect,
        one.alone,
        one.sql or one.up,
        one.undo or one.down,
    )


def _gains(gains: Iterable[tuple[str, float, float]], names: Mapping[str, str]) -> str:
    """The largest gain in words."""
    best = max(gains, key=lambda gain: gain[1] - gain[2], default=None)
    if best is None:
        return ""
    key, was, now = best
    return f"{names.get(key, 'together')}: {was:.1f} ms before, {now:.1f} ms after, asked alone."


def _beside(relation: str, name: str) -> str:
    """An index's full name: it lives in its table's schema."""
    return f"{ident_of(relation.partition('.')[0])}.{ident_of(name)}"


def _size(of: int) -> str:
    return f"{of / 1e6:,.1f} MB"


def _slug(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_").lower()
