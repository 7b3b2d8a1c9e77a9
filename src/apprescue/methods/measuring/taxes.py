"""What an index costs those who write: microseconds for each new row, and updates that are no longer done in place."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence

from apprescue.model.database import Database, DatabaseError, ident, ident_of, literal
from apprescue.model.index import Index
from apprescue.model.workload import Drawn

ROWS, ROUNDS = 2000, 3
UNIQUE = """
select c.conname::text from pg_constraint c
 where c.conrelid = {table}::regclass and (c.contype in ('p', 'u', 'x') or c.contype = 'f')"""
UNIQUE_INDEXES = """
select i.indexrelid::regclass::text from pg_index i
 where i.indrelid = {table}::regclass and (i.indisunique or i.indisexclusion)"""
COLUMNS = """
select attname::text from pg_attribute
 where attrelid = {table}::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum"""
SET = re.compile(r"\bset\b(.*?)(?:\bwhere\b|\bfrom\b|\breturning\b|$)", re.I | re.S)


def taxes(database: Database, indexes: Sequence[Index]) -> dict[str, float]:
    """Microseconds that each of these indexes, all of which stand, adds to one new row; by its name.

    Copies of rows are put in with it and without it, in a transaction that is rolled back; the entries that such an
    index puts off (GIN) are brought in too. One whose table takes no copies is not in the answer.
    """
    tables: defaultdict[str, list[Index]] = defaultdict(list)
    for index in indexes:
        tables[index.relation].append(index)
    found: dict[str, float] = {}
    for relation, on_it in tables.items():
        try:
            with database.undone():
                found |= _of_table(database, relation, on_it)
        except DatabaseError:
            continue
        finally:
            database.run(f"vacuum {ident(relation)}")
    return found


def in_place(index: Index, drawn: Iterable[Drawn]) -> str:
    """In words, which of the app's updates change what the index holds: such a row is written anew with all its index
    entries, where else it could be changed in place. Empty where there is none."""
    table = index.relation.partition(".")[2]
    made_of = " ".join([*(key.expression for key in index.keys), *index.include, index.where])
    held = {word.lower() for word in re.findall(r"[A-Za-z_]\w*", made_of)}
    found = set()
    for one in drawn:
        sql = one.statement.sql
        if one.statement.writes and re.search(
            rf'\bupdate\s+(?:only\s+)?(?:"?\w+"?\.)?"?{re.escape(table)}"?\s', sql, re.I
        ):
            changed = re.findall(r'"?(\w+)"?\s*=', " ".join(SET.findall(sql)[:1]))
            found |= {name for name in changed if name.lower() in held}
    if not found or index.method == "brin":
        return ""
    return f"Updates of {' and '.join(sorted(found))} write the row anew, with an entry in every index."


def _of_table(database: Database, relation: str, indexes: Sequence[Index]) -> dict[str, float]:
    """As of `taxes`, for one table, whose unique rules are away meanwhile: the copies would break them."""
    table, name = ident(relation), literal(ident(relation))
    columns = ", ".join(ident_of(column) for (column,) in database.query(COLUMNS.format(table=name)))
    database.run("set local session_replication_role = replica")
    for (constraint,) in database.query(UNIQUE.format(table=name)):
        database.run(f"alter table {table} drop constraint if exists {ident_of(constraint)} cascade")
    for (unique,) in database.query(UNIQUE_INDEXES.format(table=name)):
        database.run(f"drop index {unique}")
    rows = database.run(
        f"create temporary table apprescue_copies on commit drop as "
        f"select {columns} from {table} order by random() limit {ROWS}"
    )
    if not rows:
        return {}
    insert = f"insert into {table} ({columns}) overriding system value select {columns} from apprescue_copies"
    lazy = {one.name: _name(one) for one in indexes if one.method == "gin"}
    without: defaultdict[str, list[float]] = defaultdict(list)
    together: list[float] = []
    for _ in range(ROUNDS):
        together.append(_inserted(database, insert, lazy.values()))
        for index in indexes:
            with database.undone():
                database.run(f"drop index {_name(index)}")
                others = [other for own, other in lazy.items() if own != index.name]
                without[index.name].append(_inserted(database, insert, others))
    all_of_them = statistics.median(together)
    return {name: max(all_of_them - statistics.median(took), 0.0) * 1000 / rows for name, took in without.items()}


def _inserted(database: Database, insert: str, lazy: Iterable[str]) -> float:
    """Milliseconds that the copies take."""
    with database.undone():
        told = database.query(f"explain (analyze, timing off, format json) {insert}")[0][0][0]["Execution Time"]
        for name in lazy:
            cleaned = f"select gin_clean_pending_list({literal(name)}::regclass)"
            told += database.query(f"explain (analyze, timing off, format json) {cleaned}")[0][0][0]["Execution Time"]
        return float(told)


def _name(index: Index) -> str:
    return f"{ident_of(index.relation.partition('.')[0])}.{ident_of(index.name)}"
