"""What became of an app's findings when somebody else changed it: closed, still open, or newly broken."""

from __future__ import annotations

import time
from pathlib import Path

from apprescue.lab.rescue import earlier
from apprescue.model.audit import without_secrets
from apprescue.model.outcome import Crashed, NotExamined
from apprescue.model.repair import Verified
from apprescue.sprint import compare
from apprescue.sprint.bench import TRYING, Bench
from apprescue.sprint.repair import examine, laboratory
from apprescue.sprint.run import Examined, Tell


def verify(root: Path, since: str = "HEAD", progress: Tell = lambda _: None, bench: Bench = TRYING) -> Verified:
    """Hold the app in a folder, as its files stand now, against a commit of its repository.

    Raises NoAppError, SuppressionError, OSError as `audit_folder`; CommandError where there is no such commit,
    PostgresError where there is no laboratory.
    """
    started = time.perf_counter()
    with earlier(root, since) as folder, laboratory(bench) as tried:
        progress(f"examining {since}")
        before = examine(folder, tried, progress)
        progress("examining the files as they stand")
        after = examine(root, tried, progress)
    opened = compare.opened(before.findings, after.findings)
    known = [one for one in after.findings if one not in opened]
    still = {one.key for one in known}
    closed = tuple(
        one for one in before.findings if one.key not in still and compare.closed(one, before.findings, after.findings)
    )
    worse = tuple(str(one) for one in compare.changed(before.access, after.access) if one.worse)
    done = Verified(
        root.resolve().name,
        closed,
        tuple(known),
        tuple(opened),
        worse,
        _unexamined(after),
        time.perf_counter() - started,
    )
    return without_secrets(done, lambda text: before.redact(after.redact(text)))


def _unexamined(done: Examined) -> tuple[str, ...]:
    return tuple(f"{one.check}: {one.reason}" for one in done.outcomes if isinstance(one, NotExamined)) + tuple(
        f"{one.check}: {one.error}" for one in done.outcomes if isinstance(one, Crashed)
    )
