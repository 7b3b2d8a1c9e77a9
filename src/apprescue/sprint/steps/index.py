"""What made the app faster when it was measured becomes migrations on the branch: indexes that earned their place,
rules written another way. They stay only where nothing else changes."""

from __future__ import annotations

from apprescue.model.sprint import Stage
from apprescue.model.tuning import Migration, Tuned
from apprescue.reports.interface import count
from apprescue.source.edits import applied
from apprescue.source.new_migration import Wanted, new_migrations
from apprescue.source.stored import restored
from apprescue.sprint import compare
from apprescue.sprint.judge import opened
from apprescue.sprint.repair import examine
from apprescue.sprint.steps.interface import Came, Doing, Told, Work

SUBJECT = "Make the app's own queries faster"


def step(work: Work) -> Doing:
    """Write them, examine everything again, and keep them where no right changed and nothing else broke."""
    tuned = next((restored(one.data["tuned"], Tuned) for one in work.events("tuned")), Tuned())
    if not tuned.migrations:
        return Came(stage=Stage.LEFT_OUT, reason="No change that was measured makes enough of a difference.")
    with work.branch() as branch:
        made = next((commit for commit, told in branch.log() if told.startswith(SUBJECT)), "")
        if not made:
            before = examine(branch.root, work.laboratory, work.tell)
            edits = tuple(new_migrations(before.app, map(_wanted, tuned.migrations)))
            if not edits:
                return Came(stage=Stage.LEFT_OUT, reason="The app keeps no migrations that one could be added to.")
            after = applied(before.app.files, edits)
            paths = [edit.path for edit in edits]
            branch.put({path: after[path] for path in paths})
            then = examine(branch.root, work.laboratory, work.tell)
            beyond = [one for one in compare.changed(before.access, then.access) if not one.harmless]
            if beyond or opened(before, then):
                why = str(beyond[0]) if beyond else opened(before, then)[0].title
                return Came(stage=Stage.LEFT_OUT, reason=f"They would change more than the speed: {why}.")
            told = "\n".join(f"{one.reason} {one.effect}" for one in tuned.migrations)
            made = branch.commit(paths, before.redact(f"{SUBJECT}\n\n{told}\n"))
    yield Told("sped", {"commit": made, "migrations": [one.name for one in tuned.migrations]})
    return Came(f"{count(len(tuned.migrations), 'migration')}, measured before and after")


def _wanted(one: Migration) -> Wanted:
    words = one.name.partition("_")[2].removesuffix(".sql")
    return Wanted(words, f"{one.reason} {one.effect}", one.sql, one.undo, alone=one.alone)
