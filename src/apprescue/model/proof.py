"""What was run to show that something is wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """What was run, as whom, what came back and what should have. Replayable alone."""

    kind: str
    script: str
    as_whom: str
    expected: str
    observed: str
