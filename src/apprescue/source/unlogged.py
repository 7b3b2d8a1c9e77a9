"""Failures that a server answers and tells nobody: a `catch` that says 500 and forgets the error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apprescue.source import tree as t

_FAILS = re.compile(
    r"(?:status|code|sendStatus)\(5\d\d\b|\bstatus(?:_code)?\s*[:=]\s*5\d\d\b|,\s*5\d\d\s*\)|\b(?:HTTPException|abort)\(\s*5\d\d\b"
)
_TELLS = re.compile(r"(?i)console\.|log(?:ger|ging|step|error)?\b|\blog\w*\(|captur|report|sentry|print\(|track|notify")


def unlogged(nodes: Iterable[t.Node], code: bytes) -> Iterator[t.Handler]:
    """Every such `catch` or `except` among the nodes of a file, whose bytes are `code`."""
    for node in nodes:
        if isinstance(node, t.Handler) and node.body:
            said = code[node.body[0].start : node.body[-1].end].decode("utf-8", "surrogatepass")
            names = (one for row in node.body for one in row.walk() if isinstance(one, t.Name))
            used = bool(node.name) and any(one.id == node.name for one in names)
            if _FAILS.search(said) and not _TELLS.search(said) and not used and not _asks_again(node):
                yield node


def _asks_again(node: t.Handler) -> bool:
    """Whether it goes on to try something else, which may fail and be told in its turn."""
    return any(isinstance(one, (t.Try, t.For)) for row in node.body for one in row.walk())


def words_of(node: t.Handler) -> str:
    """What a failure's answer says, to be said in the log too."""
    texts = (one.value for row in node.body for one in row.walk() if isinstance(one, t.Literal))
    plain = (one for one in texts if isinstance(one, str) and " " in one and not set(one) & set("'\"\\\n`{"))
    return next(plain, "This failed").rstrip(".")
