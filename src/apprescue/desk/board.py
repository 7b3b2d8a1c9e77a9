"""What the desk knows: the sprint as the ledger has it, read anew only where something was added."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from apprescue.model.document import Chapter
from apprescue.model.intake import Answer
from apprescue.model.sprint import Standing
from apprescue.reports import chapters
from apprescue.reports.chapters.interface import every
from apprescue.sprint.conduct import accept, decide
from apprescue.sprint.handover import FOLDER
from apprescue.sprint.intake.kept import keep, kept
from apprescue.sprint.ledger import LedgerError, opened
from apprescue.sprint.standing import standing
from apprescue.sprint.suppressions import Suppression


@dataclass(frozen=True, slots=True)
class Pack:
    """The handover pack as it was written last: its folder, and the names of its files."""

    folder: Path
    names: tuple[str, ...] = ()


class Board:
    """The sprint of the app in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._known: Standing | None = None
        self._chapters: tuple[Chapter, ...] = ()

    def last(self) -> int:
        """The number of the ledger's newest event; 0 where there is no ledger yet."""
        try:
            with opened(self.root) as book:
                return book.last()
        except LedgerError:
            return 0

    def now(self) -> Standing | None:
        """How the sprint stands; None where none was begun."""
        with self._lock:
            if self._known is None or self._known.last != self.last():
                try:
                    with opened(self.root) as book:
                        known = standing(book, self.root.resolve().name)
                except LedgerError:
                    known = None
                self._known = known if known and known.last else None
                self._chapters = every(chapters, self._known) if self._known else ()
            return self._known

    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters of the handover pack, as they are now."""
        self.now()
        return self._chapters

    def answers(self) -> dict[str, Answer]:
        """The owner's answers of the intake that were kept last."""
        try:
            with opened(self.root) as book:
                return kept(book)
        except LedgerError:
            return {}

    def keep(self, answers: Mapping[str, Answer]) -> None:
        """Keep the owner's answers of the intake. Raises LedgerError."""
        keep(self.root, answers)

    def decide(self, kind: str, key: str, answer: bool) -> bool:
        """Put a decision down; False where nobody asked for it."""
        known = self.now()
        if known is None or not any((one.kind, one.key) == (kind, key) for one in known.decisions):
            return False
        with opened(self.root) as book:
            decide(book, kind, key, answer, "owner")
        return True

    def accept(self, accepted: Suppression) -> bool:
        """Put down that the owner accepts an open finding for a time; False where there is none of that key."""
        known = self.now()
        if known is None or not any(one.finding.key == accepted.key for one in known.open):
            return False
        with opened(self.root) as book:
            accept(book, accepted)
        return True

    def pack(self) -> Pack:
        """The handover pack; without files where it was not written yet."""
        try:
            with opened(self.root) as book:
                told = next(reversed(list(book.events("pack"))), None)
        except LedgerError:
            told = None
        folder = Path(told.data["folder"]) if told else self.root / FOLDER
        names = sorted(told.data["files"]) if told else []
        return Pack(folder, tuple(name for name in names if (folder / name).is_file()))
