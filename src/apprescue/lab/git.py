"""Starts git without trusting the repository: no hook, filter, pager or network is ever started by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from apprescue.lab.command import CommandError, Ran, Running
from apprescue.lab.command import start as start_command

ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PAGER": "cat",
}
SETTINGS = (
    "safe.directory=*", "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.alternateRefsCommand=",
    "core.pager=cat", "protocol.allow=never", "log.showSignature=false",
    "diff.external=", "core.quotePath=false", "gc.auto=0",
)  # fmt: skip


def git(
    git_dir: Path,
    *arguments: str,
    seconds: float = 60,
    given: bytes | None = None,
    most_output: int = 1 << 26,
    settings: Mapping[str, str] | None = None,
) -> Ran:
    """Run git to its end; `settings` are more of its environment. Raises CommandError where it is stopped."""
    return start_command(
        _command(git_dir, arguments),
        environment={**ENVIRONMENT, **(settings or {})},
        seconds=seconds,
        given=given,
        most_output=most_output,
    ).result()


def told(
    git_dir: Path,
    *arguments: str,
    given: bytes | None = None,
    whole: bool = False,
    settings: Mapping[str, str] | None = None,
) -> str:
    """What git writes, `whole` with the white space around it. Raises CommandError where it fails."""
    ran = git(git_dir, *arguments, given=given, settings=settings, seconds=120)
    if ran.code:
        raise CommandError(f"git {arguments[0]}: {ran.complaint}")
    text = ran.out.decode("utf-8", "surrogateescape")
    return text if whole else text.strip()


def start(
    git_dir: Path, *arguments: str, streaming: bool = False, seconds: float = 60, given: bytes | None = None
) -> Running:
    """Start git. Raises CommandError where it cannot be started."""
    return start_command(
        _command(git_dir, arguments), environment=ENVIRONMENT, streaming=streaming, seconds=seconds, given=given
    )


def read_batch(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """The blobs that `cat-file --batch` tells, with their ids. Raises CommandError where it stops half-way."""
    while header := stream.readline():
        words = header.split()
        if len(words) == 3 and words[1] == b"blob":
            size = int(words[2])
            data = stream.read(size + 1)
            if len(data) != size + 1:
                raise CommandError("git stopped in the middle of an object")
            yield words[0].decode("ascii"), data[:-1]


def _command(git_dir: Path, arguments: Sequence[str]) -> list[str]:
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    return ["git", "--no-optional-locks", "--no-pager", f"--git-dir={git_dir}", *settings, *arguments]
