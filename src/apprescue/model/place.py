"""Where something is: a line of code, an object of the database, an address of the running app."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of a file. `path` is relative to the app's root with forward slashes; lines count from 1."""

    path: str
    line: int = 1
    end_line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class TablePlace:
    """A table or view, written `schema.name`."""

    table: str
    at: Code | None = None

    def __str__(self) -> str:
        return self.table


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """A column of a table."""

    table: str
    column: str
    at: Code | None = None

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True, slots=True)
class PolicyPlace:
    """A row level security policy, and the column it fails to protect where one is meant."""

    table: str
    policy: str
    at: Code | None = None
    column: str = ""

    def __str__(self) -> str:
        return f'"{self.policy}" on {self.table}'


@dataclass(frozen=True, slots=True)
class FunctionPlace:
    """A function of the database, written `schema.name`."""

    function: str
    at: Code | None = None

    def __str__(self) -> str:
        return f"{self.function}()"


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """A bucket of file storage."""

    bucket: str
    at: Code | None = None

    def __str__(self) -> str:
        return f"bucket {self.bucket}"


@dataclass(frozen=True, slots=True)
class RoutePlace:
    """An address of the app, written `METHOD /path`."""

    route: str
    at: Code | None = None

    def __str__(self) -> str:
        return self.route


@dataclass(frozen=True, slots=True)
class EnvPlace:
    """A name of the environment."""

    env: str
    at: Code | None = None

    def __str__(self) -> str:
        return self.env


@dataclass(frozen=True, slots=True)
class CommitPlace:
    """A line that stood in an older commit."""

    commit: str
    at: Code | None = None

    def __str__(self) -> str:
        return f"{self.commit[:10]} {self.at or ''}".strip()


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that is present or missing in a file, or in the app as a whole (path empty)."""

    setting: str
    at: Code | None = None

    def __str__(self) -> str:
        return self.setting


Place = (
    Code
    | TablePlace
    | ColumnPlace
    | PolicyPlace
    | FunctionPlace
    | BucketPlace
    | RoutePlace
    | EnvPlace
    | CommitPlace
    | Setting
)


def code_of(place: Place) -> Code | None:
    """The lines of code behind a place, where it has any."""
    return place if isinstance(place, Code) else place.at
