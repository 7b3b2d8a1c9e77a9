"""What statements cost under sets of imagined indexes; asked once for each set that can make a difference.

A plan that uses the indexes U where the planner could see S is also the plan where it can see any T between U and S:
that spares most questions. Indexes are hidden by dropping them in a transaction that is undone.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from apprescue.methods.tuning.prudence import reckoned
from apprescue.model.database import Database, DatabaseError, ident
from apprescue.model.index import Index
from apprescue.model.plan import Plan
from apprescue.model.workload import Draw, Drawn

Set = frozenset[Index]
NONE: Set = frozenset()


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
        self._known: dict[Index, int] = {}
        self._imagined: dict[str, Index] = {}
        self._relevant: list[set[Index]] = [set() for _ in drawn]
        self._refused: set[Index] = set()
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
        return True

    def keep(self, indexes: Collection[Index]) -> None:
        """Forget all but these."""
        for name, index in list(self._imagined.items()):
            if index not in indexes:
                self._whatif.forget(index)
                del self._imagined[name]

    def size(self, index: Index) -> int:
        """How many bytes an index would take that has been imagined."""
        return self._known[index]

    def concerns(self, number: int, indexes: Iterable[Index]) -> None:
        """Say which indexes may make a difference to a statement."""
        self._relevant[number].update(indexes)

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

    def cost(self, number: int, seen: Set) -> float:
        """What a statement costs under a set of indexes."""
        return self.answer(number, seen).cost

    def answer(self, number: int, seen: Set) -> Answer:
        """What a statement costs under a set of indexes, and which it uses."""
        narrow = frozenset(seen & self._relevant[number])
        for known in self._answers[number]:
            if known.used <= narrow <= known.seen:
                return known
        return self.look([number], narrow)[0]

    def look(self, numbers: Sequence[int], seen: Set) -> list[Answer]:
        """Ask the planner what statements cost where it sees just these of the imagined indexes."""
        found = []
        with self._only(seen):
            for number in numbers:
                cost, used = self._ask(self._drawn[number])
                answer = Answer(cost, frozenset(used & seen), seen)
                self._answers[number].append(answer)
                found.append(answer)
        return found

    @contextlib.contextmanager
    def _only(self, seen: Set) -> Iterator[None]:
        names = [index.name for index in self._imagined.values() if index not in seen]
        schemas = {index.name: index.relation.partition(".")[0] for index in self._imagined.values()}
        with self._database.undone():
            if names:
                self._database.run("drop index " + ", ".join(ident(f"{schemas[n]}.{n}") for n in names))
            yield

    def _ask(self, drawn: Drawn) -> tuple[float, set[Index]]:
        costs, used = [0.0], set()
        for draw in drawn.draws:
            plan = Plan.of(explained(self._database, drawn, draw))
            self.asked += 1
            costs.append(reckoned(plan, drawn, draw.standing))
            used |= {self._imagined[p.index] for p in plan.deep() if p.index in self._imagined}
        return (sum(costs) / max(len(drawn.draws), 1) + max(costs)) / 2, used


def explained(database: Database, drawn: Drawn, draw: Draw, options: str = "") -> Mapping[str, Any]:
    """The plan of a statement with a draw's values, as whoever sends it. Raises DatabaseError."""
    with database.undone():
        if before := drawn.before(draw):
            database.query(before)
        told = database.query(f"explain ({options}format json) {drawn.text(draw)}")[0][0]
    tree: Mapping[str, Any] = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return tree
