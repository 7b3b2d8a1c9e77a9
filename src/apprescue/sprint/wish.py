"""What is wanted of a tuning, and the way that it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

REBUILDING, TRYING = "rebuilding the database", "trying who can do what"
GROWING, BEFORE, AFTER = "growing it to {:,} rows", "measuring {:,} rows before", "measuring {:,} rows after"
MENDING, REWRITING, CHOOSING = "mending rules", "rewriting rules", "choosing indexes"
BUILDING = "building and measuring indexes"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: the rows that the large tables grow to, smallest first, the bytes that new indexes may take, the
    owner's own statements and production statistics as texts, a dump of the schema instead of the app's files."""

    sizes: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    budget: int | None = None
    statements: str = ""
    statistics: str = ""
    dump: str = ""

    @property
    def rows(self) -> int:
        """The largest size."""
        return self.sizes[-1]

    @property
    def legs(self) -> Iterator[tuple[str, float]]:
        """What is done in order, each with the seconds that it may take."""
        yield from ((REBUILDING, 5.0), (TRYING, 10.0))
        for size in self.sizes:
            yield from ((GROWING.format(size), size / 6000), (BEFORE.format(size), 20.0 + size / 10_000))
        yield from ((MENDING, 10.0), (CHOOSING, 40.0), (BUILDING, 20.0 + self.rows / 10_000), (REWRITING, 60.0))
        yield from ((AFTER.format(size), 20.0 + size / 20_000) for size in self.sizes)
