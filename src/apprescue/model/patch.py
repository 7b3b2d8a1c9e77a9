"""A repair as data: what would be written where. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Safety(StrEnum):
    """How sure a repair is: it changes nothing that is meant, a person should look, or only a person can do it."""

    SAFE = "safe"
    REVIEW = "review"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a file that becomes another text. `start` and `end` are offsets in bytes of the file as UTF-8; both
    are 0 for a new file."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Patch:
    """The repair of one finding. `title` is the subject of its commit, `finding` the finding's key."""

    title: str
    finding: str
    edits: tuple[Edit, ...]
    safety: Safety
    reason: str = ""
