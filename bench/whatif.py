"""Measure whether imagined indexes are used where really built ones are.

usage: bench/whatif.py [--rows N] [--apps FOLDER --only PART [PART ...]] [--schemas NAME [NAME ...]] [--json FILE]

The schemas: `examples/fanbase` and `examples/atelier`, tables like TPC-H's and pgbench's, and real apps, where given:
`FOLDER` holds one an app, each PART is of an app's name; they are shown as letters. Each is rebuilt and grown, and an
empty twin is told its statistics. Indexes and queries come of the tables' structure: foreign keys, their newest rows,
states, partial and covering ones, expressions, pieces of text, JSON and arrays. Each index is imagined, then really
built; each query that touches its table is planned with it as the database's owner and as somebody signed in. Agreed
is when the planner uses the index in both or in neither. No constant of ours was fitted on these schemas.
"""

from __future__ import annotations

import argparse
import json
import statistics
import string
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from apprescue.lab.postgres import Server, serve
from apprescue.lab.session import Session
from apprescue.methods import catalog as reading
from apprescue.methods.advising.sizes import PAGE
from apprescue.methods.advising.statistics import copy_statistics, of_relation
from apprescue.methods.advising.whatif import WhatIf
from apprescue.methods.filling import volume
from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.model.database import DatabaseError, ident, ident_of, literal
from apprescue.model.index import Index, Key
from apprescue.model.outcome import NotExamined
from apprescue.model.place import Code
from apprescue.model.plan import Plan
from apprescue.model.workload import Draw, Drawn, Standing, Statement
from apprescue.sprint.rebuild import rebuild
from apprescue.sprint.run import read_folder
from index_advice import pgbench, tpch
from index_advice.case import made

ROOT = Path(__file__).parent.parent
EXAMPLES = {name: ROOT / "examples" / name for name in ("fanbase", "atelier")}
SYNTHETIC = {"tpc-h": (tpch.SCHEMA, tuple(tpch.filling(0.02))), "pgbench": (pgbench.SCHEMA, pgbench.FILLING)}
MOST_RELATIONS, FEW = 5, 2000
SECONDS = 600.0
TEXTS, TIMES, NUMBERS = (
    ("text", "character varying"),
    ("timestamp", "date"),
    ("integer", "bigint", "numeric", "smallint"),
)
PEOPLE = "select id::text from auth.users order by id limit 1"


@dataclass
class Score:
    """What came of one schema. `ratios` are costs with the imagined index by those with the built one, where used."""

    name: str
    indexes: int = 0
    pairs: int = 0
    used: int = 0
    either: int = 0
    agreed: int = 0
    agreed_true_size: int = 0
    ratios: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    sized_wrong: list[str] = field(default_factory=list)
    priced_wrong: list[str] = field(default_factory=list)
    building: float = 0.0
    imagining: float = 0.0
    planning: float = 0.0
    plans: int = 0

    def line(self) -> str:
        """A row of the table."""
        narrow = 100 * (1 - (self.pairs - self.agreed) / max(self.either, 1))
        share, true = (100 * n / max(self.pairs, 1) for n in (self.agreed, self.agreed_true_size))
        ratios, sizes = (sorted(told) or [1.0] for told in (self.ratios, self.sizes))
        spread = f"{ratios[0]:.2f} {statistics.median(ratios):.2f} {ratios[-1]:.2f}"
        sized = f"{sizes[0]:.2f} {statistics.median(sizes):.2f} {sizes[-1]:.2f}"
        each = 1000 * self.planning / max(self.plans, 1)
        return (
            f"| {self.name} | {self.indexes} | {self.pairs} | {self.used} | {share:.2f} % | {true:.2f} % "
            f"| {narrow:.1f} % | {spread} "
            f"| {sized} | {self.imagining:.1f} | {self.building:.1f} | {each:.2f} |"
        )


HEAD = """\
| schema | indexes | pairs | used | agreed | with true sizes | where either uses it \
| cost ratio (least, median, most) | size ratio | \
imagining, s | building, s | ms a plan |
|---|---|---|---|---|---|---|---|---|---|---|---|"""


def main() -> int:
    """Print the table; 1 where less than 98 of 100 agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--apps", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--schemas", nargs="*", default=[*EXAMPLES, *SYNTHETIC])
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    scores = []
    with serve(most_disk=8 * 1024**3) as server:
        print(HEAD, flush=True)
        for name, schema, grown in _databases(server, given):
            twin = server.create(schema)
            score = _scored(server, name, twin, grown)
            scores.append(score)
            print(score.line(), flush=True)
            for one in (schema, twin, grown):
                server.drop(one)
    total = Score("all")
    for score in scores:
        for key, told in vars(score).items():
            if key != "name":
                setattr(total, key, getattr(total, key) + told)
    print(total.line())
    if given.json:
        given.json.write_text(json.dumps([vars(score) for score in scores], indent=1), "utf-8")
    return 0 if total.agreed >= 0.98 * total.pairs else 1


def _databases(server: Server, given: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    """The name of each schema, an empty database of it, and a grown one."""
    folders = {name: path for name, path in EXAMPLES.items() if name in given.schemas}
    if given.apps:
        found = sorted(path for path in given.apps.iterdir() if any(part in path.name for part in given.only))
        folders |= {f"app {letter}": path for letter, path in zip(string.ascii_uppercase, found, strict=False)}
    for name, (schema, filling) in SYNTHETIC.items():
        if name in given.schemas:
            empty, grown, _ = made(server, schema, filling)
            yield name, empty, grown
    for name, path in folders.items():
        rebuilt = rebuild(server, read_folder(path).app)
        if isinstance(rebuilt, NotExamined):
            print(f"{name}: {rebuilt.reason}", file=sys.stderr)
            continue
        grown = server.create(rebuilt.database)
        with server.connect(grown, seconds=SECONDS) as session:
            catalog = reading.read(session)
            largest = {relation.name for relation in _telling(catalog)}
            others = {one.name: FEW for one in catalog.relations if one.kind == "table" and one.name not in largest}
            volume.grow(session, catalog, given.rows, shape=others)
            session.run("vacuum analyze")
        yield name, rebuilt.database, grown


def _telling(catalog: Catalog) -> list[Relation]:
    """The tables with the most kinds of columns."""
    tables = [
        one for one in catalog.relations if one.kind == "table" and not one.name.startswith(("auth.", "storage."))
    ]
    return sorted(tables, key=lambda one: (-len(one.references) - len(_kinds(one)), one.name))[:MOST_RELATIONS]


def _kinds(relation: Relation) -> set[str]:
    return {column.type.partition("(")[0] for column in relation.columns}


def _scored(server: Server, name: str, empty: str, grown: str) -> Score:
    score = Score(name)
    with server.connect(grown, seconds=SECONDS) as full, server.connect(empty, seconds=SECONDS) as bare:
        for session in (full, bare):
            session.run("create extension if not exists pg_trgm; set max_parallel_workers_per_gather = 0")
        resize = server.resize(empty)
        copy_statistics(full, bare, resize)
        whatif = WhatIf(bare, resize, grown=full)
        catalog = reading.read(full)
        queries: list[tuple[set[str], Drawn]] = []
        indexes: list[Index] = []
        for relation in _telling(catalog):
            made_of = _Structure(full, relation, catalog)
            queries += made_of.queries()
            indexes += made_of.indexes()
        for index in indexes:
            touching = [drawn for relations, drawn in queries if index.relation in relations]
            _compare(score, index, touching, whatif, full, resize)
    return score


def _compare(score: Score, index: Index, drawn: Sequence[Drawn], whatif: WhatIf, full: Session, resize: object) -> None:
    begun = time.monotonic()
    try:
        whatif.imagine(index)
    except DatabaseError:
        return
    size = whatif.size(index)
    score.imagining += time.monotonic() - begun
    begun = time.monotonic()
    imagined = [_plan(whatif.database, one) for one in drawn]
    score.planning += time.monotonic() - begun
    score.plans += len(drawn)
    begun = time.monotonic()
    try:
        full.run(index.create())
    except DatabaseError:
        whatif.forget(index)
        return
    score.building += time.monotonic() - begun
    if index.keys[0].expression.startswith("("):
        full.run(f"analyze {ident(index.relation)}")
    built = [_plan(full, one) for one in drawn]
    schema = index.relation.partition(".")[0]
    which = f"{ident_of(schema)}.{ident_of(index.name)}"
    ((pages, rows),) = full.query(
        f"select pg_relation_size(oid) / {PAGE}, reltuples::float8 from pg_class where oid = {literal(which)}::regclass"
    )
    whatif.database.run(f"select {of_relation(schema, index.name, pages, rows)}")
    resize(which, pages)  # type: ignore[operator]
    true = [_plan(whatif.database, one) for one in drawn]
    full.run(f"drop index {which}")
    whatif.forget(index)
    score.indexes += 1
    score.sizes.append(size / (max(pages, 1) * PAGE))
    if not 0.7 < score.sizes[-1] < 1.4:
        score.sized_wrong.append(f"{index.definition}: {size / PAGE:.0f} pages for {pages}")
    for one, mine, theirs, sized in zip(drawn, imagined, built, true, strict=True):
        if mine is None or theirs is None or sized is None:
            continue
        said = [any(step.index == index.name for step in plan.deep()) for plan in (mine, theirs, sized)]
        score.pairs += 1
        score.used += said[1]
        score.either += said[0] or said[1]
        score.agreed += said[0] == said[1]
        score.agreed_true_size += said[2] == said[1]
        if said[0] and said[1] and theirs.cost:
            score.ratios.append(mine.cost / theirs.cost)
            if not 0.5 < score.ratios[-1] < 2:
                score.priced_wrong.append(f"{index.definition} | {one.statement.sql} | {mine.cost} for {theirs.cost}")
        if said[0] != said[1]:
            told = f"{index.definition} | {one.statement.role} {one.statement.sql} | imagined {said[0]} {mine.cost}"
            score.missed.append(f"{told}, built {said[1]} {theirs.cost}, pages {size / PAGE:.0f} of {pages}")


def _plan(database: object, drawn: Drawn) -> Plan | None:
    assert hasattr(database, "undone")
    session: Session = database  # type: ignore[assignment]
    try:
        with session.undone():
            if before := drawn.before(drawn.draws[0]):
                session.query(before)
            told = session.query(f"explain (format json, verbose) {drawn.text(drawn.draws[0])}")[0][0]
    except DatabaseError:
        return None
    return Plan.of(told[0]["Plan"])


class _Structure:
    """The queries and indexes that the structure of a table suggests."""

    def __init__(self, session: Session, relation: Relation, catalog: Catalog) -> None:
        self._session, self._relation, self._catalog = session, relation, catalog
        self._name = ident(relation.name)
        columns = relation.columns
        self._keys = [r.columns[0] for r in relation.references if len(r.columns) == 1][:2]
        if not self._keys:  # tables that name their keys and do not say so
            self._keys = [c.name for c in columns if c.name.endswith(("_id", "id", "key"))][:2]
        self._times = [c.name for c in columns if c.type.startswith(TIMES)][:1]
        self._absent = [c.name for c in columns if c.type.startswith(TIMES) and not c.required][-1:]
        self._texts = [c.name for c in columns if c.type.startswith(TEXTS) and c.name not in self._keys][:2]
        self._states = [c.name for c in columns if self._is_state(c)][:2]
        self._numbers = [c.name for c in columns if c.type.startswith(NUMBERS) and c.name not in self._keys][:1]
        self._jsons = [c.name for c in columns if c.type == "jsonb"][:1]
        self._arrays = [c.name for c in columns if c.is_array][:1]
        people = session.query(PEOPLE) if session.query("select to_regclass('auth.users') is not null")[0][0] else []
        self._who = people[0][0] if people else ""

    def _is_state(self, column: Attribute) -> bool:
        schema, _, table = self._relation.name.partition(".")
        told = self._session.query(
            f"select n_distinct::float8 from pg_stats where schemaname = {literal(schema)} "
            f"and tablename = {literal(table)} and attname = {literal(column.name)}"
        )
        return bool(told) and 1 < told[0][0] <= 10 and not column.type.startswith(TIMES)

    def indexes(self) -> Iterator[Index]:
        """Those of its foreign keys, states, texts and documents."""
        on = self._relation.name
        newest = [Key(ident_of(name), descending=True) for name in self._times]
        carried = tuple(ident_of(name) for name in (*self._states, *self._times))
        for key in map(ident_of, self._keys):
            yield Index(on, (Key(key),))
            if newest:
                yield Index(on, (Key(key), *newest))
            for state in self._states[:1]:
                yield Index(on, (Key(key), Key(ident_of(state))))
                yield Index(on, (Key(key), *newest), where=f"{ident_of(state)} = {self._common(state)}")
            for absent in self._absent:
                yield Index(on, (Key(key),), where=f"{ident_of(absent)} is null")
            if carried and key not in carried:
                yield Index(on, (Key(key),), include=carried)
        yield from (Index(on, (Key(ident_of(state)), *newest)) for state in self._states)
        yield from (Index(on, (one,)) for one in newest)
        yield from (Index(on, (Key(ident_of(number)),)) for number in self._numbers)
        for text in map(ident_of, self._texts):
            yield Index(on, (Key(text),))
            yield Index(on, (Key(f"(lower({text}::text))"),))
            yield Index(on, (Key(text, opclass="gin_trgm_ops"),), method="gin")
        yield from (Index(on, (Key(ident_of(one), opclass="jsonb_path_ops"),), method="gin") for one in self._jsons)
        yield from (Index(on, (Key(ident_of(one)),), method="gin") for one in (*self._jsons, *self._arrays))

    def queries(self) -> Iterator[tuple[set[str], Drawn]]:
        """What is asked of it, each with the tables that it touches."""
        for touched, sql in dict.fromkeys(self._asked()):
            for role in ("postgres", "authenticated") if self._who else ("postgres",):
                statement = Statement(sql, Code("made", 1), role)
                yield set(touched), Drawn(statement, (Draw(Standing.MEDIAN, self._who if role != "postgres" else ""),))

    def _asked(self) -> Iterator[tuple[tuple[str, ...], str]]:
        own, name = (self._relation.name,), self._name
        order = f" order by {ident_of(self._times[0])} desc limit 20" if self._times else " limit 20"
        for key in self._keys:
            for value in (self._common(key), self._some(key)):
                mine = f"from {name} where {ident_of(key)} = {value}"
                yield own, f"select * {mine}"
                yield own, f"select count(*) {mine}"
                yield own, f"select * {mine}{order}"
                for state in self._states:
                    yield own, f"select * {mine} and {ident_of(state)} = {self._common(state)}{order}"
                    yield own, f"select {ident_of(state)}, count(*) {mine} group by 1"
                yield from ((own, f"select * {mine} and {ident_of(absent)} is null") for absent in self._absent)
        for state in self._states:
            for value in (self._common(state), self._some(state)):
                yield own, f"select * from {name} where {ident_of(state)} = {value}{order}"
                yield own, f"select count(*) from {name} where {ident_of(state)} = {value}"
        yield own, f"select * from {name}{order}"
        for text in self._texts:
            value, column = self._some(text), ident_of(text)
            yield own, f"select * from {name} where {column} = {value}"
            yield own, f"select * from {name} where lower({column}::text) = lower({value})"
            yield own, f"select * from {name} where {column} ilike '%' || substr({value}, 2, 5) || '%'"
        for number in map(ident_of, self._numbers):
            yield own, f"select * from {name} where {number} = {self._some(number[1:-1])}"
            yield own, f"select * from {name} where {number} > {self._some(number[1:-1])}{order}"
        for one in (*self._jsons, *self._arrays):
            yield own, f"select * from {name} where {ident_of(one)} @> {self._some(one)}"
        yield from self._joined(order)

    def _joined(self, order: str) -> Iterator[tuple[tuple[str, ...], str]]:
        for reference in self._relation.references[:2]:
            if len(reference.columns) > 1 or self._catalog.relation(reference.to) is None:
                continue
            mine, theirs, to = ident_of(reference.columns[0]), ident_of(reference.to_columns[0]), ident(reference.to)
            both, value = (self._relation.name, reference.to), self._some(reference.columns[0])
            pair = f"{self._name} c on c.{mine} = p.{theirs}"
            newest = f"select * from {self._name} c where c.{mine} = p.{theirs}{order}"
            yield both, f"select c.* from {to} p join {pair} where p.{theirs} = {value}"
            yield both, f"select p.{theirs}, count(c.*) from {to} p left join {pair} group by 1"
            yield both, f"select p.*, (select json_agg(c) from ({newest}) c) from {to} p limit 10"

    def _common(self, column: str) -> str:
        """The value that most rows have."""
        one = ident_of(column)
        return self._value(column, f"where {one} is not null group by {one} order by count(*) desc, {one} limit 1")

    def _some(self, column: str) -> str:
        """A value that some row has."""
        one = ident_of(column)
        return self._value(column, f"where {one} is not null order by md5(t::text) limit 1")

    def _value(self, column: str, which: str) -> str:
        told = self._relation.column(column)
        assert told is not None
        rows = self._session.query(f"select {ident_of(column)}::text from {self._name} t {which}")
        return f"{literal(rows[0][0] if rows else None)}::{told.type}"


if __name__ == "__main__":
    sys.exit(main())
