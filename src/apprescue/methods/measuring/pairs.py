"""What statements take without something and with it, turn and turn about, and when that is a difference."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from apprescue.model.workload import Drawn

SHARE, LEAST = 0.8, 1.0
"""What is left of the time at most, and how many milliseconds are saved at least, where something got faster."""
SLOWER, NOTICED = 1.1, 0.2
"""How much more something takes that got slower, and how many milliseconds at least: less is lost in the noise."""
CLEAR, PLAIN = 3.0, 10.0  # so many times faster needs no repeat; so many times and a second, no other draw
LONG, SPENT = 1000.0, 2000.0
ENOUGH, SAME = 2, (0.9, 1.05)  # so many repeats tell that it makes no difference, where it is as small as this


@dataclass
class Pair:
    """What the draws of a statement took without and with an index, all repeats of each. One that is `doubted` is
    measured to the end, also where it seems the same."""

    drawn: Drawn
    doubted: bool = False
    was: dict[int, list[float]] = field(default_factory=dict)
    now: dict[int, list[float]] = field(default_factory=dict)

    def settled(self, number: int) -> bool:
        """Whether a draw needs no more repeats: much faster, the same, or too long to be run again."""
        was, now = self.was.get(number, []), self.now.get(number, [])
        if not was:
            return self.plain
        if min(was) >= max(CLEAR * max(now), max(now) + LEAST) or sum(was) + sum(now) > SPENT:
            return True
        middle, other = statistics.median(was), statistics.median(now)
        same = len(was) >= ENOUGH and middle * SAME[0] <= other <= middle * SAME[1]
        return not self.doubted and (same or abs(middle - other) < self.least)

    @property
    def plain(self) -> bool:
        """Whether a draw was so much slower without it that no other has to be waited for."""
        return any(min(was) >= max(PLAIN * max(self.now[number]), LONG) for number, was in self.was.items())

    @property
    def points(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The middle draw and the worst, without and with."""
        was, now = (sorted(map(statistics.median, side.values())) for side in (self.was, self.now))
        middle = (len(was) - 1) // 2
        return (was[middle], now[middle]), (was[-1], now[-1])

    @property
    def helped(self) -> tuple[float, float] | None:
        """What it took without and with, where that helps."""
        return next(((was, now) for was, now in self.points if now <= SHARE * was and was - now >= LEAST), None)

    @property
    def slower(self) -> tuple[float, float] | None:
        """What it took without and with, where that is more."""
        return next(((was, now) for was, now in self.points if now > SLOWER * was and now - was >= self.least), None)

    @property
    def least(self) -> float:
        """The milliseconds that make a difference."""
        return LEAST if self.drawn.statement.writes else NOTICED

    @property
    def place(self) -> str:
        """Where it stands in the code."""
        return f"{self.drawn.statement.place.path}:{self.drawn.statement.place.line}"
