"""One audit from folder to result: read the files, look for secrets beside, read the app, run the checks."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from apprescue import checks
from apprescue.checks.interface import World, called
from apprescue.lab.command import beside, shared
from apprescue.lab.repo import Repo, open_repo, tracked
from apprescue.model.access import Access
from apprescue.model.app import App
from apprescue.model.audit import Audit, Page, without_secrets
from apprescue.model.facts import Fact
from apprescue.model.finding import Finding
from apprescue.model.leak import Leak
from apprescue.model.outcome import Found, NotExamined, Outcome
from apprescue.model.place import code_of
from apprescue.shelf import names
from apprescue.source.files import read_tree
from apprescue.sprint import secrets, suppressions
from apprescue.sprint.audit import audit
from apprescue.sprint.bench import LEFT_OUT, READING, Bench, Trial, without
from apprescue.sprint.pages import page_of
from apprescue.sprint.prove import proved
from apprescue.sprint.read import Written, read, written
from apprescue.sprint.recognise import name_of, recognised

T = TypeVar("T")
Tell = Callable[[str], None]
Try = Callable[[App, Collection[Fact], Tell], Trial]
SEARCHES = ("leaks", "history")
TRIED = frozenset({"access", "rebuilt"})
NOT_TUNED = NotExamined("speed", "an audit measures no times: `apprescue tune` does, at a million rows")


@dataclass(frozen=True, slots=True)
class Known:
    """An app as read from a folder: what could not be read is in `left_out`."""

    app: App
    left_out: tuple[NotExamined, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A check that was opened: its page, the seconds that it took, what became of it; None where it waits for the
    laboratory."""

    page: Page
    seconds: float
    outcomes: tuple[Outcome, ...] | None


@dataclass(frozen=True)
class Examined:
    """What came of an examination of a folder, its secrets still in it: nothing of it may be shown as it is. `world`
    holds what the checks were given, `outcomes` what they said, `notes` what else the owner must know."""

    world: World
    outcomes: tuple[Outcome, ...]
    pages: Mapping[str, Page]
    timings: Mapping[str, float]
    notes: tuple[str, ...]

    @property
    def app(self) -> App:
        """The app as it was read."""
        app: App = self.world["app"]
        return app

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, worst first, without what the owner accepted."""
        found = (one.finding for one in self.outcomes if isinstance(one, Found))
        return tuple(sorted((one for one in found if not one.suppressed), key=lambda one: one.order))

    @property
    def access(self) -> Access:
        """The access matrix; empty where there is none."""
        tried = self.world.get("access")
        return tried if isinstance(tried, Access) else Access()

    @property
    def audit(self) -> Audit:
        """It as an audit, its secrets hidden."""
        return Audit.of(
            self.app, self.outcomes, redact=self.redact, pages=self.pages, timings=self.timings, notes=self.notes
        )

    @property
    def redact(self) -> Callable[[str], str]:
        """Hides every secret of the app in a text."""
        leaks, history = (self.world.get(need) for need in SEARCHES)
        known = [*leaks, *(history if isinstance(history, tuple) else ())] if isinstance(leaks, tuple) else None
        found = (one.finding for one in self.outcomes if isinstance(one, Found))
        quoted = {code.path for f in found for place in (f.place, *f.related) if (code := code_of(place))}
        return secrets.redactor(self.app, known, quoted)


def audit_folder(
    root: Path, only: Collection[str] = (), progress: Tell = lambda _: None, bench: Bench = READING
) -> Audit:
    """Audit the app in a folder. `only` names checks; none for all. `bench` says how to set the laboratory up.

    Nothing is written into the folder, and of its code only the database's runs, in the laboratory.
    Raises NoAppError where nothing there is an app, SuppressionError where its `.apprescue.toml` cannot be followed,
    OSError where the folder cannot be opened.
    """
    started = time.perf_counter()
    done = examined(root, only, progress, partial(_tried, bench))
    return replace(done, timings={**done.timings, "all": time.perf_counter() - started}).audit


def examined(root: Path, only: Collection[str], progress: Tell, trial: Try) -> Examined:
    """Read the app in a folder and run the checks; `trial` tries its database in the laboratory. Raises as
    `audit_folder`."""
    timings: dict[str, float] = {}
    started = time.perf_counter()
    progress("reading the files")
    tree = read_tree(root)
    repo = open_repo(root)
    recognised(root, tree, repo)
    said = tree.files.get(suppressions.FILE, "")
    accepted = suppressions.read(said)
    _follow(said)
    timings["files"] = time.perf_counter() - started
    wanted = [name for name in names(checks) if not only or name in only]
    world, outcomes = _world(tree.files, root, repo, _needs(only), progress, timings)
    outcomes += tree.left_out
    progress("checking")
    outcomes, pages = _checked(world, outcomes, wanted, trial, progress, timings)
    found, notes = suppressions.applied(
        (o.finding for o in outcomes if isinstance(o, Found)), accepted, date.today(), whole=not only
    )
    rest = [o for o in outcomes if not isinstance(o, Found)]
    return Examined(world, (*map(Found, found), *rest), pages, timings, tuple(notes))


def read_folder(root: Path) -> Known:
    """The app in a folder, read and not checked. Raises NoAppError and OSError as `audit_folder`."""
    tree = read_tree(root)
    repo = open_repo(root)
    recognised(root, tree, repo)
    app, _, trouble = read(tree.files, str(root), name_of(root, tree.files), _commit(repo, _tracked(repo)))
    return Known(app, (*tree.left_out, *trouble))


def safe(known: Known, value: T, progress: Tell = lambda _: None) -> tuple[T, tuple[NotExamined, ...]]:
    """A value made of an app, its secrets hidden; and what could not be read, the search for secrets among it."""
    progress("looking for secrets to hide")
    leaks = secrets.scan(known.app.files)
    seen, left_out = (leaks, known.left_out) if isinstance(leaks, tuple) else (None, (*known.left_out, leaks))
    redact = secrets.redactor(known.app, seen, known.app.files)
    return without_secrets(value, redact), without_secrets(left_out, redact)


def world_of(files: Mapping[str, str], root: str = "", needs: Collection[str] = ("leaks",)) -> World:
    """What checks may ask for, made of texts in memory; such an app has no history.

    The secret engine takes a while to start: it runs only where `needs` names the leaks.
    """
    app, flow, _ = read(files, root)
    leaks = secrets.scan(files) if "leaks" in needs else NotExamined("secrets", "nobody asked for them")
    return {"app": app, "code": flow.project, "flow": flow, "leaks": leaks, "history": ()}


def _world(
    files: Mapping[str, str],
    root: Path,
    repo: Repo | NotExamined,
    needs: Collection[str],
    progress: Tell,
    timings: dict[str, float],
) -> tuple[World, list[Outcome]]:
    """What the checks need, and no more; and what could not be read. What can be is done beside the reading."""
    aside = beside(partial(_aside, files, "leaks" in needs))
    search = secrets.start(files) if "leaks" in needs else None
    past = secrets.start_history(repo) if "history" in needs else None
    started = time.perf_counter()
    ours = _tracked(repo)
    named = (name_of(root, files), _commit(repo, ours))
    app, flow, trouble = read(files, str(root), *named, progress, lambda: aside.result[0])
    world: World = {"app": app, "code": flow.project, "flow": flow, "tuned": NOT_TUNED}
    outcomes: list[Outcome] = list(trouble)
    timings["reading"] = time.perf_counter() - started
    if search:
        progress("waiting for the secret engine")
        world["leaks"] = search.result(ours, aside.result[1])
        timings["secrets"] = time.perf_counter() - started
    if past:
        progress("looking through the older versions")
        world["history"] = past.result()
        outcomes += past.gaps()
        timings["history"] = time.perf_counter() - started
    return world, outcomes


def _aside(files: Mapping[str, str], leaks: bool) -> tuple[Written, list[Leak]]:
    """What the texts tell while the code is still being followed."""
    return written(files), list(secrets.by_reading_all(files)) if leaks else []


def _checked(
    world: World,
    outcomes: list[Outcome],
    wanted: Sequence[str],
    trial: Try,
    progress: Tell,
    timings: dict[str, float],
) -> tuple[list[Outcome], dict[str, Page]]:
    """What the checks see, those first that only read. Then, where it has anything to say, the laboratory speaks."""
    first = dict(zip(wanted, shared(wanted, partial(_one, world)), strict=True))
    pages = {name: one.page for name, one in first.items()}
    timings |= {name: one.seconds for name, one in first.items()}
    outcomes = [*outcomes, *(outcome for one in first.values() for outcome in one.outcomes or ())]
    late = [name for name, one in first.items() if one.outcomes is None]
    found = [o.finding for o in outcomes if isinstance(o, Found)]
    if not late and not any(f.claims or f.facts for f in found):
        return outcomes, pages
    started = time.perf_counter()
    tried = trial(world["app"], {fact: None for f in found for fact in f.facts}, progress)
    timings["laboratory"] = time.perf_counter() - started
    world |= {"access": tried.access, "rebuilt": tried.rebuilt, "catalog": tried.catalog, "intent": tried.intent}
    last = {name: _one(world, name) for name in late}
    timings |= {name: one.seconds for name, one in last.items()}
    outcomes += [outcome for one in last.values() for outcome in one.outcomes or ()]
    if isinstance(tried.access, NotExamined) and not late and tried.access.reason != LEFT_OUT:
        outcomes.append(tried.access)
    access = tried.access if isinstance(tried.access, Access) else Access()
    return list(proved(outcomes, access, tried.facts)), pages


def _one(world: World, name: str) -> Checked:
    """Run a check, unless it needs what the laboratory has still to try."""
    started = time.perf_counter()
    check = called(checks, name)
    waits = any(need in TRIED and need not in world for need in check.needs)
    outcomes = None if waits else tuple(audit(world, [check]))
    return Checked(page_of(check), time.perf_counter() - started, outcomes)


def _follow(said: str) -> None:
    """Raise IntentError now, before the long work, where the owner's answers cannot be followed."""
    if "[intent]" in said:
        from apprescue.sprint import intent  # most apps have no answers yet

        intent.read(said)


def _tried(bench: Bench, app: App, facts: Collection[Fact], progress: Tell) -> Trial:
    if bench.static:
        return without(LEFT_OUT)
    from apprescue.sprint.laboratory import trial  # a server's client is much to import for those who only read

    return trial(app, bench, facts, progress)


def _needs(only: Collection[str]) -> frozenset[str]:
    """What the wanted checks need; no check is opened to learn that all of them need everything."""
    return frozenset(need for name in only for need in called(checks, name).needs) if only else frozenset(SEARCHES)


def _tracked(repo: Repo | NotExamined) -> frozenset[str] | None:
    """The paths that git knows; None where that is not known, or where git knows nothing of the folder."""
    known = tracked(repo) if isinstance(repo, Repo) else repo
    return known or None if isinstance(known, frozenset) else None


def _commit(repo: Repo | NotExamined, known: Collection[str] | None) -> str:
    return repo.commit if isinstance(repo, Repo) and known else ""
