"""How far a long piece of work has come, and how long it may still take."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

Tell = Callable[[str], None]
WIDE = 20


class Course:
    """The legs of a way, each with the seconds that it may take. What is left is told by how the first ones went."""

    def __init__(
        self, tell: Tell, legs: Sequence[tuple[str, float]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell, self._legs, self._clock = tell, dict(legs), clock
        self._begun = clock()
        self._behind = 0.0  # seconds that the legs behind us were to take
        self._leg = ""
        self.timings: dict[str, float] = {}

    def begin(self, leg: str) -> None:
        """Go on to the next leg."""
        self._close()
        self._leg, self._since = leg, self._clock()
        self.at()

    def end(self) -> None:
        """The last leg is done."""
        self._close()
        self._leg = ""

    def at(self, doing: str = "", share: float = 0.0) -> None:
        """Tell what is being done, and which share of the leg is done."""
        done = self._behind + self._legs.get(self._leg, 0.0) * min(share, 1.0)
        whole = sum(self._legs.values()) or 1.0
        passed = self._clock() - self._begun
        pace = passed / done if done > whole / 20 else 1.0
        part = min(done / whole, 1.0)
        bar = "█" * round(part * WIDE) + "░" * (WIDE - round(part * WIDE))
        self._tell(f"{bar} {part:.0%}, {left(max(whole - done, 0.0) * pace)} · {doing or self._leg}")

    def _close(self) -> None:
        if self._leg:
            self._behind += self._legs.get(self._leg, 0.0)
            self.timings[self._leg] = self.timings.get(self._leg, 0.0) + self._clock() - self._since


def left(seconds: float) -> str:
    """A time still to go, as people say it."""
    if seconds < 60:
        return "less than a minute left"
    return f"about {seconds / 60:.0f} min left"
