"""Which of the candidates to have: the best set that fits, searched from several sides and then improved in place."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from apprescue.methods.tuning.costs import NONE, Costs, Set
from apprescue.model.index import Index

SMALL = 30.0
"""A cost below which nobody notices."""
SHARE = 0.5
"""How much of a statement's worth is the work that it makes; the rest is by how many times it gets faster."""
LEAST = 1e-4
APPETITES = (1.0, 0.5, 0.0)
"""To what power the size counts while the best next index is looked for."""


@dataclass(frozen=True)
class Worth:
    """What a set of indexes is worth: lower is better. `weights` of the statements add up to 1; `base` is what each
    costs without; `tax` what each index costs, as a share of all the work, for its writes and its space."""

    weights: Sequence[float]
    base: Sequence[float]
    tax: Callable[[Index], float]

    def of(self, number: int, cost: float) -> float:
        """What a statement's cost counts."""
        mean = sum(w * b for w, b in zip(self.weights, self.base, strict=True)) or 1.0
        faster = math.log((cost + SMALL) / (self.base[number] + SMALL))
        return self.weights[number] * (SHARE * cost / mean + (1 - SHARE) * faster)


class Search:
    """The search for one budget, in bytes."""

    def __init__(self, costs: Costs, worth: Worth, pool: Sequence[Index], budget: float) -> None:
        self._costs, self._worth, self._pool, self._budget = costs, worth, pool, budget
        self._memory: dict[tuple[int, Set], float] = {}

    def best(self) -> Set:
        """The best set that was found."""
        found = [self._improved(self._pruned(self._grown(NONE, appetite))) for appetite in APPETITES]
        return min(found, key=self.score)

    def score(self, chosen: Set) -> float:
        """What a set is worth, its costs and its taxes."""
        return sum(self._value(n, chosen) for n in range(len(self._worth.base))) + sum(map(self._worth.tax, chosen))

    def _value(self, number: int, chosen: Set) -> float:
        narrow = chosen & self._costs.relevant(number)
        key = (number, narrow)
        if key not in self._memory:
            self._memory[key] = self._worth.of(number, self._costs.cost(number, narrow))
        return self._memory[key]

    def _size(self, chosen: Iterable[Index]) -> int:
        return sum(map(self._costs.size, chosen))

    def _gain(self, chosen: Set, other: Set) -> float:
        """How much better the other set is; only the statements that one of the differing indexes concerns differ."""
        changed = chosen ^ other
        numbers = self._costs.concerned(changed)
        before = sum(self._value(n, chosen) for n in numbers) + sum(map(self._worth.tax, chosen - other))
        return before - sum(self._value(n, other) for n in numbers) - sum(map(self._worth.tax, other - chosen))

    def _packs(self) -> list[Set]:
        """What may be added at once: an index, or those that a plan uses together."""
        packs = {frozenset({index}) for index in self._pool}
        allowed = set(self._pool)
        for number in range(len(self._worth.base)):
            packs |= {a.used for a in self._costs.answers(number) if len(a.used) > 1 and a.used <= allowed}
        return sorted(packs, key=lambda pack: (len(pack), sorted(index.name for index in pack)))

    def _grown(self, chosen: Set, appetite: float) -> Set:
        """A set with what helps most for its size added, again and again. A pack's rating is asked for anew only when
        it comes to the top."""
        packs = self._packs()
        used = self._size(chosen)
        queue = [(-math.inf, at, -1) for at in range(len(packs))]
        round_ = 0
        while queue:
            rating, at, rated = heapq.heappop(queue)
            more = packs[at] - chosen
            size = self._size(more)
            if not more or used + size > self._budget:
                continue
            if rated == round_ and rating < 0:
                chosen, used, round_ = chosen | more, used + size, round_ + 1
                continue
            gain = self._gain(chosen, chosen | more)
            if gain > LEAST * len(more):
                heapq.heappush(queue, (-gain / max(size, 8192) ** appetite, at, round_))
        return chosen

    def _pruned(self, chosen: Set) -> Set:
        """Without what is not missed."""
        while chosen:
            losses = [(-self._gain(chosen, chosen - {index}), index.name, index) for index in chosen]
            loss, _, index = min(losses)
            if loss > LEAST:
                break
            chosen -= {index}
        return chosen

    def _improved(self, chosen: Set) -> Set:
        """One index put in place of another, or of two, as long as that is better."""
        for _ in range(50):
            step = self._exchange(chosen)
            if step is None:
                return chosen
            chosen = self._pruned(self._grown(step, 1.0))
        return chosen

    def _exchange(self, chosen: Set) -> Set | None:
        free = self._budget - self._size(chosen)
        best: tuple[float, Set] | None = None
        for new in self._pool:
            if new in chosen:
                continue
            rivals = [index for index in chosen if index.relation == new.relation]
            outs = [frozenset({old}) for old in rivals]
            outs += [frozenset({a, b}) for a in rivals for b in rivals if a.name < b.name]
            if self._costs.size(new) > free:
                outs += [frozenset({old}) for old in chosen if old.relation != new.relation]
            else:
                outs.append(NONE)
            for out in outs:
                if self._costs.size(new) - self._size(out) <= free:
                    other = (chosen - out) | {new}
                    gain = self._gain(chosen, other)
                    if gain > LEAST and (best is None or gain > best[0]):
                        best = (gain, other)
        return best[1] if best else None


def taxed(writes: Mapping[str, float], data: float, size: Callable[[Index], int]) -> Callable[[Index], float]:
    """What an index costs: for each row that is written (`writes` by relation, as a share of all that the app asks),
    and for its space compared to that of the data."""

    def tax(index: Index) -> float:
        each = 4.0 if "trgm" in str(index.keys[0]) else 2.0 if index.method == "gin" else 1.0
        share = 0.5 if index.where else 1.0
        return 0.01 * writes.get(index.relation, 0.0) * each * share + 0.02 * size(index) / max(data, 1.0)

    return tax
