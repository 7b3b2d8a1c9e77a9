"""The values behind Python's number and string literals."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE = re.compile(
    r"\\(?:(?P<line>\r\n|\r|\n)|(?P<one>[abfnrtv\\'\"])|(?P<octal>[0-7]{1,3})"
    r"|x(?P<hex>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|N\{(?P<name>[^}]*)\})"
)
_ONE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def unescape(text: str) -> str:
    """The text that a string literal without the prefix `r` stands for. What is no escape stays as it is."""
    return _ESCAPE.sub(_meaning, text) if "\\" in text else text


def _meaning(found: re.Match[str]) -> str:
    kind, written = found.lastgroup, found[found.lastgroup or 0]
    if kind == "line":
        return ""
    if kind == "one":
        return _ONE.get(written, written)
    if kind == "name":
        try:
            return unicodedata.lookup(written)
        except KeyError:
            return found[0]
    code = int(written, 8 if kind == "octal" else 16)
    if code > 0x10FFFF:
        return found[0]
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


def number(text: str) -> int | float:
    """The value of a number; an imaginary one counts as its real part, one too long to read as infinite."""
    text = text.replace("_", "").rstrip("jJlL")
    try:
        return int(text, 0)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return 0
