"""Findings into commits, each proved: patch, parse, examine everything again, compare, and commit or put back.

It is bounded: every finding is taken once, by the fixes that answer its check, and a run stops at its budget of lines.
A second run starts from the branch that the first one left, and finds nothing to do.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from textwrap import wrap

from apprescue import checks, fixes
from apprescue.checks.interface import called
from apprescue.fixes.interface import on_shelf
from apprescue.lab.postgres import serve
from apprescue.lab.rescue import Rescue, rescue
from apprescue.model.audit import without_secrets
from apprescue.model.finding import Finding, Severity
from apprescue.model.outcome import Cleared, Found
from apprescue.model.patch import Patch
from apprescue.model.place import Code, PolicyPlace
from apprescue.model.repair import Repair, Repaired, State
from apprescue.shelf import names
from apprescue.source.edits import EditError, applied, difference, joined
from apprescue.source.files import read_tree
from apprescue.source.syntax import complaints
from apprescue.sprint import compare
from apprescue.sprint.bench import TRYING, Bench
from apprescue.sprint.judge import STILL_THERE, after_of, against, opened
from apprescue.sprint.laboratory import Laboratory
from apprescue.sprint.ledger import Ledger, ledger
from apprescue.sprint.notes import TRAILER, Notes
from apprescue.sprint.own_checks import OwnChecks
from apprescue.sprint.regression import Tripwires, regression
from apprescue.sprint.run import Examined, Tell, examined

LINES = 4000
ALONG = 2  # so many problems that a repair lays bare are repaired with it
WIDTH = 100
NO_FIX = "No repair is known that would not have to guess what you mean."
CLOSED_BY = "It was closed by “{}”."


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run is to do. `least` is the mildest severity that is repaired, `only` names checks (none for all),
    `settled` are the keys of findings that are not tried again, `lines` is the budget of changed lines; a `dry` run
    leaves no branch. Each commit is written to the folder `patches`, as a file that `git am` takes."""

    least: Severity = Severity.LOW
    only: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()
    lines: int = LINES
    dry: bool = False
    bench: Bench = TRYING
    patches: Path | None = None


def repair(
    root: Path, wish: Wish, progress: Tell = lambda _: None, book: Ledger | None = None, lent: Laboratory | None = None
) -> Repaired:
    """Repair the app in a folder on a branch of our own; its files, index and branches stay as they are. `book` is its
    ledger where the caller holds it, `lent` a laboratory that stands already.

    Raises NoAppError, SuppressionError, OSError as `audit_folder`; CommandError where git fails, PostgresError where
    there is no laboratory, LedgerError where another run is at work on the app.
    """
    started = time.perf_counter()
    with ExitStack() as stack:
        if book is None and not wish.dry:
            book = stack.enter_context(ledger(root))
        branch = stack.enter_context(rescue(root, tuple(read_tree(root).files), date.today(), wish.dry))
        work = _Work(root, branch, lent or stack.enter_context(laboratory(wish.bench)), wish, progress, book)
        earlier = sum(TRAILER in message for _, message in branch.log())
        repairs = tuple({one.finding.key: one for one in work.noted()}.values())
        if wish.patches:
            _write(branch, wish.patches)
        done = Repaired(root.resolve().name, branch.branch, str(branch.git_dir), branch.base, repairs, earlier)
        notes, own = (*_notes(branch), *work.own.notes), work.own.names
        return replace(done, notes=notes, own_checks=own, seconds=time.perf_counter() - started)


def examine(root: Path, laboratory: Laboratory, progress: Tell) -> Examined:
    """Everything that can change by a repair: all checks but those that look into older commits."""
    return examined(root, repeatable(), progress, laboratory.trial)


def repeatable() -> tuple[str, ...]:
    """The checks whose answer a commit can change: all but those that look into older commits."""
    return tuple(name for name in names(checks) if "history" not in called(checks, name).needs)


@contextmanager
def laboratory(bench: Bench) -> Iterator[Laboratory]:
    """A laboratory that stays open. Raises PostgresError where there can be none."""
    if bench.static:
        yield Laboratory(None, bench)
        return
    with serve(url=bench.url) as server:
        yield Laboratory(server, bench)


def _write(branch: Rescue, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, (commit, message) in enumerate(branch.log(), 1):
        slug = re.sub(r"\W+", "-", message.splitlines()[0]).strip("-").lower()[:60]
        (folder / f"{number:04}-{slug}.patch").write_text(branch.patch(commit), "utf-8", "surrogateescape")


def _notes(branch: Rescue) -> Iterator[str]:
    if branch.is_own:
        yield f"The folder has no repository with a commit: the branch is in one of ours, {branch.git_dir}."
    if branch.differing:
        named = ", ".join(branch.differing[:3]) + ", …" * (len(branch.differing) > 3)
        yield (
            f"{len(branch.differing)} of your files are not committed as they stand ({named}): the repairs start from"
            " your last commit."
        )


class _Work:
    """One run: what is known of the app as the branch has it, and the fixes to try."""

    def __init__(
        self, root: Path, branch: Rescue, laboratory: Laboratory, wish: Wish, progress: Tell, book: Ledger | None
    ) -> None:
        self._branch, self._laboratory, self._wish, self._progress = branch, laboratory, wish, progress
        self._fixes = on_shelf(fixes)
        self._left = wish.lines
        self._now = examine(branch.root, laboratory, progress)
        self._redact = self._now.redact
        self._notes = Notes(book, branch.base, self._redact)
        self._tripwires = Tripwires(self._redact)
        self._taken_back: dict[str, str] = {}  # what broke something breaks it for every finding
        self.own = OwnChecks(root, branch.root, self._now.app.files, progress)

    def noted(self) -> Iterator[Repair]:
        """The repairs as they come, each put down in the ledger, its secrets hidden; before them what an earlier run
        could not tell any more, and how everything stands."""
        self._notes.caught_up(self._branch.log())
        self._notes.standing(self._standing())
        for one in self._repairs():
            self._notes.told(one)
            yield without_secrets(one, self._redact)

    def _standing(self) -> Iterator[Repair]:
        """How each finding stands before anything is tried."""
        for outcome in self._now.outcomes:
            if isinstance(outcome, Found):
                accepted = outcome.finding.suppressed
                yield Repair(outcome.finding, State.SUPPRESSED if accepted else State.OPEN, accepted)
            elif isinstance(outcome, Cleared):
                yield Repair(outcome.finding, State.CLEARED, outcome.why)

    def _repairs(self) -> Iterator[Repair]:
        """What became of each finding, the most costly first; one that was left and that a later repair closes is told
        again. Those that stood behind another one are taken up after it."""
        wanted = [one for one in self._now.findings if self._is_wanted(one)]
        taken: list[Finding] = []
        left: list[Finding] = []
        commits: dict[str, str] = {}
        for number, finding in enumerate(wanted, 1):
            self._progress(f"repairing {number} of {len(wanted)}: {finding.title}")
            begun = time.perf_counter()
            if finding.key in self._wish.settled:
                left.append(finding)
                continue
            now = compare.again(finding, (*wanted, *taken), self._now.findings)
            if now is None:
                title = commits.get(finding.key, "another repair")
                yield Repair(finding, State.ALONG, CLOSED_BY.format(title))
                continue
            taken.append(now)
            known = self._now.findings
            done = replace(self._one(now), seconds=time.perf_counter() - begun)
            if done.patch and done.state is State.REPAIRED:
                there = {one.key for one in self._now.findings}
                commits |= {one.key: done.patch.title for one in known if one.key not in there}
                wanted += [one for one in compare.opened(known, self._now.findings) if self._is_wanted(one)]
                for one in [one for one in left if compare.again(one, (*wanted, *taken), self._now.findings) is None]:
                    left.remove(one)
                    yield Repair(one, State.ALONG, CLOSED_BY.format(done.patch.title))
            else:
                left.append(now)
            yield done

    def _is_wanted(self, finding: Finding) -> bool:
        named = not self._wish.only or finding.check in self._wish.only
        return named and finding.severity.rank <= self._wish.least.rank

    def _one(self, finding: Finding) -> Repair:
        """Try the fixes that answer a finding, in the order of the shelf, until one is proved."""
        refused = None
        for fix in self._fixes:
            try:
                patch = fix.patch(finding, self._now.world)
            except Exception as error:  # a broken fix must not take the others with it
                refused = Repair(
                    finding, State.REFUSED, f"The fix {fix.name} broke off: {type(error).__name__}: {error}"
                )
                continue
            if patch:
                tried = self._tried(finding, patch)
                if tried.state is State.REPAIRED:
                    return tried
                refused = tried
        return refused or Repair(finding, State.BY_HAND, NO_FIX)

    def _tried(self, finding: Finding, patch: Patch, along: tuple[Finding, ...] = ()) -> Repair:
        """One patch, proved and committed, or put back. `along` are the findings that it laid bare and repairs too."""
        files = self._now.app.files
        try:
            after = {path: text for path, text in applied(files, patch.edits).items() if path not in patch.gone}
            told = difference(files, after)
        except EditError as error:
            return Repair(finding, State.REFUSED, f"The edits do not fit: {error}.", patch)
        lines = sum(row[:1] in "+-" and row[:3] not in ("+++", "---") for row in told.splitlines() if row)
        made = Repair(finding, State.REFUSED, "", patch, difference=told, lines=lines, before=finding.proof)
        reason = self._unfit(patch, after, lines) or self._taken_back.get(told, "")
        if reason:
            return replace(made, reason=reason)
        self._branch.put({path: after[path] for path in patch.paths if path in after}, patch.gone)
        try:
            return self._proved(made, patch, along)
        except Exception as error:
            self._branch.restore(patch.paths)
            return replace(made, reason=f"The examination broke off: {type(error).__name__}: {error}")

    def _unfit(self, patch: Patch, after: dict[str, str], lines: int) -> str:
        """Why a patch is not even tried; empty where it is."""
        if lines > self._left:
            return f"It changes {lines} lines; the run's budget has {self._left} left."
        for path in patch.paths:
            was = self._branch.root / path
            if path in self._now.app.files and was.read_bytes() != self._now.app.files[path].encode("utf-8", "replace"):
                return f"{path} is not plain UTF-8."
            new = complaints(path, after.get(path, "")) - complaints(path, self._now.app.files.get(path, ""))
            if path in after and new:
                return f"After it, {path} would not build: {min(new)}."
        return ""

    def _proved(self, made: Repair, patch: Patch, along: tuple[Finding, ...]) -> Repair:
        """Examine everything again; keep the patch where only what it is for has changed, else put it back. Where it
        lays bare what it hid, it is tried once more together with the repair of that."""
        finding = made.finding
        then = examine(self._branch.root, self._laboratory, lambda _: None)
        cells = list(compare.changed(self._now.access, then.access))
        reason = against(finding, self._now, then, cells, along) or self.own.against(patch.paths)
        if reason:
            self._branch.restore(patch.paths)
            bare = opened(self._now, then, finding)
            more = self._first_patch(bare[0], then) if bare and len(along) < ALONG else None
            wider = joined(self._now.app.files, patch, more) if more is not None else None
            both = self._tried(finding, wider, (*along, bare[0])) if wider is not None else made
            if both.state is State.REPAIRED:
                return both
            self._taken_back |= {} if reason == STILL_THERE else {made.difference: reason}
            return replace(made, reason=reason)
        test = self._left_behind(made, then, cells)
        made = replace(made, state=State.REPAIRED, cells=len(cells), after=after_of(finding, then), test="".join(test))
        known, left = self._now.findings, then.findings
        closes = {one.key for one in known if compare.again(one, known, left) is None} - {finding.key}
        self._notes.proved(made, closes)
        outdated = self._tripwires.outdated(then.app)
        self._branch.put({}, outdated)
        message = self._redact(_message(patch, finding))
        made = replace(made, commit=self._branch.commit([*patch.paths, *test, *outdated], message))
        self._left, self._now, self._taken_back = self._left - made.lines, then, {}
        return made

    def _first_patch(self, finding: Finding, state: Examined) -> Patch | None:
        return next((patch for fix in self._fixes if (patch := fix.patch(finding, state.world))), None)

    def _left_behind(self, made: Repair, then: Examined, cells: list[compare.Changed]) -> tuple[str, ...]:
        """The path of the test that goes with a repair: it tries again what the repair put right, or watches the lines
        that it changed, and fails without it. None where there is nothing to try and no runner."""
        wrong = [one.before for one in cells if one.before and one.better]
        name = f"{made.finding.check.rpartition('/')[2]}_{made.finding.key[:8]}"
        test = regression(wrong, then.app, name) if wrong else None
        if test is None or not self._laboratory.tells_apart(test[1], self._now.app, then.app):
            test = self._tripwires.of(made, self._now.app, then.app, name)
        if test is None:
            return ()
        self._branch.put({test[0]: test[1]})
        return (test[0],)


def _message(patch: Patch, finding: Finding) -> str:
    """What the commit says: what was done and to what, what was wrong, what a person has to do, and the finding."""
    place = finding.place
    what = place.table if isinstance(place, PolicyPlace) else place.path if isinstance(place, Code) else str(place)
    told = [f"{patch.title}: {what}", f"{finding.title}: {finding.detail}", *(f"To do: {one}" for one in patch.todo)]
    wrapped = ["\n".join(wrap(one, WIDTH)) for one in told[1:]]
    return "\n\n".join([told[0], *wrapped, f"{TRAILER}{finding.key} {finding.check}\n"])
