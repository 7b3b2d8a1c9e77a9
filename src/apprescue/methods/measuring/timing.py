"""How long one statement takes, asked by one person while nobody else asks.

The server's own clock is read (`explain analyze` without a clock for each step: planning, running, and writing the
answer out), so that neither our way to the server nor our reading of the answer is in the figure.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from apprescue.model.database import Database, DatabaseError
from apprescue.model.plan import Plan
from apprescue.model.workload import LIMITS, LONGEST, Draw, Drawn

WRITES_OUT = 170000  # since this version the clock may run until the answer is written out
MANY = 1000
CANCELED, NO_SYNTAX = "57014", "42601"
SCANS = """
select relname::text, pg_stat_get_xact_numscans(indexrelid) from pg_index join pg_class on pg_class.oid = indexrelid
 where relnamespace <> 'pg_catalog'::regnamespace and pg_stat_get_xact_numscans(indexrelid) > 0"""


@dataclass(frozen=True, slots=True)
class Timed:
    """A statement that was run once: its milliseconds (infinite where it was broken off), its plan, and the indexes
    that were really read, also inside functions and rules."""

    milliseconds: float
    plan: Plan | None = None
    indexes: frozenset[str] = frozenset()


def limit_of(drawn: Drawn) -> float:
    """Seconds after which the platform breaks a statement off."""
    return LIMITS.get(drawn.statement.role, LONGEST)


def milliseconds(database: Database, drawn: Drawn, draw: Draw, limit: float | None = None) -> float:
    """What a statement takes with a draw; infinite where it is broken off after `limit` seconds, the platform's own
    unless told. Nothing of it stays. Raises DatabaseError where the server refuses."""
    return timed(database, drawn, draw, limit).milliseconds


def timed(database: Database, drawn: Drawn, draw: Draw, limit: float | None = None) -> Timed:
    """Run a statement once and tell what it took and how it was answered; as of `milliseconds`."""
    limit = limit_of(drawn) if limit is None else limit
    try:
        with database.undone():
            version, scans = _prepare(database, drawn, draw, limit)
            told = database.query(f"explain ({_options(version)}) {drawn.text(draw)}")[0][0][0]
            took = told["Planning Time"] + told["Execution Time"]
            return Timed(took, Plan.of(told["Plan"]), _scanned(database, scans))
    except DatabaseError as error:
        if error.sqlstate == CANCELED:
            return Timed(math.inf)
        if error.sqlstate == NO_SYNTAX:
            return _by_our_clock(database, drawn, draw, limit)
        raise


def planned(database: Database, drawn: Drawn, draw: Draw) -> Plan | None:
    """How a statement would be answered, without running it; None where the server does not tell."""
    try:
        with database.undone():
            if before := drawn.before(draw):
                database.query(before)
            told = database.query(f"explain (verbose, format json) {drawn.text(draw)}")
            return Plan.of(told[0][0][0]["Plan"])
    except DatabaseError:
        return None


def writes_many(database: Database, drawn: Drawn) -> bool:
    """Whether a statement writes so many rows at once that asking it again and again would wear the tables out: what
    is rolled back lies about until it is swept."""
    plans = (planned(database, drawn, draw) for draw in drawn.draws) if drawn.statement.writes else ()
    return any(rows_written(plan) > MANY for plan in plans if plan)


def rows_written(plan: Plan) -> float:
    """How many rows a plan writes, as many as the planner guesses where it was not run."""
    changes = (step for step in plan.deep() if step.kind == "ModifyTable")
    told = (feed.rows if feed.actual_rows is None else feed.actual_rows for step in changes for feed in step.feeds)
    return max(told, default=0.0)


def _prepare(database: Database, drawn: Drawn, draw: Draw, limit: float) -> tuple[int, dict[str, int]]:
    """Become who asks; the server's version, and how often each index was read before."""
    if before := drawn.before(draw):
        database.query(before)
    told = database.query(
        f"select set_config('statement_timeout', '{max(limit * 1000, 1):.0f}', true), "
        "current_setting('server_version_num')::int"
    )
    return int(told[0][1]), dict(database.query(SCANS))


def _scanned(database: Database, before: dict[str, int]) -> frozenset[str]:
    """The indexes that were read since."""
    return frozenset(name for name, times in database.query(SCANS) if times > before.get(name, 0))


def _options(version: int) -> str:
    return "analyze, verbose, timing off, format json" + ", serialize text" * (version >= WRITES_OUT)


def _by_our_clock(database: Database, drawn: Drawn, draw: Draw, limit: float) -> Timed:
    """What a statement takes that cannot be explained, like a call of a procedure."""
    try:
        with database.undone():
            _, scans = _prepare(database, drawn, draw, limit)
            begun = time.perf_counter()
            database.run(drawn.text(draw))
            took = (time.perf_counter() - begun) * 1000
            return Timed(took, None, _scanned(database, scans))
    except DatabaseError as error:
        if error.sqlstate == CANCELED:
            return Timed(math.inf)
        raise
