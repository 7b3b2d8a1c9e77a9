"""The only place that starts a process: without a shell, for a bounded time, with bounded output, killed as a group.

A process gets an environment of its own, not ours: no secrets, no proxies, no settings of the user. `beside` and
`shared` start no program: they use a second core through a copy of this very process (docs/decisions/0008).
"""

from __future__ import annotations

import contextlib
import os
import pickle
import pwd
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

ENVIRONMENT = {"PATH": os.defpath + ":/usr/local/bin", "LC_ALL": "C.UTF-8", "HOME": os.devnull, "TZ": "UTC"}
MOST_OUTPUT = 64 * 1024 * 1024
MOST_SHARED = 10_000

S = TypeVar("S")
T = TypeVar("T")


class CommandError(Exception):
    """The process could not be started, ran too long or said too much. The message says which, in words."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that came to its end."""

    code: int
    out: bytes
    err: bytes
    seconds: float

    @property
    def complaint(self) -> str:
        """The last line of what it complained of."""
        lines = self.err.decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else f"it ended with code {self.code}"


class Running:
    """A process under way. Read `out` oneself (`streaming`), or let `result` collect it.

    One that is to live as long as it is needed has no `seconds`; `user` is the id of another user to run as.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        given: bytes | None = None,
        piped: bool = False,
        streaming: bool = False,
        folder: str | Path | None = None,
        seconds: float | None = 60,
        user: int | None = None,
        most_output: int = MOST_OUTPUT,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._name, self._seconds, self._most = Path(command[0]).name, seconds, most_output
        self._stopped = ""
        self._begun = time.monotonic()
        with _holding(given) as held:
            try:
                self._process = subprocess.Popen(
                    list(command),
                    stdin=subprocess.PIPE if piped else held,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    cwd=folder,
                    env={**ENVIRONMENT, **(environment or {})},
                    start_new_session=True,
                    **_as(user),
                )
            except (OSError, subprocess.SubprocessError) as error:
                why = error.strerror or error if isinstance(error, OSError) else error
                raise CommandError(f"{self._name} could not be started: {why}") from None
        self._texts: dict[str, bytes] = {"out": b"", "err": b""}
        pipes = {"err": self._process.stderr} | ({} if streaming else {"out": self._process.stdout})
        self._readers = [threading.Thread(target=self._collect, args=item, daemon=True) for item in pipes.items()]
        self._clock = threading.Timer(seconds or 0, self._expire)
        self._clock.daemon = True
        for thread in (*self._readers, self._clock) if seconds else self._readers:
            thread.start()

    @property
    def out(self) -> IO[bytes]:
        """What it says, for a process started with `streaming`."""
        assert self._process.stdout
        return self._process.stdout

    @property
    def given(self) -> IO[bytes]:
        """What it is told, for a process started with `piped`. Closing it is its end."""
        assert self._process.stdin
        return self._process.stdin

    @property
    def ended(self) -> bool:
        """Whether it has come to its end."""
        return self._process.poll() is not None

    def result(self) -> Ran:
        """Wait for the end. Raises CommandError where it was stopped for its time or its output."""
        for reader in self._readers:
            reader.join()
        code = self._process.wait()
        self._stop_clock()
        self._close()
        if self._stopped:
            raise CommandError(self._stopped)
        return Ran(code, self._texts["out"], self._texts["err"], time.monotonic() - self._begun)

    def stop(self) -> None:
        """End it now, with everything that it started."""
        self._stop("")
        self._stop_clock()
        self._process.wait()
        self._close()

    def _collect(self, name: str, pipe: IO[bytes]) -> None:
        parts, size = [], 0
        while part := pipe.read1(65536):  # type: ignore[attr-defined]
            size += len(part)
            if size > self._most:
                self._stop(f"{self._name} said more than {self._most // 1024} kB")
                break
            parts.append(part)
        self._texts[name] = b"".join(parts)

    def _expire(self) -> None:
        """Its time is over; one that has ended and was only not asked yet is left as it is."""
        if self._process.poll() is None or any(reader.is_alive() for reader in self._readers):
            self._stop(f"{self._name} took longer than {self._seconds or 0:g} seconds")

    def _stop(self, why: str) -> None:
        self._stopped = self._stopped or why
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _stop_clock(self) -> None:
        self._clock.cancel()
        if self._clock.is_alive():
            self._clock.join()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def start(command: Sequence[str], **how: object) -> Running:
    """Start a process; the options are those of `Running`. Raises CommandError where it cannot be started."""
    return Running(command, **how)  # type: ignore[arg-type]


def run(command: Sequence[str], **how: object) -> Ran:
    """Run a process to its end; the options are those of `Running`. Raises CommandError."""
    process = start(command, **how)
    try:
        return process.result()
    except KeyboardInterrupt:
        process.stop()
        raise


def _as(user: int | None) -> dict[str, Any]:
    """How a process is started as another user, in none of our groups: only root can."""
    return {} if user is None else {"user": user, "group": pwd.getpwuid(user).pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _holding(given: bytes | None) -> Iterator[IO[bytes] | int]:
    """Hold what a process is told in an unnamed file: it reads at its own pace, and always the same way."""
    if given is None:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() as file:
        file.write(given)
        file.seek(0)
        yield file


class Beside(Generic[T]):
    """Work that a copy of this process does while we go on. Its answer must be one that can be pickled.

    The copy has only memory: it must touch no file and no thread of ours. Where no copy can be made, or it fails or
    takes too long, the work is done here when its `result` is asked for: the answer is the same.
    """

    def __init__(self, work: Callable[[], T], seconds: float = 60) -> None:
        self._work, self._seconds = work, seconds
        self._copy = _copied(work) if _may_copy() else None

    @cached_property
    def result(self) -> T:
        """What came of the work; waits for it. Raises what the work raises."""
        if self._copy is not None:
            told = _told(*self._copy, time.monotonic() + self._seconds)
            with contextlib.suppress(Exception):  # whatever is cut off or broken is done again
                answer: T = pickle.loads(told)
                return answer
        return self._work()


def beside(work: Callable[[], T]) -> Beside[T]:
    """Have work done beside us."""
    return Beside(work)


def shared(things: Sequence[S], do: Callable[[S], T]) -> list[T]:
    """`do` with every thing, in their order. A copy of this process helps: whoever is free takes the next thing."""
    if not _may_copy() or not 1 < len(things) < MOST_SHARED:
        return [do(thing) for thing in things]
    numbers, pen = os.pipe()
    os.write(pen, b"".join(number.to_bytes(2, "big") for number in range(len(things))))
    os.close(pen)

    def take() -> dict[int, T]:
        taken = iter(lambda: os.read(numbers, 2), b"")
        return {number: do(things[number]) for number in map(_number, taken)}

    other = beside(take)
    done = take()
    done |= other.result
    os.close(numbers)
    return [done[number] if number in done else do(thing) for number, thing in enumerate(things)]


def _number(written: bytes) -> int:
    return int.from_bytes(written, "big")


def _may_copy() -> bool:
    """Whether a copy is safe and of use: a copy of a process with threads may wait for ever for one that it lacks."""
    return sys.platform == "linux" and (os.cpu_count() or 1) > 1 and threading.active_count() == 1


def _copied(work: Callable[[], object]) -> tuple[int, int] | None:
    """The id of a copy of this process that does some work, and the pipe on which it tells the answer."""
    told, pen = os.pipe()
    try:
        copy = os.fork()
    except OSError:
        os.close(told)
        os.close(pen)
        return None
    if not copy:
        os.close(told)
        _tell(work, pen)
    os.close(pen)
    return copy, told


def _tell(work: Callable[[], object], pen: int) -> None:
    """Do the work in the copy, which ends here by force: nothing of ours may be closed or said twice."""
    try:
        with os.fdopen(pen, "wb") as pipe:
            pickle.dump(work(), pipe, pickle.HIGHEST_PROTOCOL)
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


def _told(copy: int, pipe: int, until: float) -> bytes:
    """All that a copy tells until it ends or its time is over."""
    parts = []
    while select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0] and (part := os.read(pipe, 1 << 20)):
        parts.append(part)
    os.close(pipe)
    with contextlib.suppress(ProcessLookupError):
        os.kill(copy, signal.SIGKILL)
    os.waitpid(copy, 0)
    return b"".join(parts)
