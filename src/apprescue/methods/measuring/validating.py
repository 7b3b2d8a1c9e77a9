"""Every advised index is built and measured; it stays only if it helps, and hurts nothing.

It helps if a statement takes a fifth and a millisecond less, in the middle or in the worst of its draws; it hurts if
one that reads takes a tenth more. Whatever writes pays for every index: that is told, and it refuses an index where all
who write lose more by it than all who read gain. All advised indexes stand; then each in turn, the last chosen first,
is taken away inside a transaction that is rolled back, which costs nothing, and what could notice it is measured
without and with it, turn and turn about. What does not stay is gone before the next one is judged, so that of two that
do the same one stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from apprescue.methods.measuring.measuring import shares
from apprescue.methods.measuring.pairs import LEAST, LONG, SHARE, Pair
from apprescue.methods.measuring.taxes import in_place, taxes
from apprescue.methods.measuring.timing import limit_of, planned, rows_written, timed
from apprescue.model.database import Database, DatabaseError, ident, ident_of, literal
from apprescue.model.plan import Plan
from apprescue.model.tuning import Advice, Advised, Built
from apprescue.model.workload import Draw, Drawn

NEEDLESS = "No query gets noticeably faster by it"
UNTAXED = "What it costs those who write could not be measured."
ROUNDS, AGAIN = 3, 7
BRIEF = 10.0  # milliseconds; so quick a run is done twice, the first one only to make all warm
FEW = 10  # rows; who writes fewer loses no millisecond by an index

Progress = Callable[[str, float], None]


def built(
    database: Database, drawn: Sequence[Drawn], advice: Advice, progress: Progress = lambda doing, share: None
) -> tuple[Built, ...]:
    """Build and judge what was advised, in that order. What stays, stands in the database afterwards; what does not,
    is gone.

    The gains are those of the middle draw, or of the worst where only that one gains; what was broken off took as long
    as the platform lets it.
    """
    judging, many = _Judging(database, drawn), len(advice.indexes)
    found = []
    for number, advised in enumerate(advice.indexes):
        progress(f"building {advised.index.name}", number / many / 4)
        found.append(judging.build(advised))
    judging.look()
    for number in reversed(range(many)):
        if not found[number].refused:
            progress(f"without {found[number].advised.index.name}", 1 - 0.75 * (number + 1) / many)
            found[number] = judging.judged(found[number])
    for number in reversed(range(many)):
        if any(_in_its_place(found[number], other) for other in found[:number]):
            progress(f"once more without {found[number].advised.index.name}", 1.0)
            found[number] = judging.judged(judging.stood(found[number]))
    stay = [one for one in found if not one.refused]
    tax = taxes(database, [one.advised.index for one in stay])
    return tuple(judging.told(one, tax.get(one.advised.index.name)) for one in found)


def _in_its_place(one: Built, gone: Built) -> bool:
    """Whether an index did its work where one that is gone by now did it too: without that it may do more."""
    needed = not one.refused or one.refused.startswith(NEEDLESS)
    return needed and bool(gone.refused and {key for key, *_ in one.gains} & {key for key, *_ in gone.gains})


class _Judging:
    """The database with all that was advised and not yet refused."""

    def __init__(self, database: Database, drawn: Sequence[Drawn]) -> None:
        self._database = database
        self._drawn = [replace(one, draws=_one_of_each(one.draws)) for one in drawn if one.draws]
        self._plans: dict[tuple[str, int], Plan] = {}
        self._read: dict[str, frozenset[str]] = {}
        self._written: dict[str, float] = {}

    def stood(self, one: Built) -> Built:
        """An index that stands, again where it was taken away."""
        return replace(self.build(one.advised), seconds=one.seconds) if one.refused else one

    def build(self, advised: Advised) -> Built:
        """Build an index; what cannot be built is refused."""
        index = advised.index
        begun = time.monotonic()
        try:
            self._database.run(index.create())
            if any(not _is_column(key.expression) for key in index.keys):
                self._database.run(f"analyze {ident(index.relation)}")
        except DatabaseError as error:
            return Built(advised, 0.0, 0.0, refused=f"It cannot be built: {error}.")
        seconds = time.monotonic() - begun
        ((size,),) = self._database.query(f"select pg_relation_size({literal(_own_name(advised))}::regclass)")
        return Built(replace(advised, size=int(size)), seconds, 0.0)

    def look(self) -> None:
        """Learn how each statement is answered while everything stands; what the server refuses is left out."""
        fit = []
        for one in self._drawn:
            try:
                self._read[one.statement.key] = self._used(one)
                fit.append(one)
            except DatabaseError:
                continue
        self._drawn = fit

    def judged(self, one: Built) -> Built:
        """Whether an index stays. What seems to get slower is measured again, more often, before it is believed."""
        name = _own_name(one.advised)
        try:
            pairs = self._compared(name, self._touched(one.advised), ROUNDS)
            if doubtful := [pair.drawn for pair in pairs if pair.slower]:
                again = {pair.drawn: pair for pair in self._compared(name, doubtful, AGAIN)}
                pairs = [again.get(pair.drawn, pair) for pair in pairs]
        except DatabaseError as error:
            return self._without(replace(one, refused=f"It could not be measured: {error}."))
        gains = tuple((pair.drawn.statement.key, *(pair.helped or pair.slower or pair.points[0])) for pair in pairs)
        one = replace(one, gains=gains, refused=self._refusal(pairs))
        return self._without(one) if one.refused else one

    def _refusal(self, pairs: Sequence[Pair]) -> str:
        """Why an index does not stay; empty where it does."""
        for pair in pairs:
            if pair.slower and not pair.drawn.statement.writes:
                return f"It makes the query in {pair.place} slower: {_took(*pair.slower)}."
        if not any(pair.helped for pair in pairs):
            best = max(pairs, key=lambda pair: max(was - now for was, now in pair.points), default=None)
            if not best:
                return "No query is answered with it."
            return f"{NEEDLESS}: at best, in {best.place}, {_took(*best.points[1])}."
        share = {one.statement.key: times for one, times in shares(self._drawn).items()}
        gained = sum(share[pair.drawn.statement.key] * (pair.points[0][0] - pair.points[0][1]) for pair in pairs)
        if gained < 0 and any(pair.slower for pair in pairs):
            worst = min((pair for pair in pairs if pair.slower), key=lambda pair: pair.points[0][0] - pair.points[0][1])
            return f"Who writes loses more by it than who reads gains: {worst.place}, {_took(*worst.points[0])}."
        return ""

    def told(self, one: Built, tax: float | None) -> Built:
        """With what it costs those who write; the gains as they are in the end are those that were measured."""
        if one.refused:
            return one
        note = in_place(one.advised.index, self._drawn)
        reason = " ".join(part for part in (one.advised.reason, note, UNTAXED if tax is None else "") if part)
        helps = tuple(key for key, was, now in one.gains if now <= SHARE * was and was - now >= LEAST)
        return replace(one, tax=tax or 0.0, advised=replace(one.advised, reason=reason, helps=helps))

    def _without(self, one: Built) -> Built:
        """Take away what does not stay; what was answered with it is looked at again."""
        gone = one.advised.index.name
        self._database.run(f"drop index if exists {_own_name(one.advised)}")
        self._plans = {key: plan for key, plan in self._plans.items() if gone not in _indexes(plan)}
        for each in self._drawn:
            if gone in self._read[each.statement.key]:
                self._read[each.statement.key] = self._used(each)
        return one

    def _touched(self, advised: Advised) -> list[Drawn]:
        """The statements that could notice that an index is gone: those answered by reading it, planned otherwise
        without it, or writing many rows where it stands, of which one draw tells enough."""
        index = advised.index
        found: list[Drawn] = []
        near: list[Drawn] = []
        for one in self._drawn:
            if index.name in self._read[one.statement.key]:
                found.append(one)
            elif self._is_near(one, index.relation):
                if not one.statement.writes:
                    near.append(one)
                elif self._written.get(one.statement.key, FEW) >= FEW:
                    found.append(replace(one, draws=one.draws[:1]))
        shapes = {one: [_shape(self._plan(one, number)) for number in range(len(one.draws))] for one in near}
        with self._database.undone():
            self._database.run(f"drop index {_own_name(advised)}")
            found += [
                one for one in near if [_shape(planned(self._database, one, draw)) for draw in one.draws] != shapes[one]
            ]
        return found

    def _is_near(self, one: Drawn, relation: str) -> bool:
        plan = self._plan(one, 0)
        return plan is None or any(step.relation == relation for step in plan.deep())

    def _plan(self, one: Drawn, number: int) -> Plan | None:
        key = (one.statement.key, number)
        if key not in self._plans and (plan := planned(self._database, one, one.draws[number])):
            self._plans[key] = plan
        return self._plans.get(key)

    def _used(self, drawn: Drawn) -> frozenset[str]:
        """The indexes that are read to answer a statement; where that takes long, for its first draw."""
        found: frozenset[str] = frozenset()
        for draw in drawn.draws:
            run = timed(self._database, drawn, draw)
            found |= run.indexes | (_indexes(run.plan) if run.plan else frozenset())
            if run.plan:
                written = max(rows_written(run.plan), self._written.get(drawn.statement.key, 0.0))
                self._written[drawn.statement.key] = written
            if run.milliseconds > LONG:
                break
        return found

    def _compared(self, name: str, drawn: Iterable[Drawn], rounds: int) -> list[Pair]:
        """Without and with an index, in turns."""
        pairs = [Pair(one, doubted=rounds == AGAIN) for one in drawn]
        for _ in range(rounds):
            left = [(p, n) for p in pairs for n in range(len(p.drawn.draws)) if not p.settled(n)]
            for pair, number in left:
                pair.now.setdefault(number, []).append(self._took(pair.drawn, number))
            with self._database.undone():
                self._database.run(f"drop index {name}")
                for pair, number in left:
                    if number not in pair.was and pair.plain:
                        del pair.now[number]  # another draw has told enough meanwhile
                    else:
                        pair.was.setdefault(number, []).append(self._took(pair.drawn, number))
        return pairs

    def _took(self, one: Drawn, number: int) -> float:
        """The milliseconds of one run. The first one after a change reads the tables' descriptions anew; it does not
        count where that could be seen."""
        draw = one.draws[number]
        took = timed(self._database, one, draw).milliseconds
        if took < BRIEF:
            took = timed(self._database, one, draw).milliseconds
        return min(took, limit_of(one) * 1000)


def _own_name(advised: Advised) -> str:
    """The name of an index with its schema, as an identifier."""
    schema = advised.index.relation.partition(".")[0]
    return f"{ident_of(schema)}.{ident_of(advised.index.name)}"


def _took(was: float, now: float) -> str:
    return f"{was:.1f} ms without it, {now:.1f} ms with it"


def _is_column(expression: str) -> bool:
    return expression.startswith('"') or expression.isidentifier()


def _indexes(plan: Plan) -> frozenset[str]:
    return frozenset(step.index for step in plan.deep() if step.index)


def _shape(plan: Plan | None) -> object:
    """A plan without its figures."""
    return plan and (plan.kind, plan.relation, plan.index, plan.conditions, tuple(map(_shape, plan.feeds)))


def _one_of_each(draws: Sequence[Draw]) -> tuple[Draw, ...]:
    """The first draw of each standing."""
    return tuple({draw.standing: draw for draw in reversed(draws)}.values())[::-1]
