"""What rewrites do to the app's queries at volume: the time that they take, and the rows that come."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from apprescue.methods.catalog import read
from apprescue.methods.expressions import each, statements
from apprescue.methods.measuring.pairs import LEAST, SHARE, SLOWER
from apprescue.methods.rewriting.sameness import MENDING, Proving, answer
from apprescue.methods.trying.mentions import Mentions
from apprescue.model.catalog import Rule
from apprescue.model.database import Database, DatabaseError, ident, literal
from apprescue.model.tuning import Rewrite, Rewritten
from apprescue.model.workload import Draw, Drawn

READING = ("select", "all")
LOOKED_AT = 4_000_000
"""Bytes of a table whose rows are compared at volume."""
SUM = "select count(*), coalesce(sum(hashtextextended(r::text, 0)::numeric), 0)::text from {}"
SLOW = "A query gets slower by it"
NEEDLESS = "No query of the app gets faster by it."

Gains = tuple[tuple[str, float, float], ...]
Milliseconds = Callable[[Drawn, Draw], float]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What came of rewrites at volume: times, what gives other rows (empty for nothing), and what was compared."""

    gains: Gains
    other: str
    same: str


class Volume:
    """Takes the time of what a rewrite touches, and looks at its rows."""

    def __init__(self, proving: Proving, database: Database, drawn: Sequence[Drawn], took: Milliseconds) -> None:
        self._proving, self._database, self._drawn, self._took = proving, database, drawn, took
        self._mentions = Mentions(proving.catalog)
        self._before: dict[str, tuple[float, Mapping[int, Any]]] = {}
        self._totals: dict[tuple[str, str], Any] = {}

    def all_of(self, rewrites: Sequence[Rewrite]) -> dict[Rewrite, Rewritten]:
        """How rewrites do. First all are looked at together: what nothing came of then is not looked at again."""
        if not rewrites:
            return {}
        together = self._measured(rewrites, self._drawn)
        if len(rewrites) == 1 or isinstance(together, str) or together.other:
            lively = list(self._drawn)
        else:
            changed = {gain[0] for gain in together.gains if verdict([gain]) != NEEDLESS}
            lively = [one for one in self._drawn if one.statement.key in changed]
        found = {}
        for one in rewrites:
            seen = together if len(rewrites) == 1 or not lively else self._measured([one], lively)
            found[one] = self._judged(one, seen, together)
        return found

    def _judged(self, rewrite: Rewrite, seen: _Seen | str, together: _Seen | str) -> Rewritten:
        if isinstance(seen, str):
            return Rewritten(rewrite, refused=f"It could not be measured: {seen}")
        same = together.same if isinstance(together, _Seen) else seen.same
        done = Rewritten(rewrite, seen.gains, same)
        if rewrite.kind in MENDING:
            return done
        return replace(
            done, refused=f"At volume, {seen.other} gives other rows." if seen.other else verdict(seen.gains)
        )

    def _measured(self, rewrites: Sequence[Rewrite], among: Sequence[Drawn]) -> _Seen | str:
        """What comes of rewrites on the statements that they touch; the server's words where it refuses."""
        try:
            touched, relations = self._touched(rewrites, among)
            people = list(_people(touched))
            self._look_before(touched, relations, people)
            with self._applied(rewrites):
                gains = self._gains(touched)
                other = self._other(touched, relations, people)
            if verdict(gains) != NEEDLESS:
                gains = self._again(rewrites, touched, gains)
        except DatabaseError as error:
            return str(error)
        return _Seen(gains, other, _same_in_words(touched, people))

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

    def _again(self, rewrites: Sequence[Rewrite], touched: list[Drawn], gains: Gains) -> Gains:
        """The shorter times of two looks, so that nothing is judged by what the machine did meanwhile, or by who came
        first and found nothing in memory."""
        before = {one.statement.key: self._time(one) for one in touched}
        with self._applied(rewrites):
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
    def _applied(self, rewrites: Sequence[Rewrite]) -> Iterator[None]:
        with self._database.undone():
            for one in rewrites:
                self._database.run(one.up)
            yield

    def _touched(self, rewrites: Sequence[Rewrite], among: Sequence[Drawn]) -> tuple[list[Drawn], list[str]]:
        """The statements that come to what is rewritten, through rules and functions too, and the tables whose rules
        for reading change or call a function that does."""
        with self._proving.database.undone():
            for one in rewrites:
                self._proving.database.run(one.up)
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
        touched = [one for one in among if self._comes_to(one, changed if one.statement.writes else readable, bodies)]
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
        "Compared, and the same: each cell of the access matrix, all rows that each of its people sees, "
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
