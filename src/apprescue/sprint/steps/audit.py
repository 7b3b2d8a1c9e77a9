"""Everything is read, and who can do what is tried: what is wrong before anything is changed."""

from __future__ import annotations

from apprescue.model.finding import Evidence
from apprescue.reports.interface import count
from apprescue.sprint.run import examined
from apprescue.sprint.steps.interface import BEFORE, Came, Doing, Work, looked


def step(work: Work) -> Doing:
    """Audit the owner's folder as it stands."""
    done = examined(work.root, (), work.tell, work.laboratory.trial)
    yield from looked(done, BEFORE)
    proven = sum(one.evidence is Evidence.PROVEN for one in done.findings)
    return Came(f"{count(len(done.findings), 'problem')}, {proven} of them proven by running it")
