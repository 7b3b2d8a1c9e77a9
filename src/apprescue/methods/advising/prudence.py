"""What a plan costs somebody for whom the planner's guess does not hold.

The planner thinks that rows that fit lie evenly everywhere: to show the latest 20 of somebody's posts it likes to walk
through everybody's posts from the latest on until it has met 20. Whoever has none waits until the walk is over. The
other indexes that were chosen do not help: as long as that walk is possible, the planner takes it.

Nor does it think much of looking things up one by one: where it reckons a few units for a row or a round, because all
is in memory, a sequential read of the same rows takes a fifth of the time (measured; `FETCHED`, `ROUND`).
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.plan import Plan
from apprescue.model.workload import Drawn, Standing

UNLUCKY = {Standing.HOT: 0.05, Standing.MEDIAN: 0.2, Standing.EMPTY: 1.0}
"""How much of the rest of a walk somebody of that standing has to wait for."""
CALM = 0.02
"""The same where nobody's own rows are looked for."""
BOUND = 0.2
"""How much is left of that where the walk is through a part of the index only."""


FETCHED, ROUND = 0.1, 0.1
"""What a row that an index points at, and a round of a nested loop, cost more than the planner thinks."""


def reckoned(plan: Plan, drawn: Drawn, standing: Standing) -> float:
    """The cost of a plan for somebody of that standing."""
    own = bool(drawn.statement.parameters) or drawn.statement.role == "authenticated"
    return plan.cost + _strain(plan, 1.0) + (UNLUCKY[standing] if own else CALM) * _rest(plan, 1.0)


def _strain(step: Plan, times: float) -> float:
    """What the planner forgets of a step that is run so many times, and of all below it."""
    strain = times * step.rows * FETCHED if step.kind in ("Index Scan", "Bitmap Heap Scan") else 0.0
    if step.kind == "Memoize":
        return strain  # how often it really looks is not told
    if step.kind == "Limit" and step.feeds:
        times *= min(1.0, step.cost / max(step.feeds[0].cost, 0.01))
    for one, rounds in _rounds(step):
        strain += (times * rounds * ROUND if rounds > 1 else 0.0) + _strain(one, times * rounds)
    return strain


def _rest(step: Plan, times: float) -> float:
    """What all the walks that end early would cost more if they went on to their end."""
    rest = 0.0
    if step.kind == "Limit" and step.feeds:
        walk = step.feeds[0]
        more = walk.cost + _strain(walk, 1.0) - step.cost - _strain(step, 1.0)
        rest += times * max(0.0, more) * _risk(walk)
    return rest + sum(_rest(one, times * rounds) for one, rounds in _rounds(step))


def _rounds(step: Plan) -> Iterator[tuple[Plan, float]]:
    """What feeds a step, and how many times each is run for it."""
    for number, one in enumerate(step.feeds):
        if one.parent == "SubPlan" and "hashed" not in one.subplan:
            yield one, max(1.0, step.rows)
        elif step.kind == "Nested Loop" and one.parent == "Inner":
            yield one, max(1.0, step.feeds[number - 1].rows)
        else:
            yield one, 1.0


def _risk(walk: Plan) -> float:
    """How surely a walk meets rows that do not count."""
    path = list(_path(walk))
    begin = path[-1]
    discards = any(step.said("Filter") or step.kind.endswith(("Join", "Loop")) for step in path)
    return (BOUND if begin.said("Index Cond") else 1.0) if discards else 0.0


def _path(step: Plan) -> Iterator[Plan]:
    yield step
    feeds = [one for one in step.feeds if one.parent not in ("InitPlan", "SubPlan")]
    if feeds:
        yield from _path(feeds[0])
