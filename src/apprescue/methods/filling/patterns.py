"""Texts that match a pattern of the server: regular expressions, LIKE, and lengths."""

from __future__ import annotations

import hashlib
import re
import warnings
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

CLASSES = {
    "alpha": "a-zA-Z", "alnum": "a-zA-Z0-9", "digit": "0-9", "lower": "a-z", "upper": "A-Z", "space": " ",
    "punct": "!,.:;", "xdigit": "0-9a-f", "word": "a-zA-Z0-9_",
}  # fmt: skip
CATEGORIES = {
    _constants.CATEGORY_DIGIT: "0123456789",
    _constants.CATEGORY_WORD: "abcdefghijklmnopqrstuvwxyz0123456789",
    _constants.CATEGORY_SPACE: " ",
    _constants.CATEGORY_NOT_DIGIT: "abcdefgh",
    _constants.CATEGORY_NOT_SPACE: "abcdefgh",
    _constants.CATEGORY_NOT_WORD: "-. ",
}
ANYTHING = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. @:/+#"


def matching(operator: str, pattern: str, salt: str) -> list[str]:
    """A few texts that match, different for another salt. Empty where the pattern is not understood or negated."""
    if operator.startswith("!"):
        return []
    if "~~" in operator or "like" in operator:
        return [pattern.replace("%", salt).replace("_", "x"), pattern.replace("%", "").replace("_", "x")]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = _parser.parse(re.sub(r"\[:(\w+):\]", lambda m: CLASSES.get(m[1], "a-z"), pattern))
    except (re.error, RecursionError, OverflowError):
        return []
    said = [_Speaker(salt, least).say(tree) for least in (6, 1, 3, 12)]
    return list(dict.fromkeys(said if pattern.endswith("$") else [said[0] + salt, *said]))


def of_length(length: int, salt: str) -> str:
    """A text of that many characters, the salt at its front."""
    return (salt + "x" * length)[: max(length, 0)]


class _Speaker:
    """Says one text that a parsed expression matches; `least` is how often it repeats what may be repeated."""

    def __init__(self, salt: str, least: int) -> None:
        self._digest, self._least, self._said = hashlib.sha256(salt.encode()).digest(), least, 0
        self._groups: dict[int, str] = {}

    def say(self, tree: Any) -> str:
        """The text of a sequence of parts."""
        return "".join(self._part(kind, value) for kind, value in tree)

    def _part(self, kind: Any, value: Any) -> str:
        match str(kind):
            case "LITERAL":
                return chr(value)
            case "NOT_LITERAL":
                return "a" if chr(value) != "a" else "b"
            case "ANY":
                return self._one("abcdefghijklmnopqrstuvwxyz")
            case "IN":
                return self._one(_members(value))
            case "BRANCH":
                return self.say(value[1][self._number() % len(value[1])])
            case "SUBPATTERN":
                said = self.say(value[3])
                self._groups[value[0]] = said
                return said
            case "ATOMIC_GROUP":
                return self.say(value)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                low, high, inner = value
                times = max(int(low), min(self._least, 64 if high is _constants.MAXREPEAT else int(high)))
                return "".join(self.say(inner) for _ in range(min(times, 200)))
            case "GROUPREF":
                return self._groups.get(value, "")
            case _:
                return ""

    def _number(self) -> int:
        self._said += 1
        return self._digest[self._said % len(self._digest)] + self._said * 7

    def _one(self, choice: str) -> str:
        return choice[self._number() % len(choice)] if choice else ""


def _members(parts: list[tuple[Any, Any]]) -> str:
    """The characters that a bracket takes, the plain ones first."""
    negated = any(str(kind) == "NEGATE" for kind, _ in parts)
    found = ""
    for kind, value in parts:
        match str(kind):
            case "LITERAL":
                found += chr(value)
            case "RANGE":
                found += "".join(map(chr, range(value[0], min(value[1], value[0] + 63) + 1)))
            case "CATEGORY":
                found += CATEGORIES.get(value, "")
    if negated:
        return "".join(one for one in ANYTHING if one not in found)
    return "".join(one for one in found if one.isalnum()) or found
