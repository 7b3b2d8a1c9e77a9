"""How many rows each table gets, so that what the app reads is large and everything together still fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from apprescue.methods.conditions import asked_anywhere
from apprescue.methods.filling.belonging import owned
from apprescue.methods.filling.kinship import Kin, kinship
from apprescue.methods.filling.volume_sizes import each_has_one, usual, within_reach
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.workload import Statement, Workload

UNREAD = 2000
LESS = 10
MOST_BYTES = 12 * 1024**3
ROW, KEY = 32, 40
WIDTHS = {"uuid": 16, "boolean": 1, "integer": 4, "smallint": 2, "numeric": 10, "jsonb": 80, "json": 80, "text": 40}
LONG = re.compile(r"body|content|description|bio|message|notes?$|about|caption|text", re.IGNORECASE)
NAMES = re.compile(r"\w+")


def shape(catalog: Catalog, workload: Workload, rows: int, *, most: int = MOST_BYTES) -> dict[str, int]:
    """Rows by table (`schema.name`) for a size of the app's data, as `grow` takes them.

    What the workload's reads look at, also through views, functions and the rules of row level security, gets `rows`:
    that is where an app becomes slow. Profiles and what else everybody has one of get as many as there are accounts
    (a tenth of `rows`), tables without owner and references few, as in any app. What nobody reads costs time and disk
    and changes no answer: a few thousand rows. Where all of it would take more than `most` bytes (guessed from the
    columns), those least asked for get a tenth, one after the other: a table that is read and has fewer than `rows`
    was cut for that reason.
    """
    asked = asked_anywhere(catalog)
    kin = {name: one for name, one in kinship(catalog, asked).items() if not name.startswith("storage.")}
    personal = owned(catalog, kin)
    reads = _reads(catalog, workload, kin)
    wanted = {name: usual(one, personal, rows) for name, one in kin.items()}
    wanted |= {name: min(wanted[name], UNREAD) for name in kin.keys() - reads.keys() if not each_has_one(kin[name])}
    sizes = within_reach(kin, wanted)
    taken = {name: sizes[name] * _width(one.table) for name, one in kin.items()}
    for name in sorted(reads, key=lambda name: (reads[name], name)):
        if sum(taken.values()) <= most:
            break
        if sizes[name] >= rows:
            sizes[name], taken[name] = max(sizes[name] // LESS, 1), taken[name] // LESS
    return sizes


def _reads(catalog: Catalog, workload: Workload, kin: Mapping[str, Kin]) -> dict[str, float]:
    """The tables that are read, with how often."""
    found: dict[str, float] = {}
    for statement in workload.statements:
        if not statement.writes:
            for name in _tables(catalog, statement) & kin.keys():
                found[name] = found.get(name, 0.0) + statement.weight * statement.repeats
    return found


def _tables(catalog: Catalog, statement: Statement) -> set[str]:
    """The relations that a statement looks at, whatever lies between."""
    found: set[str] = set()
    texts, ruled = [statement.sql], statement.role in ("anon", "authenticated")
    while texts:
        words = frozenset(NAMES.findall(texts.pop()))
        for relation in _met(catalog, words):
            if relation.name not in found:
                found.add(relation.name)
                texts += [relation.definition] if "view" in relation.kind else []
                texts += [rule.using for rule in relation.policies if ruled]
                found |= {relation.partition_of} - {""}
        for routine in catalog.routines:
            if routine.name.rpartition(".")[2] in words and routine.signature not in found:
                found.add(routine.signature)
                texts.append(routine.body)
    return found


def _met(catalog: Catalog, words: frozenset[str]) -> Iterator[Relation]:
    return (relation for relation in catalog.relations if relation.name.rpartition(".")[2] in words)


def _width(table: Relation) -> int:
    """About how many bytes a row takes, with its keys."""
    columns = sum(_bytes(column.base, column.name) for column in table.columns)
    return ROW + columns + KEY * (len(table.distinct) + len(table.references))


def _bytes(base: str, name: str) -> int:
    return 200 if base == "text" and LONG.search(name) else WIDTHS.get(base, 8)
