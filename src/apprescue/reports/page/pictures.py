"""Drawings of what people look at rather than read, as SVG that needs no style sheet: on paper and in the dark alike.

What a colour says, a shape or a word says too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from apprescue.model.access import Access, Actor, Cell, Verdict
from apprescue.model.tuning import FAST
from apprescue.reports.page.text import text

WIDE = 680
GOOD, BAD, WARN, QUIET = "#2e8b57", "#c0392b", "#b9770e", "#8a8a8a"
MOST_OBJECTS = 24
MOST_LETTERS = 34
WORST = (Verdict.LEAK, Verdict.BROKEN, Verdict.UNDECIDED, Verdict.UNTESTED, Verdict.ALLOWED, Verdict.DENIED)
SAYS = (
    (Verdict.LEAK, "works and must not"),
    (Verdict.UNDECIDED, "works, nobody said whether it is meant"),
    (Verdict.BROKEN, "fails for everyone"),
    (Verdict.ALLOWED, "as it is meant"),
    (Verdict.UNTESTED, "not tried"),
)


def levels(rows: Sequence[tuple[str, int, int]]) -> str:
    """Bars: a name, how many are closed, how many are left."""
    most = max((closed + left for _, closed, left in rows), default=0) or 1
    parts, unit = [], (WIDE - 220) / most
    for at, (name, closed, left) in enumerate(rows):
        y = 8 + at * 30
        parts += [
            _text(88, y + 15, name, "end"),
            _box(100, y, closed * unit, 20, GOOD),
            _box(100 + closed * unit, y, left * unit, 20, BAD, hollow=True),
            _text(108 + (closed + left) * unit, y + 15, f"{closed} closed, {left} left"),
        ]
    return _drawing("".join(parts), 12 + 30 * len(rows), "closed and left")


def risk(before: int, after: int) -> str:
    """Two bars from 0 to 100."""
    parts = []
    for at, (name, score) in enumerate((("before", before), ("after", after))):
        y, color = 8 + at * 34, BAD if score >= 70 else WARN if score >= 40 else GOOD
        parts += [
            _text(88, y + 16, name, "end"),
            f'<rect x="100" y="{y}" width="{WIDE - 200}" height="22" fill="none" stroke="{QUIET}"/>',
            _box(100, y, (WIDE - 200) * score / 100, 22, color),
            _text(WIDE - 90, y + 16, f"{score} of 100"),
        ]
    return _drawing("".join(parts), 80, f"risk {before} of 100 before, {after} after")


def bars(rows: Sequence[tuple[str, float, float]]) -> str:
    """Milliseconds before and after for each name, in powers of ten, with the line under which they are fast."""
    known = [ms for _, was, now in rows for ms in (was, now) if math.isfinite(ms)]
    top = math.log10(max(1000.0, *known)) if known else 3.0

    def long(ms: float) -> float:
        return (WIDE - 330) * min(1.0, math.log10(max(ms, 1.0)) / top) if math.isfinite(ms) else WIDE - 330.0

    parts, limit, high = [], round(210 + long(FAST), 1), 26 + 36 * len(rows)
    for at, (name, was, now) in enumerate(rows):
        y = 22 + at * 36
        parts.append(_text(200, y + 17, _short(name), "end"))
        for down, ms, color in ((0, was, QUIET), (13, now, GOOD if now < FAST else BAD)):
            parts.append(_box(210, y + down, max(long(ms), 1.0), 11, color))
            parts.append(_text(216 + long(ms), y + down + 10, _ms(ms), size=11))
    parts.append(f'<line x1="{limit}" x2="{limit}" y1="14" y2="{high}" stroke="{BAD}" stroke-dasharray="4 3"/>')
    parts.append(_text(limit, 11, f"{FAST:.0f} ms", "middle", size=11))
    return _drawing("".join(parts), high, "milliseconds before (above) and after (below)")


def matrix(before: Access, after: Access | None) -> str:
    """Who can do what to which object, before and after: for each object and each of the people the worst that came of
    any try. Objects of which nothing bad came are left out where there are many."""
    actors = [one for one in Actor if any(cell.actor is one for cell in before.cells)]
    objects = sorted({cell.object for cell in before.cells}, key=lambda name: (_rank(before, name), name))[
        :MOST_OBJECTS
    ]
    sides = [(before, 0.0)] + ([(after, 1.0)] if after else [])
    column = min(34.0, (WIDE - 250) / (len(actors) * len(sides) + 1 or 1))
    parts = []
    for access, place in sides:
        left = 250 + place * (len(actors) + 1) * column
        parts.append(_text(left, 14, "after" if place else "before", size=13, bold=True))
        parts += [_slanted(left + (n + 0.5) * column, 78, actor) for n, actor in enumerate(actors)]
        for down, name in enumerate(objects):
            y = 86 + down * 22
            for n, actor in enumerate(actors):
                told = _worst(cell for cell in access.cells if cell.object == name and cell.actor is actor)
                parts.append(_sign(left + (n + 0.5) * column, y + 9, told))
    parts += [_text(240, 86 + n * 22 + 14, _short(name), "end", size=12) for n, name in enumerate(objects)]
    y = 100 + len(objects) * 22
    for n, (verdict, words) in enumerate(SAYS):
        across, down = (n % 3) * 225, (n // 3) * 20
        parts += [_sign(14 + across, y + down + 4, verdict), _text(26 + across, y + down + 8, words, size=11)]
    return _drawing("".join(parts), y + 36, "who could do what before and after")


def _rank(access: Access, name: str) -> int:
    told = _worst(cell for cell in access.cells if cell.object == name)
    return WORST.index(told) if told else len(WORST)


def _worst(cells: Iterable[Cell]) -> Verdict | None:
    return min((cell.verdict for cell in cells), key=WORST.index, default=None)


def _sign(x: float, y: float, verdict: Verdict | None) -> str:
    """One cell: a cross, a bang, a question mark, a dot; nothing where nobody tried."""
    x, y = round(x, 1), round(y, 1)
    match verdict:
        case None:
            return ""
        case Verdict.LEAK:
            cross = f'<path d="M{x - 4} {y - 4}l8 8m0 -8l-8 8" stroke="#fff" stroke-width="2"/>'
            return f'<rect x="{x - 8}" y="{y - 8}" width="16" height="16" fill="{BAD}"/>{cross}'
        case Verdict.BROKEN | Verdict.UNDECIDED:
            color, mark = (BAD, "!") if verdict is Verdict.BROKEN else (WARN, "?")
            ring = f'<circle cx="{x}" cy="{y}" r="8" fill="none" stroke="{color}" stroke-width="2"/>'
            return ring + _text(x, y + 4, mark, "middle", size=11, bold=True)
        case Verdict.UNTESTED:
            return f'<path d="M{x - 4} {y}h8" stroke="{QUIET}" stroke-width="2"/>'
        case _:
            return f'<circle cx="{x}" cy="{y}" r="4" fill="{GOOD}"/>'


def _slanted(x: float, y: float, words: str) -> str:
    return f'<g transform="translate({round(x, 1)} {y}) rotate(-50)">{_text(0, 0, words, size=11)}</g>'


def _box(x: float, y: float, wide: float, high: float, color: str, hollow: bool = False) -> str:
    fill = f'fill="none" stroke="{color}" stroke-width="2"' if hollow else f'fill="{color}"'
    inset, width = (1, wide - 2) if hollow else (0, wide)
    if width <= 0:
        return ""
    return f'<rect x="{x + inset:.1f}" y="{y + inset}" width="{width:.1f}" height="{high - 2 * inset}" {fill}/>'


def _text(x: float, y: float, words: str, anchor: str = "start", size: int = 13, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-family="sans-serif" fill="currentColor" '
        f'text-anchor="{anchor}"{weight}>{text(words)}</text>'
    )


def _drawing(inside: str, high: float, words: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high:.0f}" role="img" '
        f'aria-label="{text(words)}"><title>{text(words)}</title>{inside}</svg>'
    )


def _short(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else f"…{name[1 - MOST_LETTERS :]}"


def _ms(milliseconds: float) -> str:
    if math.isinf(milliseconds):
        return "broken off"
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 1000 else f"{milliseconds:.0f} ms"
