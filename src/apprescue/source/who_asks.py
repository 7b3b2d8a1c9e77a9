"""The functions of an app that ask who is calling, by their names and texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apprescue.model.app import App
from apprescue.model.place import Code
from apprescue.source.neighbours import around
from apprescue.source.syntax import SCRIPTS

_CALLED = re.compile(r"\b([A-Za-z_$][\w$]{3,})\b")
_FAR = 2


def named_around(app: App, places: Iterable[Code]) -> set[str]:
    """The names of the functions in which places stand."""
    return {name for place in places for name in around(app, place) if name}


def asking_text(app: App, question: str) -> str:
    """A question with the texts of the app's functions that it names, and of those that these name."""
    texts, known = [question], set[str]()
    for _ in range(_FAR):
        names = set(_CALLED.findall("\n".join(texts))) - known
        known |= names
        texts += [text for name in sorted(names) for text in _functions(app, name)]
    return "\n".join(texts)


def _functions(app: App, name: str) -> Iterator[str]:
    """The texts of the functions of a name that stand at the top of a file."""
    made = re.compile(rf"^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function|const)\s+{re.escape(name)}\b", re.M)
    for path, text in app.files.items():
        if path.endswith(SCRIPTS) and name in text and (found := made.search(text)):
            end = re.compile(r"^[})]", re.M).search(text, found.end())
            yield text[found.start() : end.end() if end else len(text)]
