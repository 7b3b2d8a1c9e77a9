"""A rewrite stays where nothing but the time changes: the same rows for everybody, the same access, and faster.

Rows and access are compared where the few people of the access matrix stand (`sameness`), and rows once more at volume,
where also the time is taken. Rewrites that mend what fails for everybody need not be faster.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import product, zip_longest
from typing import Any, Protocol

from apprescue.methods.catalog import read
from apprescue.methods.trying.mentions import Mentions
from apprescue.methods.tuning.expressions import each, statements
from apprescue.methods.tuning.rewrites import merge, recursion, set_returning, wrap
from apprescue.methods.tuning.sameness import MENDING, Proving, answer, harmful
from apprescue.model.catalog import Catalog, Rule
from apprescue.model.database import Database, DatabaseError, ident, literal
from apprescue.model.tuning import Rewrite, Rewritten
from apprescue.model.workload import Draw, Drawn

SHARE, LEAST = 0.8, 1.0
"""What is left of the time at most, and how many milliseconds are saved at least, where something got faster."""
SLOWER = 1.1
KINDS: tuple[Kind, ...] = (recursion, set_returning, wrap, merge)
BETTER = "Written another way it gets faster still."
READING = ("select", "all")
LOOKED_AT = 4_000_000
"""Bytes of a table whose rows are compared at volume."""
SUM = "select count(*), coalesce(sum(hashtextextended(r::text, 0)::numeric), 0)::text from {}"
SLOW = "A query gets slower by it"
NEEDLESS = "No query of the app gets faster by it."

Gains = tuple[tuple[str, float, float], ...]
Milliseconds = Callable[[Drawn, Draw], float]


class Kind(Protocol):
    """A module that finds rewrites of one kind."""

    def rewrites(self, catalog: Catalog) -> Iterator[Rewrite]:
        """What can be written another way."""


def rewritten(
    proving: Proving, grown: Database, drawn: Sequence[Drawn], milliseconds: Milliseconds
) -> tuple[Rewritten, ...]:
    """Try every rewrite of every kind, one kind after the other. What stays, stays in both databases, and the next
    begins there: undone in the opposite order, all is as it was. Where two would write the same rule anew, the second
    is written and tried again on top of the first."""
    found: list[Rewritten] = []
    for kind in KINDS:
        written = tuple(kind.rewrites(proving.catalog))
        for one in tried(proving, written, grown, drawn, milliseconds):
            fresh = None if one.refused else _anew(kind, proving.catalog, written, one.rewrite)
            if not one.refused and fresh is None:
                one = replace(one, refused=NEEDLESS)
            elif fresh and fresh != one.rewrite:
                (one,) = tried(proving, (fresh,), grown, drawn, milliseconds)
            found.append(one)
            if not one.refused:
                for database in (grown,) if grown is proving.database else (proving.database, grown):
                    database.run(one.rewrite.up)
                catalog = read(proving.database)
                proving = replace(proving, catalog=catalog, access=proving.matrix(catalog))
    return tuple(found)


def _anew(kind: Kind, catalog: Catalog, written: Sequence[Rewrite], one: Rewrite) -> Rewrite | None:
    """A rewrite as it is written on the database as it is now; None where there is nothing left to rewrite."""
    way = [other for other in written if other.about == one.about].index(one)
    now = [other for other in kind.rewrites(catalog) if other.about == one.about]
    return now[way] if way < len(now) else None


def tried(
    proving: Proving, rewrites: Sequence[Rewrite], grown: Database, drawn: Sequence[Drawn], milliseconds: Milliseconds
) -> tuple[Rewritten, ...]:
    """Try rewrites of one kind, and take each back. Where many leave all access as it is together, none is tried
    alone. Of several about the same thing at most the best stays."""
    complaints: dict[Rewrite, str] = {}
    for ways in zip_longest(*_by_about(rewrites)):
        complaints |= harmful(proving, [one for one in ways if one])
    measuring = _Measuring(proving, grown, drawn, milliseconds)
    done = [Rewritten(r, refused=complaints[r]) if r in complaints else measuring.measured(r) for r in rewrites]
    best = {}
    for one in sorted((one for one in done if not one.refused), key=_left, reverse=True):
        best[one.rewrite.about] = one
    return tuple(one if one.refused or best[one.rewrite.about] is one else replace(one, refused=BETTER) for one in done)


def _by_about(rewrites: Sequence[Rewrite]) -> list[list[Rewrite]]:
    """The rewrites, those about the same thing together."""
    groups: defaultdict[str, list[Rewrite]] = defaultdict(list)
    for one in rewrites:
        groups[one.about].append(one)
    return list(groups.values())


def _left(one: Rewritten) -> float:
    """The time that is left of what its queries took."""
    return sum(now for _, _, now in one.gains)


class _Measuring:
    """Takes the time of what a rewrite touches, and looks at its rows at volume."""

    def __init__(self, proving: Proving, database: Database, drawn: Sequence[Drawn], took: Milliseconds) -> None:
        self._proving, self._database, self._drawn, self._took = proving, database, drawn, took
        self._mentions = Mentions(proving.catalog)
        self._before: dict[str, tuple[float, Mapping[int, Any]]] = {}
        self._totals: dict[tuple[str, str], Any] = {}

    def measured(self, rewrite: Rewrite) -> Rewritten:
        """How a rewrite does on the statements that it touches."""
        try:
            touched, relations = self._touched(rewrite)
            people = list(_people(touched))
            self._look_before(touched, relations, people)
            with self._applied(rewrite):
                gains = self._gains(touched)
                other = self._other(touched, relations, people)
            if SLOW in verdict(gains):
                gains = self._again(rewrite, touched, gains)
        except DatabaseError as error:
            return Rewritten(rewrite, refused=f"It could not be measured: {error}")
        done = Rewritten(rewrite, gains, _same_in_words(touched, people))
        if rewrite.kind in MENDING:
            return done
        return replace(done, refused=f"At volume, {other} gives other rows." if other else verdict(gains))

    def _look_before(self, touched: list[Drawn], relations: list[str], people: list[tuple[str, str]]) -> None:
        """The times and rows as they are, once for each statement and person."""
        for one in touched:
            if one.statement.key not in self._before:
                self._before[one.statement.key] = (self._time(one), self._rows(one))
        for name, before in product(relations, (before for _, before in people)):
            if (name, before) not in self._totals:
                self._totals[(name, before)] = self._total(name, before)

    def _gains(self, touched: list[Drawn]) -> Gains:
        return tuple((one.statement.key, self._before[one.statement.key][0], self._time(one)) for one in touched)

    def _again(self, rewrite: Rewrite, touched: list[Drawn], gains: Gains) -> Gains:
        """The shorter times of two looks, so that nothing is refused for what the machine did meanwhile."""
        before = {one.statement.key: self._time(one) for one in touched}
        with self._applied(rewrite):
            after = {one.statement.key: self._time(one) for one in touched}
        return tuple((key, min(was, before[key]), min(now, after[key])) for key, was, now in gains)

    def _other(self, touched: list[Drawn], relations: list[str], people: list[tuple[str, str]]) -> str:
        """What gives other rows than before, in words; empty where nothing does."""
        for name, before in product(relations, (before for _, before in people)):
            if self._totals[(name, before)] != self._total(name, before):
                return name
        place = next((one.statement.place for one in touched if not self._same(one)), None)
        return f"the query at {place.path}:{place.line}" if place else ""

    @contextmanager
    def _applied(self, rewrite: Rewrite) -> Iterator[None]:
        with self._database.undone():
            self._database.run(rewrite.up)
            yield

    def _touched(self, rewrite: Rewrite) -> tuple[list[Drawn], list[str]]:
        """The statements that come to what is rewritten, through rules and functions too, and the tables whose rules
        for reading change or call a function that does."""
        with self._proving.database.undone():
            self._proving.database.run(rewrite.up)
            after = read(self._proving.database)
        catalog = self._proving.catalog
        old = {r.signature: r.body for r in catalog.routines}
        bodies = {old[r.signature] for r in after.routines if r.signature in old and old[r.signature] != r.body}
        rules = {r.name: r.policies for r in after.relations}
        readable, changed = set(), set()
        for relation in catalog.relations:
            different = set(relation.policies) ^ set(rules.get(relation.name, ()))
            different |= {rule for rule in relation.policies if self._calls(rule, bodies)}
            if different:
                changed.add(relation.name)
            if any(rule.command in READING for rule in different):
                readable.add(relation.name)
        touched = [
            one for one in self._drawn if self._comes_to(one, changed if one.statement.writes else readable, bodies)
        ]
        return touched, sorted(readable)

    def _calls(self, rule: Rule, bodies: set[str]) -> bool:
        return bool(bodies) and bool(bodies & set(self._mentions.reached(f"{rule.using} {rule.check}")[1]))

    def _comes_to(self, drawn: Drawn, relations: set[str], bodies: set[str]) -> bool:
        tables, texts = self._mentions.reached(drawn.statement.sql)
        return bool(relations & tables or bodies & set(texts))

    def _time(self, drawn: Drawn) -> float:
        times = []
        for draw in drawn.draws:
            try:
                times.append(self._took(drawn, draw))
            except DatabaseError:
                times.append(math.inf)
        return sum(times) / len(times) if times else 0.0

    def _rows(self, drawn: Drawn) -> Mapping[int, Any]:
        """The answers for each draw; of a write only how it ended."""
        answers = (answer(self._database, drawn.before(draw), drawn.text(draw)) for draw in drawn.draws)
        if drawn.statement.writes:
            return {n: one if isinstance(one, str) else len(one) for n, one in enumerate(answers)}
        return {n: one if isinstance(one, str) else _in_any_order(one) for n, one in enumerate(answers)}

    def _same(self, drawn: Drawn) -> bool:
        """Whether the answers are the same. Which rows come of those that stand equal at a limit is not settled by
        the statement: there the rows behind it, which are compared too, have to do."""
        before, after = self._before[drawn.statement.key][1], self._rows(drawn)
        late = {n for n in before if "57014" in (before[n], after[n])}
        return _is_cut(drawn.statement.sql) or all(before[n] == after[n] for n in before if n not in late)

    def _total(self, name: str, before: str) -> Any:
        """How many rows of a table somebody sees, and a sum over all that stands in them; of a large table only some
        rows are looked at, always the same."""
        sample = f"{ident(name)} r tablesample bernoulli ({self._share(name)}) repeatable (1)"
        return answer(self._database, before, SUM.format(sample))

    def _share(self, name: str) -> float:
        """How many of a hundred rows of a table are looked at."""
        ((size,),) = self._database.query(f"select pg_relation_size({literal(ident(name))}::regclass)::float8")
        return float(min(100.0, 100.0 * LOOKED_AT / max(size, 1.0)))


def _people(drawn: Iterable[Drawn]) -> Iterator[tuple[str, str]]:
    """Who asks: one of each standing, and what is sent first for him."""
    seen = set()
    for one in drawn:
        for draw in one.draws:
            kind = (one.statement.role, draw.standing)
            if kind not in seen:
                seen.add(kind)
                yield draw.who, one.before(draw)


def verdict(gains: Iterable[tuple[str, float, float]]) -> str:
    """Why a change does not stay, by what statements took before and after; empty where it does."""
    gains = list(gains)
    worse = [(was, now) for _, was, now in gains if now > was * SLOWER and now > was + LEAST]
    if worse:
        was, now = max(worse, key=lambda pair: pair[1] - pair[0])
        return f"{SLOW}: {was:.1f} ms before, {now:.1f} ms after."
    return "" if any(now <= was * SHARE and now <= was - LEAST for _, was, now in gains) else NEEDLESS


def _same_in_words(touched: Sequence[Drawn], people: Sequence[object]) -> str:
    draws = sum(len(one.draws) for one in touched)
    return (
        "each cell of the access matrix, all rows that each of its people sees, "
        f"and {len(touched)} queries with {draws} sets of values as {len(people)} people at volume"
    )


def _in_any_order(rows: list[tuple[Any, ...]]) -> Any:
    """Rows without their order, also where they came as one list."""
    if len(rows) == 1:
        return tuple(sorted(map(repr, value)) if isinstance(value, list) else repr(value) for value in rows[0])
    return Counter(map(repr, rows))


def _is_cut(sql: str) -> bool:
    tree = statements(sql)
    return tree is None or any(select.get("limitCount") for select in each(tree.tree, "SelectStmt"))
