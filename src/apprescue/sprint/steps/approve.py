"""The owner looks at the repairs that need an eye, and takes each or not. What he does not take is undone."""

from __future__ import annotations

from datetime import date

from apprescue.lab.rescue import Rescue
from apprescue.model.repair import State
from apprescue.model.sprint import Stage
from apprescue.reports.interface import count
from apprescue.sprint import intent
from apprescue.sprint.ledger import FINDING
from apprescue.sprint.steps.interface import Came, Doing, Told, Work
from apprescue.sprint.suppressions import FILE, Suppression, added

KIND = "patch"
BUILT_ON = "You did not take its repair, but a later one builds on it: undo both by hand."
NOT_TAKEN = "You did not take its repair."


def step(work: Work) -> Doing:
    """Ask for each repair that is marked for review, wait, and undo what is not taken."""
    repairs = {one.key: one.data for one in work.events(FINDING)}
    repairs = {key: one for key, one in repairs.items() if one["state"] == State.REPAIRED.value and one["review"]}
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
        for key in refused:
            one = repairs[key]
            back = branch.take_back(one["commit"], f"Take back: {one['fix']}\n\n{NOT_TAKEN}\n")
            reason = NOT_TAKEN if back else BUILT_ON
            yield Told(FINDING, {**one, "state": State.OPEN.value if back else one["state"], "reason": reason}, key)
    return Came(f"{count(len(repairs) - len(refused), 'repair')} taken, {len(refused)} taken back")


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
