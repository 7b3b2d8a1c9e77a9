"""The way of one app through its tuning: grown and measured, mended, given indexes and rewrites, measured again."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

from apprescue import checks
from apprescue.checks.interface import called
from apprescue.lab.load import PgBench
from apprescue.lab.postgres import Server
from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.methods.advising import advise
from apprescue.methods.advising.drops import drops
from apprescue.methods.advising.migrations import migrations
from apprescue.methods.advising.statistics import copy_statistics, imported
from apprescue.methods.advising.whatif import WhatIf
from apprescue.methods.conditions import asked_by
from apprescue.methods.drawing import draws
from apprescue.methods.filling import files, rows, volume
from apprescue.methods.measuring import measuring, timing, validating
from apprescue.methods.measuring.pairs import LEAST
from apprescue.methods.rewriting import rewriting, summing
from apprescue.methods.rewriting.sameness import Proving
from apprescue.methods.rewriting.sums import figures
from apprescue.methods.trying import access_matrix
from apprescue.model.access import Access
from apprescue.model.catalog import Catalog
from apprescue.model.database import Database, DatabaseError, ident
from apprescue.model.outcome import Found
from apprescue.model.plan import Plan
from apprescue.model.rebuilt import Rebuilt
from apprescue.model.tuning import ALONE, EVERYBODY, Advice, Asked, Dropped, Measured, Rewritten, Tuned
from apprescue.model.workload import Draw, Drawn, Standing, Statement, Workload
from apprescue.source.statements.observed import observed
from apprescue.source.statements.workload import workload
from apprescue.sprint.audit import audit
from apprescue.sprint.course import Course
from apprescue.sprint.intent import intent_of
from apprescue.sprint.run import Known
from apprescue.sprint.wish import AFTER, BEFORE, BUILDING, CHOOSING, GROWING, MENDING, REWRITING, TRYING, Wish

SECONDS = 900.0  # for one statement that makes rows or indexes
DRAWS, REPEATS = 2, 3
BRIEF_SECONDS = 4.0
ANEW = "speed/client_per_request"
HEAVY = "it writes thousands of rows at once, which is not measured"
Figures = Mapping[str, Asked]
"""What each statement took, by its key."""
_NUMBER = re.compile(r"(?:^|/)(20\d{12})_[^/]*\.sql$")


class Tuning:
    """One app on its way. `_data` is the database that grows, `_copies` hold it at each size."""

    def __init__(
        self, server: Server, stack: ExitStack, known: Known, rebuilt: Rebuilt, wish: Wish, course: Course
    ) -> None:
        self._server, self._stack, self._app, self._wish, self._course = server, stack, known.app, wish, course
        self._left_out = known.left_out
        self._load = PgBench(server)
        self._connects_anew = any(isinstance(one, Found) for one in audit({"app": self._app}, [called(checks, ANEW)]))
        self._start = rebuilt.database
        with self._session(self._start) as session:
            self._catalog = catalog.read(session)
        self._data = server.create(self._start)
        self._copies: dict[int, str] = {}
        self._sessions: dict[str, Session] = {}
        self._missing: dict[str, str] = {}
        self._drawn: dict[int, tuple[Drawn, ...]] = {}
        self._failed: dict[str, str] = {}
        self._before: dict[int, Figures] = {}
        self._spread = 0.0

    def _session(self, name: str) -> Session:
        return self._stack.enter_context(self._server.connect(name, seconds=SECONDS))

    def tuned(self) -> Tuned:
        """Everything, in order."""
        work = self._workload()
        if not work.statements:
            return Tuned(untold=work.untold, left_out=self._left_out, conditions=self._conditions())
        proving = self._proving()
        refused = self._grown(work)
        data, largest = self._sessions[self._data], self._wish.rows
        plans = {one.statement.key: _plan(data, one) for one in self._drawn[largest]}
        mends, proving = self._mended(proving, replace(work, statements=tuple(refused)))
        drawn = self._drawn[largest]
        advice = self._advice(data, drawn, [one.rewrite.up for one in mends if not one.refused])
        self._course.begin(BUILDING)
        indexes = validating.built(data, drawn, advice, self._course.at)
        made = [one.advised.index.create() for one in indexes if not one.refused]
        idle = tuple(drops(data, drawn, self._catalog, [one.advised.index for one in indexes if not one.refused]))
        gone = [one for one in idle if self._wish.statements or not one.unused]
        rewrites = self._rewritten(proving, made)
        names = {one.statement.key: one.statement.screen or str(one.statement.place) for one in drawn}
        files = migrations(indexes, gone, (*mends, *rewrites), names, self._first())
        after = self._after([one.rewrite.up for one in rewrites if not one.refused], made, gone)
        keys = {one.statement.key for one in drawn}
        failed = {s: why for s, why in refused.items() if s.key not in keys}
        return Tuned(
            measured=(
                *(self._measured(one, after, plans.get(one.statement.key), _plan(data, one)) for one in drawn),
                *(Measured(statement, failed=why) for statement, why in failed.items()),
            ),
            indexes=indexes,
            drops=idle,
            rewrites=(*mends, *rewrites),
            migrations=files,
            untold=work.untold,
            missing=tuple(self._missing.items()),
            left_out=self._left_out,
            conditions=self._conditions(),
            spread=self._spread,
        )

    def _workload(self) -> Workload:
        if self._wish.statements:
            return observed(self._wish.statements, self._catalog)
        return workload(self._app, self._catalog)

    def _proving(self) -> Proving:
        """A small copy with the few people of the access matrix, and what each of them may do."""
        self._course.begin(TRYING)
        session = self._session(self._server.create(self._start))
        known = files.furnished(session, self._catalog)
        filled = rows.fill(session, known)
        meant = intent_of(self._app, known)

        def matrix(catalog: Catalog) -> Access:
            return access_matrix.matrix(session, catalog, filled, meant)

        return Proving(session, known, filled, matrix, matrix(known))

    def _grown(self, work: Workload) -> dict[Statement, str]:
        """The database grown, with statements and values at each size on the way, measured there; what cannot run at
        the largest, with the server's words."""
        data = self._opened(self._data)
        refused: Sequence[tuple[Statement, str]] = ()
        asked = asked_by(self._catalog, [one.sql for one in work.statements])
        for size in self._wish.sizes:
            self._course.begin(GROWING.format(size))
            shape = draws.shape(self._catalog, work, size)
            with self._server.connect(self._data, seconds=SECONDS) as other:
                grown = volume.grow(data, self._catalog, size, shape=shape, asked=asked, beside=[other])
            self._missing |= dict(grown.missing)
            found, refused = draws.draw(data, self._catalog, work, each=DRAWS)
            heavy = [one for one in found if timing.writes_many(data, one)]
            self._drawn[size] = tuple(one for one in found if one not in heavy)
            self._missing |= {str(one.statement.place): HEAVY for one in heavy}
            self._copies[size] = self._data if size == self._wish.rows else self._copy(self._data)
            self._course.begin(BEFORE.format(size))
            self._before[size] = self._measure(size)
        self._middle = max((size for size in self._copies if size < self._wish.rows), default=self._wish.rows)
        for name in self._copies.values():
            self._opened(name)
        self._trial = self._session(self._copy(self._copies[self._middle]))
        return dict(refused)

    def _copy(self, name: str) -> str:
        """A copy of a database; nobody may be in it meanwhile."""
        self._opened(name).close()
        return self._server.create(name)

    def _opened(self, name: str) -> Session:
        """The session of a database that stays open."""
        if name not in self._sessions:
            self._sessions[name] = self._session(name)
        return self._sessions[name]

    def _measure(self, size: int) -> Figures:
        """What statements take at a size; at the smaller ones once, and only as most people ask."""
        largest = size == self._wish.rows
        name, drawn = self._copies[size], self._drawn[size]
        crowds = measuring.usual_crowds(drawn, connects_anew=self._connects_anew)
        if not largest:
            crowds = {EVERYBODY: replace(crowds[EVERYBODY], seconds=BRIEF_SECONDS)}
        repeats = REPEATS if largest else 1
        done = measuring.measured(
            self._load, self._opened(name), name, drawn, size, crowds=crowds, repeats=repeats, progress=self._course.at
        )
        if largest:
            self._spread = max(self._spread, done.spread)
            self._failed |= done.failed
        return done.asked

    def _mended(self, proving: Proving, work: Workload) -> tuple[tuple[Rewritten, ...], Proving]:
        """What makes something work that fails for everybody; it stays in every copy."""
        self._course.begin(MENDING)
        known = self._drawn[self._middle]
        found, proving = rewriting.rewritten(proving, self._trial, known, self._took, rewriting.MENDS)
        ups = [one.rewrite.up for one in found if not one.refused]
        for size, name in self._copies.items() if ups else ():
            session = self._sessions[name]
            for up in ups:
                session.run(up)
            again = {one.statement.key for one in self._drawn[size]}
            more, _ = draws.draw(session, self._catalog, _without(work, again), each=DRAWS)
            self._drawn[size] += more
        return found, proving

    def _rewritten(self, proving: Proving, made: Sequence[str]) -> tuple[Rewritten, ...]:
        """Rules and functions written anew where that helps though the new indexes stand; tried on a copy."""
        self._course.begin(REWRITING)
        for sql in made:
            self._trial.run(sql)
        known = self._drawn[self._middle]
        found, proving = rewriting.rewritten(proving, self._trial, known, self._took, rewriting.KINDS)
        asked = figures(proving.catalog, (one.statement for one in known))
        return (*found, *(summing.summed(self._trial, one, known, self._took) for one in asked))

    def _took(self, drawn: Drawn, draw: Draw) -> float:
        return timing.milliseconds(self._trial, drawn, draw)

    def _advice(self, data: Session, drawn: Sequence[Drawn], ups: Iterable[str]) -> Advice:
        """What the advisor would do, asked on an empty twin that has the statistics of the grown database, or those of
        the owner's production."""
        self._course.begin(CHOOSING)
        name = self._server.create(self._start)
        twin, resize = self._session(name), self._server.resize(name)
        for up in ups:
            twin.run(up)
        if self._wish.statistics:
            self._missing |= dict(imported(twin, self._wish.statistics, resize))
        else:
            copy_statistics(data, twin, resize)
            drawn = [one for one in drawn if one.statement.writes or self._takes_time(one)]
        whatif = WhatIf(twin, resize, grown=data)
        return advise.advise(
            whatif, drawn, self._catalog, budget=self._wish.budget, progress=lambda share: self._course.at("", share)
        )

    def _takes_time(self, drawn: Drawn) -> bool:
        """Whether a statement takes so long alone that an index could save what is worth one."""
        asked = self._before[self._wish.rows].get(drawn.statement.key)
        alone = asked.under(ALONE) if asked else None
        return alone is None or alone.p95 >= LEAST

    def _after(self, ups: Sequence[str], made: Sequence[str], gone: Sequence[Dropped]) -> dict[int, Figures]:
        """Everything measured again with what helps, at each size. The indexes stand in the largest already."""
        found = {}
        for size, name in self._copies.items():
            self._course.begin(AFTER.format(size))
            for sql in (*ups, *(made if name != self._data else ())):
                self._sessions[name].run(sql)
            for drop in gone:
                self._sessions[name].run(f"drop index {ident(drop.name)}")
            self._sessions[name].run("vacuum analyze")
            found[size] = self._measure(size)
        return found

    def _measured(self, one: Drawn, after: Mapping[int, Figures], was: Plan | None, now: Plan | None) -> Measured:
        key = one.statement.key
        return Measured(
            one.statement,
            tuple(told[key] for told in self._before.values() if key in told),
            tuple(told[key] for told in after.values() if key in told),
            was,
            now,
            self._failed.get(key, ""),
        )

    def _first(self) -> int:
        """The number of the first migration: now, or behind the last one that the app has."""
        told = [int(number) for path in self._app.files for number in _NUMBER.findall(path)]
        return max([int(datetime.now(UTC).strftime("%Y%m%d%H%M%S")), *(number + 1 for number in told)])

    def _conditions(self) -> tuple[tuple[str, str], ...]:
        major, minor = self._server.version
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
        sizes = ", ".join(f"{size:,}" for size in self._wish.sizes)
        return (
            ("Machine", f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}"),
            ("Server", f"PostgreSQL {major}.{minor} of the laboratory, on the same machine as those who ask"),
            ("Rows", f"{sizes} made-up rows in each table that the app reads and that people fill"),
            ("People", "200 who look at a screen every 5 seconds, through a pool of 15 connections as platforms give"),
            ("Rules", "each query asked as its real role, with the app's own row rules in force"),
            ("Repeats", f"3 at the largest size, {self._spread:.0%} apart; 1 at the smaller ones"),
        )


def _plan(database: Database, drawn: Drawn) -> Plan | None:
    """How a statement is answered for somebody with very many rows, with what really came; as the planner guesses it
    where it is broken off."""
    draw = next((one for one in drawn.draws if one.standing is Standing.HOT), drawn.draws[0])
    try:
        return timing.timed(database, drawn, draw).plan or timing.planned(database, drawn, draw)
    except DatabaseError:
        return None


def _without(work: Workload, keys: Collection[str]) -> Workload:
    return replace(work, statements=tuple(one for one in work.statements if one.key not in keys))
