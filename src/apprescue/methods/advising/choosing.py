"""Which of the candidates to have: the best set that fits, searched from several sides and then improved in place."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from apprescue.methods.advising.costs import NONE, Costs, Set
from apprescue.model.index import Index

SMALL = 30.0
"""A cost below which nobody notices."""
SHARE = 0.75
"""How much of a statement's worth is the work that it makes; the rest is by how many times it gets faster."""
LEAST = 1e-4
NOTICED, PART = 20.0, 0.1
"""How much less a statement has to cost at least by an index, and which part of it."""
PAGE = 8192
TRIED, MOST_STEPS = 8, 40
RATED = 12
"""How many are rated at once: what none of them needs is hidden once for all."""
APPETITES = (1.0, 0.5, 0.0)
"""To what power the size counts while the best next index is looked for."""


@dataclass(frozen=True)
class Worth:
    """What a set of indexes is worth: lower is better. `weights` of the statements add up to 1; `base` is what each
    costs without; `tax` what each index costs, as a share of all the work, for its writes and its space."""

    weights: Sequence[float]
    base: Sequence[float]
    tax: Callable[[Index], float]

    @property
    def mean(self) -> float:
        """What a statement costs without, on average."""
        return sum(w * b for w, b in zip(self.weights, self.base, strict=True)) or 1.0

    def of(self, number: int, cost: float) -> float:
        """What a statement's cost counts."""
        faster = math.log((cost + SMALL) / (self.base[number] + SMALL))
        return self.weights[number] * (SHARE * cost / self.mean + (1 - SHARE) * faster)


class Search:
    """The search for one budget, in bytes."""

    def __init__(self, costs: Costs, worth: Worth, pool: Sequence[Index], budget: float) -> None:
        self._costs, self._worth, self._pool, self._budget = costs, worth, pool, budget
        self._every = range(len(worth.base))
        self._memory: dict[tuple[int, Set], float] = {}
        self._taxes = {index: worth.tax(index) + self._planning(index) for index in pool}

    def best(self) -> Set:
        """The best set that was found."""
        self._pool = self._useful()
        self._costs.keep(frozenset(self._pool))
        roomy = self._size(self._pool) <= self._budget
        found = dict.fromkeys(self._pruned(self._grown(NONE, appetite)) for appetite in APPETITES[roomy * 2 :])
        return min(map(self._improved, found), key=self.score)

    def _useful(self) -> list[Index]:
        """The candidates that make a statement noticeably cheaper, alone or with others in a plan."""
        useful: set[Index] = set()
        for start in range(0, len(self._pool), RATED):
            some = self._pool[start : start + RATED]
            with self._costs.among(frozenset(some)):
                useful.update(filter(self._is_useful_alone, some))
        for number in self._every:
            known = (a for a in self._costs.answers(number) if is_noticed(self._bare(number), a.cost))
            useful.update(*(answer.used for answer in known if len(answer.used) > 1))
        return [index for index in self._pool if index in useful]

    def _is_useful_alone(self, index: Index) -> bool:
        numbers = self._costs.concerned([index])
        costs = zip(self._costs.costs(numbers, frozenset({index})), map(self._bare, numbers), strict=True)
        return any(is_noticed(without, cost) for cost, without in costs)

    def _bare(self, number: int) -> float:
        return self._worth.base[number]

    def score(self, chosen: Set) -> float:
        """What a set is worth, its costs and its taxes."""
        return self._values(self._every, chosen) + sum(map(self._taxes.__getitem__, chosen))

    def loss(self, index: Index, chosen: Set) -> float:
        """How much worse a set is without one of its indexes; nothing where no statement would notice."""
        loss = -self._gain(chosen, chosen - {index})
        numbers = self._costs.concerned([index])
        costs = zip(self._costs.costs(numbers, chosen), self._costs.costs(numbers, chosen - {index}), strict=True)
        return loss if any(is_noticed(without, cost) for cost, without in costs) else 0.0

    def _planning(self, index: Index) -> float:
        """What an index costs by being weighed, as a share of all the work."""
        each = self._costs.planning(index).items()
        return SHARE * sum(self._worth.weights[number] * cost for number, cost in each) / self._worth.mean

    def _values(self, numbers: Iterable[int], chosen: Set) -> float:
        keys = [(number, chosen & self._costs.relevant(number)) for number in numbers]
        missing = [number for number, narrow in keys if (number, narrow) not in self._memory]
        for number, cost in zip(missing, self._costs.costs(missing, chosen), strict=True):
            self._memory[number, chosen & self._costs.relevant(number)] = self._worth.of(number, cost)
        return sum(self._memory[key] for key in keys)

    def _size(self, chosen: Iterable[Index]) -> int:
        return sum(map(self._costs.size, chosen))

    def _gain(self, chosen: Set, other: Set) -> float:
        """How much better the other set is; only the statements that one of the differing indexes concerns differ."""
        numbers = self._costs.concerned(chosen ^ other)
        return self._values(numbers, chosen) - self._values(numbers, other) + self._untaxed(chosen, other)

    def _guessed(self, chosen: Set, other: Set) -> float:
        """How much better the other set is at least, from what is known already."""
        gain = self._untaxed(chosen, other)
        for number in self._costs.concerned(chosen ^ other):
            narrow = chosen & self._costs.relevant(number)
            now = self._memory.get((number, narrow))
            now = self._worth.of(number, self._costs.guess(number, narrow)) if now is None else now
            gain += now - self._worth.of(number, self._costs.guess(number, other))
        return gain

    def _untaxed(self, chosen: Set, other: Set) -> float:
        return sum(map(self._taxes.__getitem__, chosen - other)) - sum(map(self._taxes.__getitem__, other - chosen))

    def _packs(self) -> list[Set]:
        """What may be added at once: an index, or those that a plan uses together."""
        packs = {frozenset({index}) for index in self._pool}
        allowed = set(self._pool)
        for number in self._every:
            packs |= {a.used for a in self._costs.answers(number) if len(a.used) > 1 and a.used <= allowed}
        return sorted(packs, key=lambda pack: (len(pack), sorted(index.name for index in pack)))

    def _grown(self, chosen: Set, appetite: float) -> Set:
        """A set with what helps most for its size added, again and again. A pack's rating is asked for anew only when
        it comes to the top."""
        packs, used, rounds = self._packs(), self._size(chosen), 0
        queue = [(-math.inf, at, -1) for at in range(len(packs))]
        if chosen:
            queue = [
                (-math.inf, at, -1) for at, more in enumerate(packs) if self._guessed(chosen, chosen | more) > LEAST
            ]
        while queue:
            _, at, rated = heapq.heappop(queue)
            more = packs[at] - chosen
            size = self._size(more)
            if not more or used + size > self._budget:
                continue
            if rated == rounds:
                chosen, used, rounds = chosen | more, used + size, rounds + 1
                continue
            some = {at, *self._next(queue, rounds)}
            with self._costs.among(chosen.union(*(packs[one] for one in some))):
                for one in sorted(some):
                    more = packs[one] - chosen
                    gain = self._gain(chosen, chosen | more)
                    if gain > LEAST * len(more):
                        rating = gain / max(self._size(more), PAGE) ** appetite
                        heapq.heappush(queue, (-rating, one, rounds))
        return chosen

    @staticmethod
    def _next(queue: list[tuple[float, int, int]], rounds: int) -> Iterator[int]:
        """What is to be rated anew after the first, taken from the queue."""
        for _ in range(RATED - 1):
            if queue and queue[0][2] != rounds:
                yield heapq.heappop(queue)[1]

    def _pruned(self, chosen: Set) -> Set:
        """Without what is not missed. The fewer there are the more each is missed: what was found before is asked for
        anew only when it comes to the top."""
        queue = [(-math.inf, index.name, -1, index) for index in chosen]
        heapq.heapify(queue)
        rounds = 0
        with self._costs.among(chosen):
            while queue:
                loss, name, rated, index = heapq.heappop(queue)
                if rated < rounds:
                    heapq.heappush(queue, (self.loss(index, chosen), name, rounds, index))
                elif loss > LEAST:
                    break
                else:
                    chosen, rounds = chosen - {index}, rounds + 1
        return chosen

    def _improved(self, chosen: Set) -> Set:
        """One index put in place of another, or of two, as long as that is better."""
        for _ in range(MOST_STEPS):
            step = self._exchange(chosen)
            if step is None or self.score(step) >= self.score(chosen) - LEAST:
                return chosen
            chosen = step
        return chosen

    def _exchange(self, chosen: Set) -> Set | None:
        """The best of the exchanges that promise most."""
        promised = [(-self._guessed(chosen, other), at, other) for at, other in enumerate(self._others(chosen))]
        promised = sorted(one for one in promised if one[0] < -LEAST)[:TRIED]
        with self._costs.among(chosen.union(*(other for *_, other in promised))):
            gains = [(self._gain(chosen, other), other) for *_, other in promised]
        best = max(gains, key=lambda pair: pair[0], default=(0.0, NONE))
        return self._pruned(self._grown(best[1], 1.0)) if best[0] > LEAST else None

    def _others(self, chosen: Set) -> Iterator[Set]:
        """Every set with another index in place of one, of none, or of two where one is not enough: of the same table,
        or to make room."""
        free = self._budget - self._size(chosen)
        standing = [index for index in self._pool if index in chosen]
        for new in self._pool:
            if new in chosen:
                continue
            needed = self._costs.size(new) - free
            same = [index for index in standing if index.relation == new.relation]
            rivals = standing if needed > 0 else same
            small = [index for index in rivals if self._costs.size(index) < needed]
            pairs = dict.fromkeys(map(frozenset, (*combinations(same, 2), *combinations(small, 2))))
            for out in (NONE, *(frozenset({index}) for index in rivals), *pairs):
                if self._size(out) >= needed:
                    yield (chosen - out) | {new}


def is_noticed(before: float, after: float) -> bool:
    """Whether a statement becomes noticeably cheaper."""
    return before - after > max(NOTICED, before * PART)


def taxed(writes: Mapping[str, float], data: float, size: Callable[[Index], int]) -> Callable[[Index], float]:
    """What an index costs: for each row that is written (`writes` by relation, as a share of all that the app asks),
    and for its space compared to that of the data."""

    def tax(index: Index) -> float:
        each = 4.0 if "trgm" in str(index.keys[0]) else 2.0 if index.method == "gin" else 1.0
        share = 0.5 if index.where else 1.0
        return 0.01 * writes.get(index.relation, 0.0) * each * share + 0.02 * size(index) / max(data, 1.0)

    return tax
