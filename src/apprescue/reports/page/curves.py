"""How an answer's time grows with the data, as a picture: rows across, milliseconds up, both in powers of ten."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from apprescue.model.tuning import FAST
from apprescue.reports.page.text import text

WIDE, HIGH, LEFT, BELOW, RIGHT, ABOVE = 430, 190, 58, 30, 12, 10
FLOOR = 0.1
Points = Sequence[tuple[int, float]]


def curve(before: Points, after: Points, label: str) -> str:
    """An SVG of the two lines: 95 of 100 answers were under this. `label` is what a reader who cannot see is told."""
    every = [*before, *after]
    if not every:
        return ""
    least, most = math.log10(min(n for n, _ in every)), math.log10(max(n for n, _ in every))
    top = max(3.0, math.ceil(math.log10(max(max(ms for _, ms in every if math.isfinite(ms)), FLOOR))))
    bottom = math.log10(FLOOR)

    def across(rows: int) -> float:
        return round(LEFT + (math.log10(rows) - least) / ((most - least) or 1) * (WIDE - LEFT - RIGHT), 1)

    def up(milliseconds: float) -> float:
        power = math.log10(max(milliseconds, FLOOR)) if math.isfinite(milliseconds) else top
        return round(ABOVE + (top - power) / (top - bottom) * (HIGH - ABOVE - BELOW), 1)

    def drawn(points: Points, kind: str) -> str:
        path = " ".join(f"{across(n)},{up(ms)}" for n, ms in points)
        dots = "".join(f'<circle cx="{across(n)}" cy="{up(ms)}" r="3.5"/>' for n, ms in points)
        return f'<g class="{kind}"><polyline points="{path}"/>{dots}</g>' if points else ""

    grid = "".join(
        f'<line x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{up(10.0**n)}" y2="{up(10.0**n)}"/>'
        f'<text class="y" x="{LEFT - 8}" y="{up(10.0**n) + 4}">{_time(10.0**n)}</text>'
        for n in range(int(bottom), int(top) + 1)
    )
    marks = "".join(f'<text class="x" x="{across(n)}" y="{HIGH - 8}">{_rows(n)}</text>' for n in _sizes(every))
    return (
        f'<svg class="curve" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{text(label)}"><g class="grid">{grid}'
        f'{marks}</g><line class="limit" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{up(FAST)}" y2="{up(FAST)}"/>'
        f"{drawn(before, 'before')}{drawn(after, 'after')}</svg>"
    )


def _sizes(points: Iterable[tuple[int, float]]) -> list[int]:
    return sorted({n for n, _ in points})


def _time(milliseconds: float) -> str:
    return f"{milliseconds / 1000:g} s" if milliseconds >= 1000 else f"{milliseconds:g} ms"


def _rows(rows: int) -> str:
    if rows >= 1_000_000:
        return f"{rows / 1e6:g} M rows"
    return f"{rows / 1000:g} k rows" if rows >= 1000 else f"{rows} rows"
