"""Words for what people are in an app: which of them give power over others or what is paid for, and which the app
knows beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting
from apprescue.source.syntax import SCRIPTS

POWER = re.compile(
    r"(?i)admin|staff|super|moderat|owner|root|manager|pro\b|premium|enterprise|plus|gold|vip|paid|unlimited"
)


def harmless_words(files: Mapping[str, str], near: Handwriting, field: str, including: str = "") -> tuple[str, ...]:
    """The words without power that a field may hold, by the lists that the app itself holds it against (`["a",
    "b"].includes(role)`); lists of the file `near` first. Nothing where its lists disagree, or none has the word."""
    for texts in ({near.path: near.text}, files):
        found = {
            words
            for path, text in texts.items()
            if path.endswith(SCRIPTS) and ".includes(" in text and field.lower() in text.lower()
            for words in _lists(path, text, field)
            if not including or including in words
        }
        if found:
            return found.pop() if len(found) == 1 else ()
    return ()


@lru_cache(maxsize=1024)
def _lists(path: str, text: str, field: str) -> frozenset[tuple[str, ...]]:
    """The harmless words of each list of a file that a field is held against; asked for again with each role."""
    return frozenset(_read(Handwriting(path, text), field))


def _read(file: Handwriting, field: str) -> Iterator[tuple[str, ...]]:
    for node in file.nodes:
        if not isinstance(node, t.Call) or len(node.args) != 1 or not isinstance(node.callee, t.Member):
            continue
        words = node.callee.object.items if isinstance(node.callee.object, t.Array) else []
        asked = file.of(node.args[0]).lower().endswith(field.lower())
        if node.callee.name == "includes" and asked and all(isinstance(one, t.Literal) for one in words):
            told = [str(one.value) for one in words if isinstance(one, t.Literal)]
            harmless = tuple(one for one in told if not POWER.search(one))
            if len(harmless) > 1:
                yield harmless
