"""An app that is asked about again and again: examined once for each state of its files, told without its secrets.

Only the folders that were named at the start, and what is in them, can be asked about. Nothing is written.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from apprescue import fixes
from apprescue.fixes.interface import on_shelf
from apprescue.lab.repo import Repo, open_repo
from apprescue.model.app import App
from apprescue.model.audit import QUOTED, Audit, secret_lines
from apprescue.model.facts import Fact
from apprescue.model.finding import Finding
from apprescue.model.leak import Redactor
from apprescue.model.patch import Patch, Safety
from apprescue.model.repair import Verified
from apprescue.source.edits import EditError, applied, difference
from apprescue.source.files import read_tree
from apprescue.sprint.bench import LEFT_OUT, Bench, Trial, without
from apprescue.sprint.laboratory import trial
from apprescue.sprint.run import Examined, Tell, examined
from apprescue.sprint.verify import verify

COMMIT = re.compile(r"[\w][\w./~^@{}+-]{0,199}")


class ConsultError(Exception):
    """A question that cannot be answered; the message says why, in our words."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A repair that was made and not yet proved. `difference` is its patch, secrets hidden, so that it may not apply
    as it stands where it touches one; `todo` is what a person has to do beside it."""

    title: str
    fix: str
    safety: Safety
    difference: str
    todo: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    root: Path
    state: tuple[object, ...]
    examined: Examined
    audit: Audit


class Consultation:
    """What may be asked about the apps in some folders. Questions are answered one after the other."""

    def __init__(self, folders: Sequence[Path], bench: Bench) -> None:
        self._folders = tuple(folder.resolve() for folder in folders)
        self._bench = bench
        self._one = threading.Lock()
        self._known: _Known | None = None

    def audit(self, path: str, progress: Tell) -> Audit:
        """The audit of the app in a folder. Raises ConsultError, and as `audit_folder`."""
        with self._one:
            return self._now(self._folder(path), progress).audit

    def finding(self, path: str, key: str, progress: Tell) -> Finding:
        """One open finding, its secrets hidden. Raises ConsultError, and as `audit_folder`."""
        found = next((one for one in self.audit(path, progress).open if one.key == key), None)
        if found is None:
            raise ConsultError("No open finding has this key. The keys are those of list_findings.")
        return found

    def offer(self, path: str, key: str, progress: Tell) -> Offer | None:
        """The first repair on the shelf for one open finding; None where none is known. Raises ConsultError, and as
        `audit_folder`."""
        self.finding(path, key, progress)
        with self._one:
            known = self._now(self._folder(path), progress).examined
            finding = next(one for one in known.findings if one.key == key)
            patch = next((made for one in on_shelf(fixes) if (made := one.patch(finding, known.world))), None)
            return _offer(patch, known) if patch else None

    def verified(self, path: str, since: str, progress: Tell) -> Verified:
        """The app as its files stand now beside a commit. Raises ConsultError, and as `verify`."""
        if not COMMIT.fullmatch(since):
            raise ConsultError("`since` names a commit, a branch or a tag.")
        with self._one:
            return verify(self._folder(path), since, progress, self._bench)

    def _folder(self, path: str) -> Path:
        """The folder that a path means. Links are followed first: none leads out of the folders that were named."""
        try:
            meant = (self._folders[0] / path).resolve()
        except (OSError, ValueError, RuntimeError):
            raise ConsultError("That is no path.") from None
        if not any(meant.is_relative_to(folder) for folder in self._folders):
            raise ConsultError("Only the folders that `apprescue mcp` was started for may be asked about.")
        if not meant.is_dir():
            raise ConsultError("There is no such folder.")
        return meant

    def _now(self, root: Path, progress: Tell) -> _Known:
        repo = open_repo(root)
        state = (dict(read_tree(root).files), repo.commit if isinstance(repo, Repo) else "")
        if self._known is None or (self._known.root, self._known.state) != (root, state):
            done = examined(root, (), progress, partial(_tried, self._bench))
            told = Audit.of(
                done.app, done.outcomes, redact=done.redact, pages=done.pages, timings=done.timings, notes=done.notes
            )
            self._known = _Known(root, state, done, told)
        return self._known


def _tried(bench: Bench, app: App, facts: Collection[Fact], progress: Tell) -> Trial:
    return without(LEFT_OUT) if bench.static else trial(app, bench, facts, progress)


def _offer(patch: Patch, known: Examined) -> Offer:
    files = {path: text for path, text in known.app.files.items() if path in patch.paths and path not in patch.gone}
    try:
        after = applied(files, patch.edits)
    except EditError as error:
        raise ConsultError("The repair's edits do not fit the files.") from error
    values = Redactor((), _quoted(known.app, known.findings, patch.paths))

    def shown(texts: dict[str, str]) -> dict[str, str]:
        return {path: values(known.redact(text)) for path, text in texts.items()}

    gone = "".join(f"no longer kept, and not shown: {path}\n" for path in patch.gone)
    todo = tuple(values(known.redact(text)) for text in patch.todo)
    return Offer(
        known.redact(patch.title), patch.fix, patch.safety, gone + difference(shown(files), shown(after)), todo
    )


def _quoted(app: App, found: Iterable[Finding], paths: Sequence[str]) -> set[str]:
    """What is hidden in a patch though nothing knows it as a secret: what stands quoted where a finding about secrets
    points, and every value of a file of settings."""
    names = {one.name for one in app.env_reads} | {one.name for one in app.env_declared}
    lines = {path: app.files.get(path, "").split("\n") for path in paths}
    marked = [lines[path][at - 1] for path, at in secret_lines(found) if 0 < at <= len(lines.get(path, ()))]
    quoted = {text[2] for line in marked for text in QUOTED.finditer(line)}
    return (quoted | {one.value for one in app.env_declared if one.place.path in paths}) - names
