"""Which keys can be read by others, and how to replace each of them."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.document import Block, Bullets, Chapter, Strong, Text
from apprescue.model.sprint import Standing
from apprescue.reports.chapters.interface import reviewed
from apprescue.reports.page.stood import rotation

CHECKS = ("secrets", "release/test_key_in_production_file", "ai/model_call_in_browser")
ABOUT = (
    "Every file is searched for keys and passwords, and every older version of it where git has one. Taking a key "
    "out of the code does not take it back: whoever has seen it can use it until you replace it where it was issued. "
    "That, only you can do."
)


def chapter(standing: Standing) -> Chapter:
    """The keys that were found, and the rotation notes."""
    return reviewed(standing, "keys", "Exposed keys, and how to replace them", ABOUT, CHECKS, tuple(_notes(standing)))


def _notes(standing: Standing) -> Iterator[Block]:
    steps = rotation(standing.by(*CHECKS))
    if steps:
        yield Text((Strong("What only you can do, in this order", "bad"),))
        yield Bullets(tuple((step,) for step in steps), numbered=True)
        yield Text(
            ("Whether you have replaced them cannot be seen from here. Until you have, take them as stolen.",), "warn"
        )
