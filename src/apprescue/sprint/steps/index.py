"""What made the app faster when it was measured becomes migrations on the branch: indexes that earned their place,
rules written another way. Each stays only where nothing else changes."""

from __future__ import annotations

from collections.abc import Callable

from apprescue.lab.rescue import Rescue
from apprescue.model.sprint import Stage
from apprescue.model.tuning import Migration, Tuned
from apprescue.source.edits import applied
from apprescue.source.new_migration import Wanted, new_migrations
from apprescue.source.stored import restored
from apprescue.sprint import compare
from apprescue.sprint.judge import opened
from apprescue.sprint.repair import examine
from apprescue.sprint.run import Examined
from apprescue.sprint.steps.interface import Came, Doing, Told, Work

TRAILER = "Apprescue-Migration: "
NOWHERE = "the app keeps no migrations of SQL; they are files of the handover pack"


def step(work: Work) -> Doing:
    """Write them one by one, examine everything again after each, and take back what changes a right or breaks
    something."""
    tuned = next((restored(one.data["tuned"], Tuned) for one in work.events("tuned")), Tuned())
    if not tuned.migrations:
        return Came(stage=Stage.LEFT_OUT, reason="No change that was measured makes enough of a difference.")
    kept, refused = 0, ""
    with work.branch() as branch:
        there = {told.partition(TRAILER)[2].strip(): commit for commit, told in branch.log() if TRAILER in told}
        now = examine(branch.root, work.laboratory, work.tell)
        for one in tuned.migrations:
            work.tell(f"trying {one.name}")
            commit, why = there.get(one.name, ""), ""
            if not commit:
                commit, why, now = _tried(branch, one, now, lambda: examine(branch.root, work.laboratory, work.tell))
            yield Told("sped", {"commit": commit, "reason": why}, one.name)
            kept += bool(commit)
            refused = refused or why
    if not kept:
        return Came(
            stage=Stage.LEFT_OUT, reason=f"None of {len(tuned.migrations)} migrations could be kept: {refused}."
        )
    return Came(f"{kept} of {len(tuned.migrations)} migrations that helped are on the branch")


def _tried(branch: Rescue, one: Migration, before: Examined, look: Callable[[], Examined]) -> tuple[str, str, Examined]:
    """The commit of a migration, or why there is none; and the app as it is then."""
    edits = tuple(new_migrations(before.app, [_wanted(one)]))
    if not edits:
        return "", NOWHERE, before
    paths = [edit.path for edit in edits]
    after = applied(before.app.files, edits)
    branch.put({path: after[path] for path in paths})
    then = look()
    beyond = [str(cell) for cell in compare.changed(before.access, then.access) if not cell.harmless]
    broken = [finding.title for finding in opened(before, then)]
    if beyond or broken:
        branch.restore(paths)
        return "", f"it would change more than the speed ({[*beyond, *broken][0]})", before
    told = f"{one.reason}\n\n{one.effect}\n\n{TRAILER}{one.name}\n"
    return branch.commit(paths, before.redact(told)), "", then


def _wanted(one: Migration) -> Wanted:
    words = one.name.partition("_")[2].removesuffix(".sql")
    return Wanted(words, f"{one.reason} {one.effect}", one.sql, one.undo, alone=one.alone)
