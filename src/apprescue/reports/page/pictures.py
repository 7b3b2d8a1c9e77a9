"""Drawings of what people look at rather than read: how much is closed, the risk, how long screens wait."""

from __future__ import annotations

import math
from collections.abc import Sequence

from apprescue.model.tuning import FAST
from apprescue.reports.page.drawing import BAD, GOOD, QUIET, SMALL, WARN, WIDE, box, drawing, duration, short, words

LEFT, BESIDE = 74, 168
"""Where the bars of small drawings begin, and what they leave for words."""
SEVERE, SERIOUS = 70, 40
"""Risks from which on it is told in another colour."""


def levels(rows: Sequence[tuple[str, int, int, int]]) -> str:
    """Bars: a name, how many are closed, how many are left, how many the owner accepts."""
    most = max((sum(counts) for _, *counts in rows), default=0) or 1
    parts, told, unit = [], [], (SMALL - LEFT - BESIDE) / most
    for at, (name, closed, left, accepted) in enumerate(rows):
        y, said = 4 + at * 28, f"{closed} closed, {left} left"
        said += f", {accepted} accepted" if accepted else ""
        parts += [
            words(LEFT - 12, y + 15, name, "end"),
            box(LEFT, y, closed * unit, 20, GOOD),
            box(LEFT + closed * unit, y, left * unit, 20, BAD, hollow=True),
            box(LEFT + (closed + left) * unit, y, accepted * unit, 20, QUIET, hollow=True),
            words(LEFT + 8 + (closed + left + accepted) * unit, y + 15, said),
        ]
        told.append(f"{name}: {said}")
    return drawing("".join(parts), 4 + 28 * len(rows), "What was found, by how bad it is", "; ".join(told), SMALL)


def risk(before: int, after: int) -> str:
    """Two bars from 0 to 100."""
    parts, wide = [], SMALL - LEFT - BESIDE
    for at, (name, score) in enumerate((("before", before), ("now", after))):
        y, color = 4 + at * 28, BAD if score >= SEVERE else WARN if score >= SERIOUS else GOOD
        parts += [
            words(LEFT - 12, y + 15, name, "end"),
            f'<rect x="{LEFT}" y="{y}" width="{wide}" height="20" fill="{QUIET}" fill-opacity=".18"/>',
            box(LEFT, y, wide * score / 100, 20, color),
            words(LEFT + wide + 8, y + 15, f"risk {score} of 100", bold=bool(at)),
        ]
    return drawing("".join(parts), 60, "The risk, from none to a hundred", f"{before} before, {after} now", SMALL)


def bars(rows: Sequence[tuple[str, float, float]]) -> str:
    """Milliseconds before and after for each name, in powers of ten, with the line under which they are fast."""
    known = [ms for _, was, now in rows for ms in (was, now) if math.isfinite(ms)]
    top = math.log10(max(1000.0, *known)) if known else 3.0
    start, room = 220.0, WIDE - 310.0

    def long(ms: float) -> float:
        return room * min(1.0, math.log10(max(ms, 1.0)) / top) if math.isfinite(ms) else room

    parts, told, limit, high = [], [], round(start + long(FAST), 1), 52 + 36 * len(rows)
    for at, (name, was, now) in enumerate(rows):
        y = 44 + at * 36
        parts.append(words(start - 10, y + 17, short(name), "end", 12))
        for down, ms, color, hollow in ((0, was, QUIET, True), (13, now, GOOD if now < FAST else BAD, False)):
            parts.append(box(start, y + down, max(long(ms), 3.0), 11, color, hollow))
            parts.append(words(start + 6 + long(ms), y + down + 10, duration(ms), size=11))
        told.append(f"{name}: {duration(was)} before, {duration(now)} now")
    line = f'x1="{limit}" x2="{limit}" y1="36" y2="{high - 4}"'
    parts.append(f'<line {line} stroke="{BAD}" stroke-width="1.5" stroke-dasharray="4 3"/>')
    parts.append(words(limit, 32, f"{duration(FAST)}: fast is left of here", "middle", 11))
    parts += [
        box(start, 2, 18, 11, QUIET, hollow=True), words(start + 24, 12, "before", size=11),
        box(start + 90, 2, 18, 11, GOOD), box(start + 110, 2, 18, 11, BAD), words(start + 134, 12, "now", size=11),
    ]  # fmt: skip
    return drawing("".join(parts), high, "How long people wait for each screen", "; ".join(told))
