"""What was found becomes commits, one proved repair at a time, for the risks that the step is about."""

from __future__ import annotations

from collections import Counter

from apprescue.model.repair import State
from apprescue.reports.interface import count
from apprescue.sprint.ledger import FINDING
from apprescue.sprint.notes import SETTLED
from apprescue.sprint.pages import chosen
from apprescue.sprint.repair import LINES, Wish, repair
from apprescue.sprint.steps.interface import Came, Doing, Work


def step(work: Work) -> Doing:
    """Repair. A run that was broken off goes on behind the last commit; what it tried in vain is not tried again."""
    before = list(work.book.events(FINDING, work.since))
    accepted = {one.key for one in work.events("accepted")}
    settled = accepted.union(one.key for one in before if one.data["state"] in SETTLED)
    spent = sum(one.data["lines"] for one in before if one.data["state"] == State.REPAIRED.value)
    checks, _ = chosen(work.step.only)
    wish = Wish(only=tuple(checks), settled=frozenset(settled), lines=LINES - spent, bench=work.wish.bench)
    done = repair(work.root, wish, work.tell, work.book, work.laboratory)
    yield from ()
    found = {one.key for one in work.events("found")}  # another run may know the same finding by another key
    came = Counter(state for key, state in work.book.states(work.since).items() if key in found)
    said = [
        count(came[State.REPAIRED.value], "repair"),
        f"{came[State.ALONG.value]} closed along",
        f"{came[State.REFUSED.value]} taken back",
        f"{came[State.BY_HAND.value]} left to a person",
    ]
    said += [f"each held against your own {', '.join(done.own_checks)}"] if done.own_checks else []
    return Came(", ".join(said))
