"""What statements cost under sets of imagined indexes; asked once for each set that can make a difference.

A plan that uses the indexes U where the planner could see S is also the plan where it can see any T between U and S:
that spares most questions. Indexes are hidden by dropping them in a transaction that is undone.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from apprescue.methods.advising.prudence import reckoned
from apprescue.model.database import Database, DatabaseError, ident
from apprescue.model.index import Index
from apprescue.model.plan import Plan
from apprescue.model.workload import Draw, Drawn, Standing

Set = frozenset[Index]
MANY = 8
LOOKS, MORE_LOOKS = 12, 1200
WEIGHED = 0.75
"""What it costs the planner to weigh an index, in its own units; as measured, some microseconds where nothing is joined
and half a millisecond where nine relations are."""
NONE: Set = frozenset()
UNDONE = ("savepoint planned", "rollback to savepoint planned; release savepoint planned")


class Imagining(Protocol):
    """A database in which indexes can be imagined: they have a size and are planned with, and hold nothing."""

    @property
    def database(self) -> Database:
        """A session of it."""

    def imagine(self, index: Index) -> object:
        """Let the planner see an index under its own name. Raises DatabaseError where there can be none such."""

    def forget(self, index: Index) -> object:
        """Take it away."""

    def size(self, index: Index) -> int:
        """How many bytes it would take."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a statement costs where the planner sees `seen`, as much by the worst of its draws as by their mean, and
    which of them it uses."""

    cost: float
    used: Set
    seen: Set


class Costs:
    """The costs of statements, numbered as they come."""

    def __init__(self, whatif: Imagining, drawn: Sequence[Drawn]) -> None:
        self._whatif, self._database, self._drawn = whatif, whatif.database, drawn
        self._answers: list[list[Answer]] = [[] for _ in drawn]
        self._alike: list[list[tuple[Draw, tuple[Standing, ...]]]] = [
            [(draw, (draw.standing,)) for draw in one_of_each(one)] for one in drawn
        ]
        self._relations: list[set[str]] = [set() for _ in drawn]
        self._joined = [1 for _ in drawn]
        self._known: dict[Index, int] = {}
        self._imagined: dict[str, Index] = {}
        self._standing: dict[str, dict[Index, str]] = {}
        self._relevant: list[set[Index]] = [set() for _ in drawn]
        self._refused: set[Index] = set()
        self._shown: Set | None = None
        self.asked = 0

    def imagine(self, index: Index) -> bool:
        """Let an index be seen; whether there can be such a one."""
        if index in self._refused:
            return False
        if index.name not in self._imagined:
            try:
                self._whatif.imagine(index)
                self._known[index] = self._whatif.size(index)
            except DatabaseError:
                self._refused.add(index)
                return False
            self._imagined[index.name] = index
            name = ident(f"{index.relation.partition('.')[0]}.{index.name}")
            self._standing.setdefault(index.relation, {})[index] = name
        return True

    def keep(self, indexes: Collection[Index]) -> None:
        """Forget all but these."""
        for name, index in list(self._imagined.items()):
            if index not in indexes:
                self._whatif.forget(index)
                del self._imagined[name], self._standing[index.relation][index]

    def size(self, index: Index) -> int:
        """How many bytes an index would take that has been imagined."""
        return self._known[index]

    def concerns(self, number: int, indexes: Iterable[Index]) -> None:
        """Say which indexes may make a difference to a statement, all of them."""
        self._relevant[number] = set(indexes)

    def relevant(self, number: int) -> set[Index]:
        """The indexes that may make a difference to a statement."""
        return self._relevant[number]

    def concerned(self, indexes: Iterable[Index]) -> list[int]:
        """The statements to which any of these may make a difference."""
        wanted = set(indexes)
        return [n for n, relevant in enumerate(self._relevant) if not relevant.isdisjoint(wanted)]

    def answers(self, number: int) -> list[Answer]:
        """All that is known of a statement."""
        return self._answers[number]

    def guess(self, number: int, seen: Set) -> float:
        """What a statement costs at most under a set of indexes, from what is known already."""
        return min((known.cost for known in self._answers[number] if known.used <= seen), default=math.inf)

    def cost(self, number: int, seen: Set) -> float:
        """What a statement costs under a set of indexes."""
        return self.costs([number], seen)[0]

    def costs(self, numbers: Sequence[int], seen: Set) -> list[float]:
        """What several statements cost under a set of indexes."""
        found = {number: self._recall(number, seen) for number in numbers}
        missing = [number for number, known in found.items() if known is None and self._may_look(number)]
        found |= dict(zip(missing, self.look(missing, seen), strict=True))
        return [known.cost if (known := found[number]) else self.guess(number, seen) for number in numbers]

    def is_large(self, number: int) -> bool:
        """Whether planning a statement takes long: it joins many relations."""
        return self._joined[number] > MANY

    def planning(self, index: Index) -> dict[int, float]:
        """What an index adds to the planning of each statement that reads its relation, used or not: the more is
        joined, the more ways there are to weigh."""
        return {n: WEIGHED * self._joined[n] ** 2 for n, read in enumerate(self._relations) if index.relation in read}

    def _may_look(self, number: int) -> bool:
        """Whether a statement may be asked for again: the more it joins, the fewer times. From then on it is guessed.
        What is known of nothing at all is asked in any case."""
        known = self._answers[number]
        most = LOOKS + MORE_LOOKS // self._joined[number] ** 2
        return len(known) < most or all(answer.used for answer in known)

    def look(self, numbers: Sequence[int], seen: Set) -> list[Answer]:
        """Ask the planner what statements cost where it sees just these of the imagined indexes."""
        found = []
        relations = {name for number in numbers for name in self._relations[number]}
        with self._only(seen, relations):
            for number in numbers:
                cost, used = self._ask(number)
                narrow = frozenset(seen & self._relevant[number])
                found.append(Answer(cost, frozenset(used & narrow), narrow))
                self._answers[number].append(found[-1])
        return found

    @contextlib.contextmanager
    def among(self, some: Set) -> Iterator[None]:
        """Within it only these are looked at: what is hidden once need not be hidden for each look."""
        with self._only(some, ()):
            self._shown, outer = some, self._shown
            try:
                yield
            finally:
                self._shown = outer

    def compare(self, number: int) -> None:
        """Find which draws of a statement are the same to the planner, where it sees nothing and where it sees all that
        concerns the statement: of those only one is asked from then on."""
        drawn = self._drawn[number]
        seen: dict[Draw, list[float]] = {draw: [] for draw in one_of_each(drawn)}
        for shown in (NONE, frozenset(self._relevant[number])):
            if shown and (self.is_large(number) or len(seen) == 1):
                break
            with self._only(shown, self._relations[number]):
                for draw, costs in seen.items():
                    plan = self._plan(drawn, draw, "verbose, ")
                    read = [step.relation for step in plan.deep() if step.relation]
                    self._relations[number].update(read)
                    self._joined[number] = max(self._joined[number], len(read))
                    costs.append(plan.cost)
        alike: dict[tuple[float, ...], list[Draw]] = {}
        for draw in seen:
            alike.setdefault(tuple(seen[draw]), []).append(draw)
        self._alike[number] = [(draws[0], tuple(draw.standing for draw in draws)) for draws in alike.values()]

    def _recall(self, number: int, seen: Set) -> Answer | None:
        narrow = seen & self._relevant[number]
        return next((known for known in self._answers[number] if known.used <= narrow <= known.seen), None)

    @contextlib.contextmanager
    def _only(self, seen: Set, relations: Collection[str]) -> Iterator[None]:
        hidden = [
            name
            for relation in relations or self._standing
            for index, name in self._standing.get(relation, {}).items()
            if index not in seen and (self._shown is None or index in self._shown)
        ]
        with self._database.undone():
            if hidden:
                self._database.run(f"drop index {', '.join(hidden)}")
            yield

    def _ask(self, number: int) -> tuple[float, set[Index]]:
        drawn = self._drawn[number]
        costs, used = [0.0], set()
        for draw, standings in self._alike[number]:
            plan = self._plan(drawn, draw)
            costs += [reckoned(plan, drawn, standing) for standing in standings]
            used |= {self._imagined[step.index] for step in plan.deep() if step.index in self._imagined}
        return (sum(costs) / max(len(costs) - 1, 1) + max(costs)) / 2, used

    def _plan(self, drawn: Drawn, draw: Draw, options: str = "") -> Plan:
        """The plan inside a transaction that is undone, in one go."""
        self.asked += 1
        return Plan.of(_tree(self._database.query(f"{UNDONE[0]}; {_asking(drawn, draw, options)}; {UNDONE[1]}")))


def one_of_each(drawn: Drawn) -> list[Draw]:
    """The first draw of each standing."""
    return list({draw.standing: draw for draw in reversed(drawn.draws)}.values())[::-1]


def explained(database: Database, drawn: Drawn, draw: Draw, options: str = "") -> Mapping[str, Any]:
    """The plan of a statement with a draw's values, as whoever sends it. Raises DatabaseError."""
    with database.undone():
        return _tree(database.query(_asking(drawn, draw, options)))


def _asking(drawn: Drawn, draw: Draw, options: str) -> str:
    before = drawn.before(draw)
    return f"{before}{'; ' if before else ''}explain ({options}format json) {drawn.text(draw)}"


def _tree(rows: Sequence[tuple[Any, ...]]) -> Mapping[str, Any]:
    told = rows[0][0]
    tree: Mapping[str, Any] = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return tree
