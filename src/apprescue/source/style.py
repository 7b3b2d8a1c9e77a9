"""How a file of code is written: which quotes, whether semicolons, how far it indents. Repairs write the same way."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

_TEXT = re.compile(r"(?<![\w\\])(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')")
_ENDED = re.compile(r"[\w)\]'\"`](;?)[ \t]*$", re.M)
_STEP = re.compile(r"^([ \t]*)[^\n]*[:{(\[][ \t]*\n\1([ \t]+)\S", re.M)


@dataclass(frozen=True, slots=True)
class Style:
    """`quote` is `"` or `'`, `end` what closes a JavaScript statement (`;` or nothing), `step` one indentation."""

    quote: str
    end: str
    step: str

    def text(self, words: str) -> str:
        """A text literal of words that hold no quotes of this kind."""
        return f"{self.quote}{words}{self.quote}"


def style_of(text: str, path: str = "") -> Style:
    """The style that most of the text of the file at `path` follows."""
    texts = [found[0][0] for found in _TEXT.finditer(text)]
    ends = [found[1] for found in _ENDED.finditer(text)]
    quote = '"' if texts.count('"') >= len(texts) - texts.count('"') else "'"
    steps = Counter(found[2] for found in _STEP.finditer(text)).most_common(1)
    return Style(
        quote,
        ";" if ends.count(";") * 3 >= len(ends) else "",
        steps[0][0] if steps else "    " if path.endswith(".py") else "  ",
    )
