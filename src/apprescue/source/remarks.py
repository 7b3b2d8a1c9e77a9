"""Code without what is only said about it: remarks and code that is switched off."""

from __future__ import annotations

import re

_SCRIPT = re.compile(r"/\*.*?\*/|(?<![:\"'`\\])//[^\n]*", re.S)
_PYTHON = re.compile(r"(?m)(?:^|(?<=\s))#[^\n]*")


def without_remarks(text: str, path: str) -> str:
    """The text of a file with its remarks left out, its lines kept.

    >>> without_remarks("app.use(x) // later: helmet()", "a.js"), without_remarks("a = 1  # b", "a.py")
    ('app.use(x) ', 'a = 1  ')
    """
    pattern = _PYTHON if path.endswith(".py") else _SCRIPT
    return pattern.sub(lambda m: "\n" * m[0].count("\n"), text)
