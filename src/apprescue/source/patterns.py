"""Patterns that addresses are matched with (`/admin/:path*`, `/((?!api).*)`), as Next.js and Clerk write them."""

from __future__ import annotations

import re
from functools import lru_cache

_PIECE = re.compile(r"(?P<slash>/?)(?::(?P<name>\w+)(?P<inner>\((?:[^()]|\([^()]*\))*\))?(?P<times>[*+?])?)")


@lru_cache(maxsize=512)
def expression(pattern: str) -> re.Pattern[str] | None:
    """The regular expression that a pattern means; None where it cannot be read.

    >>> bool(expression("/admin/:path*").fullmatch("/admin")), bool(expression("/((?!api).*)").fullmatch("/api/x"))
    (True, False)
    """
    made, at = "", 0
    for found in _PIECE.finditer(pattern):
        if found.start() and pattern[found.start() - 1] == "?" and found["slash"] == "":
            continue
        made += _literal(pattern[at : found.start()])
        one = found["inner"] or "[^/]+?"
        slash = found["slash"]
        if found["times"] in ("*", "?"):
            made += f"(?:{slash}{one}(?:/{one})*)?" if found["times"] == "*" else f"(?:{slash}{one})?"
        else:
            made += slash + (f"{one}(?:/{one})*" if found["times"] == "+" else one)
        at = found.end()
    made += _literal(pattern[at:])
    try:
        return re.compile(made + "/?")
    except re.error:
        return None


def _literal(text: str) -> str:
    """Text outside of parentheses is literal, except a star; what stands inside is an expression already."""
    made, depth, escaped = "", 0, False
    for sign in text:
        depth += (sign == "(" and not escaped) - (sign == ")" and not escaped)
        if depth or sign in "()" or escaped or sign == "\\":
            made += sign
        elif sign == "*":
            made += ".*"
        else:
            made += sign if sign == "?" and made.endswith(")") else re.escape(sign)
        escaped = sign == "\\" and not escaped
    return made


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern covers a path; one that cannot be read covers none."""
    made = expression(pattern)
    return made is not None and made.fullmatch(path) is not None
