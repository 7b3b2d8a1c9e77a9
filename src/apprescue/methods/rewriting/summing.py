"""Whether one function may take the place of several requests for figures: the same figures, and no slower."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from apprescue.methods.measuring.pairs import LEAST, SLOWER
from apprescue.methods.rewriting.sums import Figures
from apprescue.model.database import Database, DatabaseError
from apprescue.model.tuning import Rewritten
from apprescue.model.workload import Draw, Drawn

MANY = 3
"""From so many requests on, that they become one is enough."""


def summed(
    database: Database, figures: Figures, drawn: Sequence[Drawn], milliseconds: Callable[[Drawn, Draw], float]
) -> Rewritten:
    """Try a function at volume, as everybody that its parts were drawn for; nothing of it stays. `gains` has the key
    of the statement that asks it, what its parts took together, and what it takes."""
    by_key = {one.statement.key: one for one in drawn}
    parts = [by_key[one.key] for one in figures.parts if one.key in by_key]
    whole = figures.drawn(parts) if len(parts) == len(figures.parts) else None
    if whole is None or not whole.draws:
        return Rewritten(figures.rewrite, refused="There are no values to try it with.")
    try:
        apart = [_apart(database, figures, parts, draw) for draw in whole.draws]
        before = [sum(milliseconds(one, _of(one, draw)) for one in parts) for draw in whole.draws]
        with database.undone():
            database.run(figures.rewrite.up)
            together = [_row(database, whole, draw) for draw in whole.draws]
            after = [milliseconds(whole, draw) for draw in whole.draws]
    except DatabaseError as error:
        return Rewritten(figures.rewrite, refused=f"The server refuses it: {error}")
    was, now = sum(before) / len(before), sum(after) / len(after)
    same = f"{sum(figures.widths)} figures of {len(apart)} people, asked apart and together"
    return Rewritten(
        figures.rewrite, ((whole.statement.key, was, now),), same, _refused(apart, together, parts, was, now)
    )


def _refused(apart: object, together: object, parts: Sequence[Drawn], was: float, now: float) -> str:
    if apart != together:
        return "Its figures are not those of the separate requests."
    if now > was * SLOWER and now > was + LEAST:
        return f"It is slower than the separate requests: {was:.1f} ms before, {now:.1f} ms after."
    if len(parts) < MANY and now > was - LEAST:
        return "It saves no time."
    return ""


def _apart(database: Database, figures: Figures, parts: Sequence[Drawn], draw: Draw) -> tuple[Any, ...]:
    """The figures as the separate statements give them."""
    pairs = zip(parts, figures.widths, strict=True)
    return tuple(value for one, width in pairs for value in _row(database, one, _of(one, draw))[:width])


def _row(database: Database, drawn: Drawn, draw: Draw) -> tuple[Any, ...]:
    with database.undone():
        if before := drawn.before(draw):
            database.query(before)
        return database.query(drawn.text(draw))[0]


def _of(drawn: Drawn, draw: Draw) -> Draw:
    """What a statement was drawn with for the same person."""
    return next(one for one in drawn.draws if (one.standing, one.who) == (draw.standing, draw.who))
