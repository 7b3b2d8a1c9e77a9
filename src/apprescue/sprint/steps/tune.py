"""The app's own queries at volume, before and after what helps."""

from __future__ import annotations

from dataclasses import replace

from apprescue.model.sprint import Stage
from apprescue.source.stored import stored
from apprescue.sprint.bench import LEFT_OUT
from apprescue.sprint.steps.interface import Came, Doing, Told, Work
from apprescue.sprint.tune import tune
from apprescue.sprint.wish import Wish


def step(work: Work) -> Doing:
    """Measure the app as the branch has it."""
    if work.wish.bench.static:
        return Came(stage=Stage.LEFT_OUT, reason=LEFT_OUT)
    with work.branch() as branch:
        tuned = tune(branch.root, Wish(work.wish.sizes, dump=work.wish.bench.dump), work.tell)
    yield Told("tuned", {"tuned": stored(replace(tuned, measured=(), findings=(), timings={}))})
    for one in tuned.measured:
        yield Told("measured", {"measured": stored(one)}, one.statement.key)
    every, was, now = len(tuned.common), tuned.fast(after=False), tuned.fast(after=True)
    if not every:
        return Came(stage=Stage.LEFT_OUT, reason="No query of the app could be run, so nothing was measured.")
    return Came(f"{was} of {every} common reads fast before, {now} after, at {work.wish.sizes[-1]:,} rows")
