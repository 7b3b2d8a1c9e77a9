"""What the app's statements take at one size of the data: alone, through the platform's pool, and 200 at once.

Nothing is ever extrapolated: each figure is of statements that ran. How the crowds are made up is told in
docs/tuning.md.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from apprescue.methods.measuring.timing import timed
from apprescue.model.database import Database, DatabaseError
from apprescue.model.load import Crowd, Latency, Load
from apprescue.model.tuning import ALONE, CALM, EVERYBODY, FAST, Asked
from apprescue.model.workload import Drawn, Standing

PEOPLE, POOL = 200, 15
LOOK_EVERY = 5.0  # seconds from one look at a screen to the next
DIRECT = f"{PEOPLE} direct connections"
CONNECTING = f"{PEOPLE} people, each question with a connection of its own"
BESIDE = (DIRECT, CONNECTING)
SECONDS: Mapping[str, float] = {EVERYBODY: 10.0, DIRECT: 5.0, CONNECTING: 5.0}
SLOW = 100.0  # milliseconds; what takes longer alone is timed run by run
SLOW_RUNS, SLOW_SECONDS = 3, 2.0
FEWEST = 5

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Measurement:
    """What came of measuring: each statement's figures by its key, the server's words for those that it refused, and
    the largest difference between repeats as a share (of the sum of all medians)."""

    asked: Mapping[str, Asked]
    failed: Mapping[str, str] = field(default_factory=dict)
    spread: float = 0.0


def measured(
    load: Load,
    database: Database,
    name: str,
    drawn: Sequence[Drawn],
    rows: int,
    *,
    crowds: Mapping[str, Crowd] | None = None,
    repeats: int = 3,
    progress: Progress = lambda doing, share: None,
) -> Measurement:
    """Measure statements on the database of that name, of which `database` is a session: each alone, then all together
    in the crowds (those of `usual_crowds` unless told), each so many times, but for those that are only told beside.
    Figures are medians of the repeats.

    Raises DatabaseError where nothing could be asked at all.
    """
    crowds = usual_crowds(drawn) if crowds is None else crowds
    failed: dict[str, str] = {}
    progress("each query alone", 0.0)
    told = {ALONE: _alone(load, database, name, drawn, failed)}
    fit = [one for one in drawn if one.statement.key not in failed]
    spread = 0.0
    times = {name: 1 if name in BESIDE else repeats for name in crowds}
    steps = sum(crowd.seconds * times[name] for name, crowd in crowds.items()) or 1.0
    done = 0.0
    for crowd_name, crowd in crowds.items() if fit else ():
        repeated = []
        for _ in range(times[crowd_name]):
            progress(crowd_name, 0.2 + 0.8 * done / steps)
            repeated.append(load.ask(name, shares(fit), crowd))
            done += crowd.seconds
        together = _together(repeated)
        told[crowd_name] = together | _missing(load, name, fit, crowd, together, times[crowd_name])
        spread = max(spread, _spread(repeated))
    calm = [one for one in fit if told[ALONE][one.statement.key].p95 < FAST]
    if EVERYBODY in crowds and calm and len(calm) < len(fit):
        progress(CALM, 1.0)
        told[CALM] = dict(load.ask(name, shares(calm), replace(crowds[EVERYBODY], rate=arrivals(calm))))
    asked = {
        one.statement.key: Asked(
            rows, tuple((kind, each[one.statement.key]) for kind, each in told.items() if one.statement.key in each)
        )
        for one in fit
    }
    return Measurement(asked, failed, spread)


def usual_crowds(drawn: Sequence[Drawn], *, connects_anew: bool = False) -> dict[str, Crowd]:
    """200 people who look at screens through the platform's pool, and 200 connections that never rest; where the code
    connects for each question, so do 200 people."""
    crowds = {
        EVERYBODY: Crowd(POOL, SECONDS[EVERYBODY], rate=arrivals(drawn)),
        DIRECT: Crowd(PEOPLE, SECONDS[DIRECT]),
    }
    if connects_anew:
        crowds[CONNECTING] = Crowd(PEOPLE, SECONDS[CONNECTING], reconnect=True)
    return crowds


def arrivals(drawn: Sequence[Drawn]) -> float:
    """How many statements arrive a second: each of 200 people looks at a screen every five seconds, which asks all that
    this screen asks, a loop as often as it goes round."""
    looks: dict[str, float] = {}
    for one in drawn:
        screen = one.statement.screen or one.statement.place.path
        looks[screen] = max(looks.get(screen, 0.0), one.statement.weight)
    for_a_look = sum(shares(drawn).values()) / (sum(looks.values()) or 1.0)
    return PEOPLE / LOOK_EVERY * max(for_a_look, 1.0)


def shares(drawn: Sequence[Drawn]) -> dict[Drawn, float]:
    """How often each statement runs compared to the others."""
    return {one: one.statement.weight * max(one.statement.repeats, 1) for one in drawn}


def _alone(
    load: Load, database: Database, name: str, drawn: Sequence[Drawn], failed: dict[str, str]
) -> dict[str, Latency]:
    """Each statement by itself. The server's clock tells how long each draw takes; those that are quick are asked many
    times more, by one client, the quicker the more often."""
    told: dict[str, Latency] = {}
    quick: dict[Drawn, float] = {}
    for one in drawn:
        try:
            runs = _runs(database, one)
            if not runs:
                raise DatabaseError("02000", "there are no values to ask it with")
            if max(runs) >= SLOW:
                told[one.statement.key] = _of(runs)
            else:
                quick[one] = 1 / math.sqrt(max(statistics.fmean(runs), 0.01))
        except DatabaseError as error:
            failed[one.statement.key] = str(error)
    if quick:
        told |= load.ask(name, quick, Crowd(1, min(max(0.1 * len(quick), 1.0), 15.0)))
        told |= {
            one.statement.key: _of([timed(database, one, draw).milliseconds for draw in one.draws])
            for one in quick
            if one.statement.key not in told
        }
    return told


def _runs(database: Database, drawn: Drawn) -> list[float]:
    """What each draw takes; where one is slow, all of them again, as often as there is time. Where there is none, not
    even every draw has its turn, but one of each standing, and at least one."""
    runs: list[float] = []
    begun = time.monotonic()
    for draw in drawn.draws * SLOW_RUNS:
        passed = time.monotonic() - begun
        rounds, rest = divmod(len(runs), len(drawn.draws))
        if rounds and not rest and max(runs) < SLOW:
            break
        if runs and passed > (SLOW_SECONDS if len(runs) >= len(Standing) else 3 * SLOW_SECONDS):
            break
        runs.append(timed(database, drawn, draw).milliseconds)
    return runs


def _of(runs: Sequence[float]) -> Latency:
    """The percentiles of runs; those that were broken off are the slowest."""
    ordered = sorted(runs)
    p50, p95, p99 = (ordered[max(math.ceil(len(ordered) * part / 100), 1) - 1] for part in (50, 95, 99))
    broken = sum(math.isinf(run) for run in runs)
    return Latency(len(runs) - broken, p50, p95, p99, broken)


def _missing(
    load: Load, name: str, drawn: Sequence[Drawn], crowd: Crowd, told: dict[str, Latency], repeats: int
) -> dict[str, Latency]:
    """What those take whose turn never came: in a round more, in which they are asked more often. Only they are taken
    from it."""
    missing = [one for one in drawn if one.statement.key not in told]
    if not missing:
        return {}
    mix = shares(drawn)
    answers = sum(latency.count for latency in told.values()) / repeats or 1.0
    least = sum(mix.values()) * min(FEWEST / answers, 1 / len(drawn))
    again = load.ask(name, mix | {one: max(mix[one], least) for one in missing}, crowd)
    return {one.statement.key: again[one.statement.key] for one in missing if one.statement.key in again}


def _together(repeated: Sequence[Mapping[str, Latency]]) -> dict[str, Latency]:
    """The medians of what repeats told, of each statement."""
    found: dict[str, Latency] = {}
    for key in dict.fromkeys(key for told in repeated for key in told):
        each = [told[key] for told in repeated if key in told]
        p50, p95, p99, lag = (
            statistics.median_low(column)
            for column in zip(*((one.p50, one.p95, one.p99, one.lag) for one in each), strict=True)
        )
        found[key] = replace(
            each[0],
            count=sum(one.count for one in each),
            p50=p50,
            p95=p95,
            p99=p99,
            failed=sum(one.failed for one in each),
            lag=lag,
        )
    return found


def _spread(repeated: Sequence[Mapping[str, Latency]]) -> float:
    """How far repeats lie apart: of the sum of all statements' medians, the largest from the smallest."""
    common = set.intersection(*(set(told) for told in repeated)) if repeated else set()
    sums = [sum(told[key].p50 for key in common if told[key].p50 < math.inf) for told in repeated]
    middle = statistics.median(sums) if sums else 0.0
    return (max(sums) - min(sums)) / middle if middle else 0.0
