"""Pieces of SQL text that the parser's tree gives only by where they begin."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(?:[A-Za-z_]\w*)?\$|[()\[\]]|[A-Za-z_][\w$]*|,|;", re.S
)
_ENDS_DEFAULT = {"not", "null", "check", "references", "unique", "primary", "constraint", "generated", "collate"}
_COMMENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.S)


def inside(text: str, at: int) -> str:
    """What stands between the first opening parenthesis at or after a place and the one that closes it."""
    start = text.find("(", at)
    if start < 0:
        return ""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += (token[0] == "(") - (token[0] == ")")
        if depth == 0:
            return text[start + 1 : token.start()].strip()
    return text[start + 1 :].strip()


def clause(text: str, *keywords: str) -> str:
    """The parenthesis that follows some keywords at the outermost level: `clause(sql, "with", "check")`."""
    depth = 0
    recent: list[str] = []
    for token in _TOKEN.finditer(text):
        word = token[0].lower()
        if word == "(":
            if depth == 0 and recent[-len(keywords) :] == list(keywords):
                return inside(text, token.start())
            depth += 1
        elif word == ")":
            depth -= 1
        elif depth == 0 and word[:1].isalpha():
            recent.append(word)
    return ""


def default(text: str) -> str:
    """A column's default, from behind the word DEFAULT to the next comma, constraint or end."""
    depth = 0
    for token in _TOKEN.finditer(text):
        word = token[0].lower()
        if depth == 0 and (word in (",", ")", ";") or word in _ENDS_DEFAULT) and text[: token.start()].strip():
            return text[: token.start()].strip()
        depth += (word in "([") - (word in ")]")
    return text.strip()


def listed(text: str) -> list[str]:
    """The parts of a list, divided by its outermost commas."""
    parts, begin, depth = [], 0, 0
    for token in _TOKEN.finditer(text):
        depth += (token[0] in "([") - (token[0] in ")]")
        if depth == 0 and token[0] == ",":
            parts.append(text[begin : token.start()].strip())
            begin = token.end()
    return [*parts, text[begin:].strip()]


def without_comments(text: str) -> str:
    """The text with its comments blanked; lines stay where they are."""
    return _COMMENT.sub(lambda m: m[0] if m[0][0] == "'" else "\n" * m[0].count("\n") or " ", text)


def strings(text: str) -> list[str]:
    """The values of the plain string literals in a text, in order."""
    found = (m[0] for m in _COMMENT.finditer(text) if m[0][0] == "'")
    return [value[1:-1].replace("''", "'") for value in found]


def bare(name: str) -> str:
    """A name without its schema and quotes, lower case."""
    return name.rpartition(".")[2].strip('"').lower()
