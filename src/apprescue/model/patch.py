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
class Gone:
    """A file that is no longer kept in the repository. The owner's own copy stays where it is."""

    path: str


@dataclass(frozen=True, slots=True)
class Todo:
    """What a person has to do beside it, one step in plain words: rotate a key, set a name, click somewhere."""

    text: str


Change = Edit | Gone | Todo


@dataclass(frozen=True, slots=True)
class Patch:
    """The repair of one finding by the fix of that name. `title` is the subject of its commit, `finding` the finding's
    key, `gone` the paths that are no longer kept, `todo` what a person has to do beside it."""

    title: str
    finding: str
    edits: tuple[Edit, ...]
    safety: Safety
    fix: str = ""
    gone: tuple[str, ...] = ()
    todo: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it touches."""
        return tuple(dict.fromkeys([*(edit.path for edit in self.edits), *self.gone]))
