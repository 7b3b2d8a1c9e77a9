"""What every drawing is made of: SVG that needs no style sheet, so that it looks alike on paper and in the dark.

Words have the colour of the text around them; what a colour says, a shape or a word says too.
"""

from __future__ import annotations

import math

from apprescue.reports.page.text import text

WIDE, SMALL = 680, 480
"""Widths of drawings: those that need room, and those that fit a phone."""
GOOD, BAD, WARN, QUIET = "#2e8b57", "#d1495b", "#b9770e", "#8a8a8a"
MOST_LETTERS = 32


def drawing(inside: str, high: float, title: str, told: str = "", wide: int = WIDE) -> str:
    """The whole picture. `title` names it, `told` says in words what it shows, for whoever cannot see it."""
    desc = f"<desc>{text(told)}</desc>" if told else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high:.0f}" width="{wide}" role="img" '
        f'aria-label="{text(f"{title}. {told}" if told else title)}"><title>{text(title)}</title>{desc}{inside}</svg>'
    )


def words(x: float, y: float, said: str, anchor: str = "start", size: float = 13, bold: bool = False) -> str:
    """A text; `anchor` is start, middle or end."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" font-family="sans-serif" fill="currentColor" '
        f'text-anchor="{anchor}"{weight}>{text(said)}</text>'
    )


def box(x: float, y: float, wide: float, high: float, color: str, hollow: bool = False) -> str:
    """A bar; nothing where it has no width."""
    fill = f'fill="none" stroke="{color}" stroke-width="2"' if hollow else f'fill="{color}"'
    inset, width = (1, wide - 2) if hollow else (0, wide)
    if width <= 0:
        return ""
    return f'<rect x="{x + inset:.1f}" y="{y + inset:.1f}" width="{width:.1f}" height="{high - 2 * inset}" {fill}/>'


def short(name: str, most: int = MOST_LETTERS) -> str:
    """A name that fits: its end is kept, for that tells more than its beginning."""
    return name if len(name) <= most else f"…{name[1 - most :]}"


def duration(milliseconds: float) -> str:
    """How long something took, as people say it."""
    if math.isinf(milliseconds):
        return "broken off"
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"
