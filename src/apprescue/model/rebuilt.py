"""A history of SQL files, and the database that came of running it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """A statement of a script, with the line of its first word. `alone` tells that no transaction may stand around
    it."""

    text: str
    line: int = 1
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """A file of SQL, cut into its statements."""

    path: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Mend:
    """SQL that puts down what a history needs and never makes. `objects` names it ("column public.posts.status"),
    `source` tells how it is known: a file's path, or "its use". With no SQL, the refused statement has nothing left to
    do: what it makes was put down already."""

    sql: str
    objects: tuple[str, ...]
    source: str
    needed_by: tuple[str, int] | None = None
    """The path and line of the statement that first needs it, where one does."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The script has to run behind another one, which makes what it needs."""

    behind: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that the database refused in the end. `statement` is its beginning."""

    path: str
    line: int
    sqlstate: str
    message: str
    statement: str


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a file: how many of its statements there are and how many were refused."""

    path: str
    steps: int
    refused: int
    late: bool = False
    """It ran behind a file that follows it, which makes what it needs."""

    @property
    def state(self) -> str:
        """whole, partly or failed."""
        return "whole" if not self.refused else "partly" if self.refused < self.steps else "failed"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A database of the laboratory that came of a history. `database` is its name there.

    `mends` are in the order in which they were put down. `left_out` are files that were not run, each with the reason.
    """

    database: str
    files: tuple[Played, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    mends: tuple[Mend, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The columns of each table and view of `public` that the files made, before anything unmade was added."""
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    source: str = ""
    """What it was rebuilt from: the folder of the migrations, a dump, a schema file."""
    unavailable: tuple[str, ...] = ()
    """Extensions that the history asks for and the laboratory does not have."""

    @property
    def guessed(self) -> frozenset[str]:
        """Every object that no file made: its real rules are not known."""
        return frozenset(name for mend in self.mends for name in mend.objects)

    def whole(self) -> int:
        """How many files ran without a refusal."""
        return sum(not one.refused for one in self.files)
