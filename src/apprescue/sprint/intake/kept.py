"""The answers that the owner gave at the desk, in the ledger until a sprint begins with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from apprescue.model.intake import Answer
from apprescue.sprint.ledger import FILE, FOLDER, Ledger, ledger, opened

ANSWERED = "answered"


def keep(root: Path, answers: Mapping[str, Answer]) -> None:
    """Put the answers into the ledger of the app in a folder, which is made where there is none. Raises LedgerError."""
    with opened(root) if (root / FOLDER / FILE).exists() else ledger(root) as book:
        book.add(ANSWERED, {key: one.value for key, one in answers.items()})


def kept(book: Ledger) -> dict[str, Answer]:
    """The answers that were put down last; empty where there are none."""
    told = list(book.events(ANSWERED))
    return {key: Answer(one) for key, one in told[-1].data.items()} if told else {}
