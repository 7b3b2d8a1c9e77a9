"""How an answer's time grows with the data, as a picture: rows across, milliseconds up, both in powers of ten."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from apprescue.model.tuning import FAST
from apprescue.reports.page.drawing import BAD, GOOD, QUIET
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
    top = max(3.0, math.ceil(math.log10(max([FLOOR, *(ms for _, ms in every if math.isfinite(ms))]))))
    bottom = math.log10(FLOOR)

    def across(rows: int) -> float:
        return round(LEFT + (math.log10(rows) - least) / ((most - least) or 1) * (WIDE - LEFT - RIGHT), 1)

    def up(milliseconds: float) -> float:
        power = math.log10(max(milliseconds, FLOOR)) if math.isfinite(milliseconds) else top
        return round(ABOVE + (top - power) / (top - bottom) * (HIGH - ABOVE - BELOW), 1)

    def drawn(points: Points, kind: str) -> str:
        path = " ".join(f"{across(n)},{up(ms)}" for n, ms in points)
        dots = "".join(f'<circle cx="{across(n)}" cy="{up(ms)}" r="3.5"/>' for n, ms in points)
        color, dashed = (QUIET, ' stroke-dasharray="6 3"') if kind == "before" else (GOOD, "")
        line = f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2.5"{dashed}/>'
        return f'<g class="{kind}" fill="{color}">{line}{dots}</g>' if points else ""

    powers = [10.0**n for n in range(int(bottom), int(top) + 1)]
    lines = "".join(f'<line x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{up(ms)}" y2="{up(ms)}"/>' for ms in powers)
    grid = "".join(
        f'<text class="y" x="{LEFT - 8}" y="{up(ms) + 4}" text-anchor="end">{_time(ms)}</text>' for ms in powers
    )
    *sizes, last = _sizes(every)
    anchors = [*((n, "middle") for n in sizes), (last, "end")]
    marks = "".join(
        f'<text class="x" x="{across(n)}" y="{HIGH - 8}" text-anchor="{anchor}">{_rows(n)}</text>'
        for n, anchor in anchors
    )
    fast = f'x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{up(FAST)}" y2="{up(FAST)}" stroke="{BAD}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="curve" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" role="img" '
        f'aria-label="{text(label)}"><title>{text(label)}</title><g class="grid" font-size="11" stroke-width=".4" '
        f'font-family="sans-serif" fill="currentColor"><g stroke="{QUIET}" stroke-opacity=".5">{lines}</g>'
        f"{grid}{marks}</g>"
        f'<line class="limit" {fast} stroke-dasharray="4 4"/>'
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
