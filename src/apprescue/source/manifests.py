"""JSON and TOML that may be anything: broken, nested without end, or of another shape than its readers expect.

Nothing here raises: what cannot be read is None, what is not there is empty.
"""

from __future__ import annotations

import json
import re
import tomllib

_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.S)
_LAST_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(\s*[}\]])')


def json_in(text: str | bytes) -> object:
    """The value that a JSON text holds; None where it cannot be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def relaxed_json_in(text: str) -> object:
    """The value of a JSON text with comments and trailing commas (tsconfig.json and its like)."""
    bare = _COMMENT.sub(lambda found: found[1] or "", text)
    return json_in(_LAST_COMMA.sub(lambda found: found[1] or found[2], bare))


def toml_in(text: str) -> object:
    """The value that a TOML text holds; None where it cannot be read."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def part(value: object, *names: str) -> object:
    """What stands in nested tables under these names; None where something else stands on the way."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def table(value: object, *names: str) -> dict[str, object]:
    """The table that stands under these names; empty where there is none."""
    found = part(value, *names)
    return {str(key): inner for key, inner in found.items()} if isinstance(found, dict) else {}


def words(value: object, *names: str) -> list[str]:
    """The texts of the list that stands under these names; a text alone is a list of one."""
    found = part(value, *names)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str)]
