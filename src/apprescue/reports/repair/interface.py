"""What the papers about a run of repairs have in common. A paper is `render(done, screen) -> str`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from apprescue.model.repair import Repair, Repaired, State
from apprescue.reports.interface import count

LOUD = ("critical", "high")


def headline(done: Repaired, dry: bool = False) -> str:
    """The answer in one line."""
    made = len(done.by(State.REPAIRED))
    if not made:
        before = f" {count(done.earlier, 'repair')} of an earlier run stand on {done.branch}." if done.earlier else ""
        return f"Nothing more could be repaired and proved.{before}"
    along = len(done.by(State.ALONG))
    where = "Nothing was written: this was a dry run." if dry else f"They are commits on the branch {done.branch}."
    return f"{count(made, 'repair')} proved, {count(made + along, 'finding')} closed. {where}"


def loud(done: Repaired) -> str:
    """How many of the worst are closed; empty where there were none."""
    worst = [one for one in done.repairs if one.finding.severity in LOUD]
    shut = sum(one.state in (State.REPAIRED, State.ALONG) for one in worst)
    return f"Of the critical and high ones {shut} of {len(worst)} are closed." if worst else ""


def made(one: Repair) -> str:
    """What was done, in a line."""
    cells = f", {count(one.cells, 'cell')} of the access matrix put right" if one.cells else ""
    return f"{one.patch.title if one.patch else ''} ({count(one.lines, 'line')}{cells})"


def by_reason(repairs: Iterable[Repair]) -> Iterator[tuple[str, list[Repair]]]:
    """The repairs that came to nothing for the same reason, worst first."""
    for reason, group in groupby(sorted(repairs, key=lambda one: one.reason), key=lambda one: one.reason):
        yield reason, sorted(group, key=lambda one: one.finding.order)


def steps(done: Repaired) -> list[str]:
    """What a person has to do beside the repairs, each once."""
    every = (step for one in done.by(State.REPAIRED) if one.patch for step in one.patch.todo)
    return list(dict.fromkeys(every))
