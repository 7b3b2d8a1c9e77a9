"""What a plan costs somebody for whom the planner's guess does not hold.

The planner thinks that rows that fit lie evenly everywhere: to show the latest 20 of somebody's posts it likes to walk
through everybody's posts from the latest on until it has met 20. Whoever has none waits until the walk is over. The
other indexes that were chosen do not help: as long as that walk is possible, the planner takes it.
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


def reckoned(plan: Plan, drawn: Drawn, standing: Standing) -> float:
    """The cost of a plan for somebody of that standing."""
    own = bool(drawn.statement.parameters) or drawn.statement.role == "authenticated"
    return plan.cost + (UNLUCKY[standing] if own else CALM) * _rest(plan, 1.0)


def _rest(step: Plan, loops: float) -> float:
    """What all the walks that end early would cost more if they went on to their end."""
    rest = 0.0
    if step.kind == "Limit" and step.feeds:
        rest += loops * max(0.0, step.feeds[0].cost - step.cost) * _risk(step.feeds[0])
    for number, one in enumerate(step.feeds):
        times = 1.0
        if one.parent == "SubPlan" and not one.subplan.startswith("hashed"):
            times = max(1.0, step.rows)
        elif step.kind == "Nested Loop" and one.parent == "Inner":
            times = max(1.0, step.feeds[number - 1].rows)
        rest += _rest(one, loops * times)
    return rest


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
