"""The port through which a database is asked: the laboratory gives it, methods and checks work on it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class DatabaseError(Exception):
    """The database refused. `sqlstate` is its five characters (42501 is no privilege, 42P17 a recursion)."""

    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class Database(Protocol):
    """One session of a database of the laboratory. Raises DatabaseError where a statement is refused."""

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""

    def run(self, sql: str) -> int:
        """Run one or more statements; how many rows the last of them touched."""

    def undone(self) -> AbstractContextManager[None]:
        """What is done inside is rolled back at its end, also after an error."""


class Resize(Protocol):
    """What makes the file of a relation of a database of the laboratory as long as if it were full."""

    def __call__(self, relation: str, pages: int, levels: int = 0) -> None:
        """Make a relation (as `regclass` reads its name) so many pages long; if it is a b-tree, so many levels deep."""


def literal(value: object) -> str:
    """A value as an SQL literal: None, numbers and booleans bare, a sequence as an array, all else as quoted text."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            plain = "'" + value.replace("'", "''") + "'"
            return f" E{plain.replace(chr(92), chr(92) * 2)}" if "\\" in value else plain
        case Sequence():
            return f"array[{', '.join(map(literal, value))}]"
        case _:
            return literal(str(value))


def ident(name: str) -> str:
    """A name as an SQL identifier, with its schema where it is written `schema.name`; each part is quoted."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def ident_of(name: str) -> str:
    """A single name as an identifier, whatever it contains."""
    return '"' + name.replace('"', '""') + '"'
