"""Make an app fast and prove it: its own queries on a grown copy of its database, before and after what helps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from apprescue import checks
from apprescue.checks.interface import called
from apprescue.lab.postgres import serve
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.outcome import Found, NotExamined
from apprescue.model.tuning import Tuned
from apprescue.reports.interface import Screen
from apprescue.reports.tuning import html, json
from apprescue.sprint.audit import audit
from apprescue.sprint.course import Course, Tell
from apprescue.sprint.rebuild import rebuild
from apprescue.sprint.run import read_folder, safe
from apprescue.sprint.tuning import Tuning
from apprescue.sprint.wish import REBUILDING, Wish

MOST_DISK = 40 * 1024**3
FINDERS = ("speed/slow_read", "speed/index_without_use")


def tune(root: Path, wish: Wish, progress: Tell = lambda _: None) -> Tuned:
    """Tune the app in a folder. Nothing is written there. Raises as `read_folder`, and PostgresError and DatabaseError
    where the laboratory fails."""
    begun = time.monotonic()
    course = Course(progress, tuple(wish.legs))
    known = read_folder(root)
    with serve(most_disk=MOST_DISK, busy=True) as server:
        course.begin(REBUILDING)
        rebuilt = rebuild(server, known.app, wish.dump)
        if isinstance(rebuilt, NotExamined):
            tuned = Tuned(left_out=(*known.left_out, rebuilt))
        else:
            with ExitStack() as stack:
                tuned = Tuning(server, stack, known, rebuilt, wish, course).tuned()
    course.end()
    tuned = replace(tuned, seconds=time.monotonic() - begun, timings=course.timings)
    tuned, _ = safe(known, replace(tuned, findings=tuple(_findings(known.app, tuned))))
    return tuned


def _findings(app: App, tuned: Tuned) -> Iterator[Finding]:
    outcomes = audit({"app": app, "tuned": tuned}, [called(checks, name) for name in FINDERS])
    return (outcome.finding for outcome in outcomes if isinstance(outcome, Found))


def write(tuned: Tuned, name: str, folder: Path) -> None:
    """Write the papers and the migrations into a folder: `report.html`, `tuned.json`, `migrations/` and `undo/`."""
    for part in ("migrations", "undo"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for one in tuned.migrations:
        (folder / "migrations" / one.name).write_text(one.up, "utf-8")
        (folder / "undo" / one.name).write_text(one.down, "utf-8")
    (folder / "report.html").write_text(html.render(tuned, name, Screen(width=100)), "utf-8", "replace")
    (folder / "tuned.json").write_text(json.render(tuned, name, Screen()), "utf-8", "replace")
