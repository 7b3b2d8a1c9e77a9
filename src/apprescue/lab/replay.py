"""Runs a history in a database of the laboratory, as far as it runs: what is refused is told, the rest applies.

A file is one transaction. Where a statement is refused for something that is missing, a remedy is asked for, run, and
the file begun again; where there is none, each statement of the file runs for itself.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from apprescue.model.database import Database, DatabaseError
from apprescue.model.rebuilt import Mend, Played, Rebuilt, Refusal, Script, Step, Wait

Remedy = Callable[[Script, Step, str, str], Mend | Wait | None]
Columns = dict[str, tuple[str, ...]]

MOST_MENDS = 60
"""For one file: how often it is begun again, and how often one of its statements is tried again."""
SECONDS = 120.0
"""For the whole of a history; what is left then is refused."""
_LATE = "57014"
_SHOWN = 300


class Session(Database, Protocol):
    """A session that can be ended; the next one knows nothing of its settings."""

    def close(self) -> None:
        """End it; what it has not committed is gone."""


def replay(
    connect: Callable[[], Session],
    scripts: Sequence[Script],
    *,
    database: str = "",
    baseline: Iterable[Mend] = (),
    remedy: Remedy = lambda *_: None,
    completion: Callable[[Columns], Iterable[Mend]] = lambda _: (),
    seconds: float = SECONDS,
) -> Rebuilt:
    """The database after every script. `connect` gives a session of it as the role under which migrations run.

    `database` is its name, for the result. `baseline` is run first; `remedy` is asked for each refusal; `completion`
    gets the columns of each table at the end and gives what is still to be added. What fails of these three is left
    out silently: it was a guess.
    """
    run = _Run(connect, remedy, time.monotonic() + seconds)
    begun = time.monotonic()
    try:
        run.put_down(baseline)
        run.play_all(scripts)
        columns, enums = run.columns(), run.enums()
        run.put_down(completion(columns))
    finally:
        run.session.close()
    order = {script.path: number for number, script in enumerate(scripts)}
    return Rebuilt(
        database,
        tuple(sorted(run.files, key=lambda one: order[one.path])),
        tuple(sorted(run.refusals, key=lambda one: (order[one.path], one.line))),
        tuple(run.mends),
        columns=columns,
        enums=enums,
        seconds=time.monotonic() - begun,
    )


@dataclass
class _Run:
    connect: Callable[[], Session]
    remedy: Remedy
    end: float
    files: list[Played] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    mends: list[Mend] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = self.connect()

    def put_down(self, mends: Iterable[Mend]) -> None:
        """Run guesses, each for itself; those that are refused are no loss."""
        for mend in mends:
            with contextlib.suppress(DatabaseError):
                self.session.run(mend.sql)
                self.mends.append(mend)

    def play_all(self, scripts: Iterable[Script]) -> None:
        """Run scripts in order; one that has to wait for another runs right behind it."""
        queue, moved = list(scripts), set[str]()
        while queue:
            script = queue.pop(0)
            behind = self.play(script, late=script.path in moved)
            if behind is not None:
                moved.add(script.path)
                place = next((n for n, one in enumerate(queue, 1) if one.path == behind), 0)
                queue.insert(place, script)

    def play(self, script: Script, *, late: bool = False) -> str | None:
        """Run a script; the path of the script behind which it has to run, where it was not run for that reason."""
        self._afresh()
        if not any(step.alone for step in script.steps):
            for _ in range(MOST_MENDS):
                refused = self._together(script)
                if refused is None:
                    self.files.append(Played(script.path, len(script.steps), 0, late))
                    return None
                match self._helped(script, *refused, waits=not late):
                    case Wait(behind):
                        return behind
                    case Mend(sql=sql) if sql:
                        continue
                break
        self._one_by_one(script, late)
        return None

    def _together(self, script: Script) -> tuple[Step, DatabaseError] | None:
        """Run a script as one transaction; the step that was refused, with the refusal, and nothing was done then."""
        step = Step("begin")
        try:
            self.session.run("begin")
            for step in script.steps:
                self._within_time()
                self.session.run(step.text)
            self.session.run("commit")
        except DatabaseError as error:
            with contextlib.suppress(DatabaseError):
                self.session.run("rollback")
            return step, error
        return None

    def _one_by_one(self, script: Script, late: bool) -> None:
        self._afresh()
        refused = 0
        for step in script.steps:
            error = self._alone(script, step)
            if error is not None:
                refused += 1
                self.refusals.append(_refusal(script, step, error))
        self.files.append(Played(script.path, len(script.steps), refused, late))

    def _alone(self, script: Script, step: Step) -> DatabaseError | None:
        error: DatabaseError | None = None
        for _ in range(MOST_MENDS):
            try:
                self._within_time()
                self.session.run(step.text)
                return None
            except DatabaseError as refused:
                error = refused
            with contextlib.suppress(DatabaseError):
                self.session.run("rollback")
            match self._helped(script, step, error):
                case Mend(sql=""):
                    return None
                case Mend():
                    continue
            break
        return error

    def _helped(self, script: Script, step: Step, error: DatabaseError, *, waits: bool = False) -> Mend | Wait | None:
        """A remedy that was put down; or None, where there is none or it was refused as well. What cannot wait asks
        again."""
        for _ in range(MOST_MENDS):
            found = self.remedy(script, step, error.sqlstate, str(error))
            if isinstance(found, Wait) and not waits:
                continue
            if not isinstance(found, Mend) or not found.sql:
                return found
            wrong = self._mended(replace(found, needed_by=(script.path, step.line)), script)
            if wrong is None:
                return found
        return None

    def _mended(self, mend: Mend, script: Script, depth: int = 0) -> DatabaseError | None:
        """Put a remedy down, and first what it needs itself."""
        for _ in range(MOST_MENDS):
            try:
                self.session.run(mend.sql)
                self.mends.append(mend)
                return None
            except DatabaseError as refused:
                error = refused
            with contextlib.suppress(DatabaseError):
                self.session.run("rollback")
            needed = self.remedy(script, Step(mend.sql), error.sqlstate, str(error)) if depth < 5 else None
            if isinstance(needed, Wait):
                continue
            if not isinstance(needed, Mend) or not needed.sql or self._mended(needed, script, depth + 1):
                return error
        return error

    def _afresh(self) -> None:
        """Each file has a session of its own: what another has set is gone."""
        self.session.close()
        self.session = self.connect()

    def _within_time(self) -> None:
        if time.monotonic() > self.end:
            raise DatabaseError(_LATE, "the history took longer than it may")

    def columns(self) -> Columns:
        """The columns of each table and view of `public`."""
        self._afresh()
        rows = self.session.query(
            "select c.relname, array_agg(a.attname::text order by a.attnum) from pg_class c"
            " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
            " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')"
            " and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e') group by c.relname"
        )
        return {f"public.{name}": tuple(columns) for name, columns in rows}

    def enums(self) -> Columns:
        """The values of each enum of `public`."""
        rows = self.session.query(
            "select t.typname, array_agg(e.enumlabel::text order by e.enumsortorder) from pg_type t"
            " join pg_enum e on e.enumtypid = t.oid where t.typnamespace = 'public'::regnamespace group by t.typname"
        )
        return {f"public.{name}": tuple(values) for name, values in rows}


def _refusal(script: Script, step: Step, error: DatabaseError) -> Refusal:
    return Refusal(script.path, step.line, error.sqlstate, str(error), step.text[:_SHOWN])
