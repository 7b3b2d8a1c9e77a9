"""The owner looks at the repairs that need an eye, and takes each or not. What he does not take is
undone, with what builds on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from apprescue.lab.rescue import Rescue
from apprescue.model.repair import State
from apprescue.model.sprint import Stage
from apprescue.reports.interface import count
from apprescue.sprint import intent
from apprescue.sprint.ledger import FINDING
from apprescue.sprint.steps.interface import Came, Doing, Told, Work
from apprescue.sprint.suppressions import FILE, Suppression, added

KIND = "patch"
BUILT_ON = "Its repair builds on one that you did not take."
NOT_TAKEN = "You did not take its repair."
STAYS = "You did not take its repair, but what builds on it cannot be undone: undo both by hand."


def step(work: Work) -> Doing:
    """Ask for each repair that is marked for review, wait, and undo what is not taken."""
    became = {one.key: one.data for one in work.events(FINDING)}
    standing = {key: one for key, one in became.items() if one["state"] == State.REPAIRED}
    repairs = {key: one for key, one in standing.items() if one["review"]}
    known = work.findings()
    decided = work.answers(KIND)
    for key, one in repairs.items():
        title = known[key].title if key in known else one["check"]
        text = f"Take this repair? {one['fix']} ({title})"
        yield Told("asked", {"kind": KIND, "text": text, "evidence": " ".join(one["todo"]), "default": True}, key)
        if work.wish.yes and key not in decided:
            yield Told("decided", {"kind": KIND, "answer": True, "by": "--yes"}, key)
    left = [key for key in repairs if key not in decided]
    if left and not work.wish.yes:
        return Came(stage=Stage.ASKING, reason=f"{count(len(left), 'repair')} that you should look at.")
    refused = [key for key, taken in decided.items() if not taken and key in repairs]
    with work.branch() as branch:
        _accept(branch, work)
        back = _Back(branch, standing, refused)
        for key in refused:
            back.take(key)
    yield from (Told(FINDING, data, key) for key, data in back.told.items())
    gone = {key for key in back.told if back.is_gone(key)}
    said = f"{count(len(repairs.keys() - gone), 'repair')} taken, {len(gone.intersection(refused))} taken back"
    more = len(gone.difference(refused))
    return Came(f"{said}, and {count(more, 'repair')} built on that" if more else said)


@dataclass
class _Back:
    """What is taken back of a branch: `repairs` are those that stand on it by their findings' keys, `refused` are not
    taken by the owner, `told` is what became of those that do not stay as they are."""

    branch: Rescue
    repairs: Mapping[str, Mapping[str, Any]]
    refused: list[str]
    told: dict[str, dict[str, Any]] = field(default_factory=dict)

    def is_gone(self, key: str) -> bool:
        """Whether a repair was undone."""
        return key in self.told and bool(self.told[key]["state"] == State.OPEN)

    def take(self, key: str) -> None:
        """Undo a repair, and before it those that build on it."""
        if key in self.told:
            return
        one, reason = self.repairs[key], NOT_TAKEN if key in self.refused else BUILT_ON
        self.told[key] = {**one, "reason": STAYS}
        message = f"Take back: {one['fix']}\n\n{reason}\n"
        while not self.branch.take_back(one["commit"], message):
            later = self.branch.builds_on(one["commit"])
            left = (name for name, data in self.repairs.items() if name not in self.told and data["commit"] in later)
            blocking = next(left, key)
            self.take(blocking)
            if not self.is_gone(blocking):
                return
        self.told[key] = {**one, "state": State.OPEN.value, "reason": reason}


def _accept(branch: Rescue, work: Work) -> None:
    """Put what the owner accepts for a time into the file that says so, on the branch."""
    accepted = [
        Suppression(one.key, one.data["reason"], one.data["owner"], date.fromisoformat(one.data["expires"]))
        for one in {one.key: one for one in work.events("accepted")}.values()
    ]
    there = intent.standing(branch.root)
    text = added(there, accepted)
    if text != there:
        branch.put({FILE: text})
        branch.commit([FILE], f"Say what is accepted for a time: {FILE}\n\nThe owner's decisions.\n")
