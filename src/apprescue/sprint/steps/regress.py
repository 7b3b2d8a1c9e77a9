"""Everything is looked at once more as the branch has it: what was closed is closed, and nothing else broke."""

from __future__ import annotations

from apprescue.model.repair import State
from apprescue.model.sprint import CLOSED
from apprescue.reports.interface import count
from apprescue.sprint import compare
from apprescue.sprint.ledger import FINDING
from apprescue.sprint.repair import examine, repeatable
from apprescue.sprint.steps.interface import AFTER, Came, Doing, Told, Work, looked
from apprescue.sprint.steps.triage import scored

BACK = "It is there again after all repairs."
GONE = "Nothing of it is left after the other repairs."


def step(work: Work) -> Doing:
    """Examine the branch, and hold it against the first day."""
    with work.branch() as branch:
        done = examine(branch.root, work.laboratory, work.tell)
    known = {one.key: one for one in work.findings().values()}
    before, now = list(known.values()), done.audit.findings
    new = compare.opened(before, now)
    names = {one.key for one in new}
    yield from (told for told in looked(done, AFTER) if told.kind != "found" or told.key in names)
    states, able, left = work.book.states(work.began), repeatable(), list(new)
    for one in before:
        closed = states.get(one.key) in CLOSED
        there = one.check not in able or compare.again(one, before, now) is not None
        if there and closed and states[one.key] != State.CLEARED.value:
            yield Told(FINDING, {"state": State.OPEN.value, "reason": BACK}, one.key)
        elif not there and not closed:
            yield Told(FINDING, {"state": State.ALONG.value, "reason": GONE}, one.key)
        if there and states.get(one.key) != State.SUPPRESSED.value:
            left.append(one)
    yield from scored(work, left, AFTER)
    return Came(f"{count(len(before), 'problem')} on the first day, {len(left)} now, {len(new)} of them new")
