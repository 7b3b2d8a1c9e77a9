"""A crowd that asks a database of the laboratory: pgbench, which is quick enough not to measure itself.

A statement never stands in a script of pgbench, where a colon, a backslash or a semicolon means something (a line
`\\shell` would even start a program): a script only names it, and pgbench puts it in at the moment it is sent. What is
written is rolled back. An answer that takes longer than the platform lets it is broken off, as there.
"""

from __future__ import annotations

import contextlib
import math
import re
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path

from apprescue.lab.binaries import binaries, runner
from apprescue.lab.command import CommandError, Ran, start
from apprescue.lab.home import own
from apprescue.lab.postgres import PostgresError, Server
from apprescue.lab.session import CANCELED, Session
from apprescue.model.database import DatabaseError, literal
from apprescue.model.load import Crowd, Latency
from apprescue.model.workload import LIMITS, LONGEST, Draw, Drawn

MOST_SCRIPTS, MOST_TEXT, MOST_TEXTS = 128, 120_000, 1_000_000
OWN_NAMES = ("client_id", "default_seed", "random_seed", "scale")
BRIEF = 100.0  # milliseconds; what takes longer could be broken off when many ask
WARM = 0.2  # of the time, in which connections read what they need to know of the tables
PATIENCE = 10_000.0  # milliseconds that the platform lets somebody wait for a connection
SHORT = 0.1  # of those that arrived; chance makes no such difference
GRACE = 30.0
ABORTED = re.compile(r"client \d+ (?:script (\d+) aborted|aborted in command \d+ \(\w+\) of script (\d+))")
UNANSWERED = Latency(0, math.inf, math.inf, math.inf, 1)


@dataclass(frozen=True, slots=True)
class Answer:
    """A line of pgbench's log: which script of which client, how long it took and waited (milliseconds; infinite
    where it failed), and when it ended (seconds)."""

    client: int
    script: int
    took: float
    lag: float
    ended: float


class PgBench:
    """Asks databases of a server as a crowd does; a `model.load.Load`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._program = binaries().folder / "pgbench"
        if not self._program.exists():
            raise PostgresError(f"{self._program.parent} has no pgbench, with which the speed is measured.")

    def ask(self, database: str, asked: Mapping[Drawn, float], crowd: Crowd) -> Mapping[str, Latency]:
        """Let a crowd ask these statements, each as often as its number says compared to the others. What each took,
        by the statement's key; infinite for one that the server refuses. One whose turn never came is not there.
        Raises DatabaseError where nothing could be asked at all.

        What is too much for one run is spread evenly over several, each a fair part of the whole.
        """
        try:
            with self._server.connect(database, seconds=LONGEST) as session:
                tried = [(drawn, _guarded(session, drawn)) for drawn in asked]
        except PostgresError as error:
            raise DatabaseError("08006", str(error)) from error
        told = {drawn.statement.key: UNANSWERED for drawn, guarded in tried if guarded is None}
        runs = _dealt([Script(drawn, asked[drawn], guarded) for drawn, guarded in tried if guarded is not None])
        for run in runs:
            told |= self._run(database, run, crowd, crowd.seconds / len(runs))
        return told

    def _run(self, database: str, scripts: list[Script], crowd: Crowd, seconds: float) -> dict[str, Latency]:
        """One run; a statement that made a client give up is refused, and left out of the next try."""
        refused: dict[str, Latency] = {}
        while scripts:
            with _folder() as folder:
                ran, ended = self._pgbench(database, folder, scripts, crowd, seconds)
                answers = parsed("".join(log.read_text() for log in folder.glob("log.*")))
            gave_up = [int(one or two) for one, two in ABORTED.findall(ran.err.decode("utf-8", "replace"))]
            if gave_up and not ended:
                refused |= {scripts[number].drawn.statement.key: UNANSWERED for number in gave_up}
                scripts = [script for number, script in enumerate(scripts) if number not in gave_up]
                continue
            if not answers and not gave_up:
                raise DatabaseError("08006", f"no load could be put on the database: {ran.complaint}")
            answers += [Answer(0, number, math.inf, 0.0, math.inf) for number in gave_up]
            return refused | latencies(scripts, answers, crowd, seconds)
        return refused

    def _pgbench(
        self, database: str, folder: Path, scripts: list[Script], crowd: Crowd, seconds: float
    ) -> tuple[Ran, bool]:
        """What came of a run, and whether it had to be ended because answers did not come."""
        given = [part for name in OWN_NAMES for part in ("-D", f"{name}=:{name}")]
        mark = secrets.token_hex(4)
        for number, script in enumerate(scripts):
            (folder / f"{number}.sql").write_text(script.text(f"t{mark}_{number}"))
            given += [part for name, text in script.texts(f"t{mark}_{number}") for part in ("-D", f"{name}={text}")]
            given += ["-f", f"{number}.sql@{script.share(scripts)}"]
        own(folder)
        given += ["-n", "-M", "simple", "-l", "--log-prefix=log", "--failures-detailed", "--random-seed=1"]
        given += ["-c", str(crowd.clients), "-j", str(min(2, crowd.clients)), "-T", str(max(round(seconds), 1))]
        given += ["-C"] * crowd.reconnect + (["-R", f"{crowd.rate:.3f}"] if crowd.rate else [])
        command = [str(self._program), *given, self._server.address(database)]
        try:
            process = start(command, folder=folder, user=runner(), seconds=seconds + 4 * GRACE)
            end = time.monotonic() + seconds + GRACE
            while not process.ended and time.monotonic() < end:
                time.sleep(0.05)
            if late := not process.ended:
                self._send_away(database)
            return process.result(), late
        except CommandError as error:
            raise DatabaseError("08006", f"no load could be put on the database: {error}") from None

    def _send_away(self, database: str) -> None:
        """End what still runs, so that pgbench comes to its end with all that it has noted."""
        with contextlib.suppress(DatabaseError), self._server.connect(database) as session:
            session.query(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                " and usename = current_user and pid <> pg_backend_pid()"
            )


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="apprescue-load-") as folder:
        yield Path(folder)


@dataclass(frozen=True, slots=True)
class Script:
    """A statement as pgbench runs it: in a transaction of its own, with one of its draws by chance. One that is
    `guarded` is run inside a block that outlives being broken off."""

    drawn: Drawn
    weight: float
    guarded: bool

    def share(self, all_of_them: Sequence[Script]) -> int:
        """How often it runs, as a whole number."""
        return max(round(100_000 * self.weight / sum(one.weight for one in all_of_them)), 1)

    def texts(self, name: str) -> list[tuple[str, str]]:
        """What the script names, and what is sent instead."""
        found = []
        for number, draw in enumerate(self.drawn.draws):
            before, text = self._sent(draw)
            found += [(f"{name}_{number}b", before)] * bool(before) + [(f"{name}_{number}q", text)]
        return found

    def text(self, name: str) -> str:
        """The script."""
        draws, writes = self.drawn.draws, self.drawn.statement.writes
        lines = [f"\\set {name} random(0, {len(draws) - 1})"] if len(draws) > 1 else []
        for number, draw in enumerate(draws):
            if len(draws) > 1:
                lines.append(f"\\{'elif' if number else 'if'} :{name} = {number}")
            before, _ = self._sent(draw)
            alone = not before and not writes
            lines += [] if alone else ["begin;"]
            lines += [f":{name}_{number}b;"] if before else []
            lines += [f":{name}_{number}q;"]
            lines += [] if alone else ["rollback;" if writes else "commit;"]
        return "\n".join([*lines, "\\endif\n" if len(draws) > 1 else ""])

    def _sent(self, draw: Draw) -> tuple[str, str]:
        before, text = self.drawn.before(draw), self.drawn.text(draw)
        if not self.guarded:
            return before, text
        limit = f"set_config('statement_timeout', '{limit_of(self.drawn):.0f}', true)"
        quoted = literal(f"begin execute {literal(text)}; exception when query_canceled then null; end")
        return f"{before}, {limit}" if before else f"select {limit}", f"do {quoted}"


def limit_of(drawn: Drawn) -> float:
    """Milliseconds after which the platform breaks a statement off."""
    return 1000 * LIMITS.get(drawn.statement.role, LONGEST)


def parsed(log: str) -> list[Answer]:
    """pgbench's log, line by line."""
    answers = []
    for line in log.splitlines():
        client, _, took, script, second, micro, *more = line.split()
        lag = int(more[0]) / 1000 if more else 0.0
        told = int(took) / 1000 if took.isdecimal() else math.inf
        answers.append(Answer(int(client), int(script), told, lag, int(second) + int(micro) / 1e6))
    return answers


def latencies(scripts: Sequence[Script], answers: list[Answer], crowd: Crowd, seconds: float) -> dict[str, Latency]:
    """What each statement took. The first answers, given while the connections were new, count only where there are no
    others. Those that arrived in an open loop and had no turn until its end have failed."""
    if crowd.reconnect and not crowd.rate:
        answers = _with_connecting(answers)
    finite = [answer.ended - answer.took / 1000 for answer in answers if answer.took < math.inf]
    warm = min(finite, default=0.0) + WARM * seconds
    arrived = crowd.rate * seconds if crowd.rate else 0.0
    short = arrived - len(answers) > max(SHORT * arrived, 3 * math.sqrt(arrived))
    shares = sum(script.share(scripts) for script in scripts)
    found = {}
    for number, script in enumerate(scripts):
        every = [answer for answer in answers if answer.script == number]
        late = every if crowd.reconnect else [answer for answer in every if answer.ended >= warm]
        if every:
            latency = latency_of(late or every, limit_of(script.drawn))
            unheard = max(round(arrived * script.share(scripts) / shares) - len(every), 0) if short else 0
            found[script.drawn.statement.key] = replace(latency, failed=latency.failed + unheard)
    return found


def latency_of(answers: Sequence[Answer], limit: float) -> Latency:
    """The percentiles of answers, those that were broken off at the moment when they were; one failed where it was
    broken off, waited too long for a connection or was refused."""
    took = sorted(answer.took for answer in answers if answer.took < math.inf)
    good = sum(a.took - a.lag < limit and a.lag < PATIENCE for a in answers)
    if not took:
        return replace(UNANSWERED, failed=len(answers))
    lag = percentile(sorted(answer.lag for answer in answers if answer.took < math.inf), 95)
    p50, p95, p99 = (percentile(took, part) for part in (50, 95, 99))
    return Latency(len(took), p50, p95, p99, len(answers) - good, lag)


def percentile(ordered: Sequence[float], part: int) -> float:
    """The smallest value that so many of a hundred do not pass."""
    return ordered[max(math.ceil(len(ordered) * part / 100), 1) - 1]


def _with_connecting(answers: list[Answer]) -> list[Answer]:
    """pgbench's clock starts when the connection is there: what a client waited from one answer to the next is what
    it took with connecting."""
    ordered = sorted(answers, key=lambda answer: (answer.client, answer.ended))
    found = []
    for _, own_ones in groupby(ordered, key=lambda answer: answer.client):
        of_client = list(own_ones)
        for last, answer in pairwise(of_client):
            took = round((answer.ended - last.ended) * 1000, 3) if answer.took < math.inf else math.inf
            found.append(Answer(answer.client, answer.script, took, answer.lag, answer.ended))
    return found or answers


def _dealt(scripts: list[Script]) -> list[list[Script]]:
    """The scripts in as many runs as they need, heavy and light ones in each."""
    size = sum(len(text) for script in scripts for _, text in script.texts(""))
    count = max(math.ceil(len(scripts) / MOST_SCRIPTS), math.ceil(size / MOST_TEXTS), 1) if scripts else 0
    ordered = sorted(scripts, key=lambda script: -script.weight)
    return [ordered[number::count] for number in range(count)]


def _guarded(session: Session, drawn: Drawn) -> bool | None:
    """Whether a statement takes long enough to be broken off when many ask; None where it cannot be asked."""
    guarded = False
    for draw in drawn.draws:
        if len(drawn.text(draw)) > MOST_TEXT or "\0" in drawn.text(draw):
            return None
        try:
            with session.undone():
                if before := drawn.before(draw):
                    session.run(before)
                session.run(f"set local statement_timeout = {BRIEF:.0f}")
                session.run(drawn.text(draw))
        except DatabaseError as error:
            if error.sqlstate != CANCELED:
                return None
            guarded = True
    return guarded
