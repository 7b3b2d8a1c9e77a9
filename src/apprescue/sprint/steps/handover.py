"""The pack is written: for the owner, for the next engineer, for whoever looks into the company."""

from __future__ import annotations

import hashlib

from apprescue.sprint.handover import FOLDER, write
from apprescue.sprint.standing import standing
from apprescue.sprint.steps.interface import Came, Doing, Told, Work


def step(work: Work) -> Doing:
    """Write it from the ledger, and put down what was written."""
    work.tell("writing the handover pack")
    folder = work.wish.pack or work.root / FOLDER
    names = write(standing(work.book, work.root.name), folder)
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    yield Told("pack", {"folder": str(folder.resolve()), "files": sums})
    return Came(f"{len(names)} files in {folder}")
