"""Values under secret names in YAML that are no secrets: what a pipeline's tests run with, and names in a store."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.source.settings import Named, is_wordlike

_PIPELINE = re.compile(
    r"(?:^|/)(?:\.github/workflows/[^/]+|\.gitlab-ci|\.circleci/config|azure-pipelines|bitbucket-pipelines|\.travis)\.ya?ml$"
)
_TESTS = re.compile(
    r"(?i)\b(?:NODE_ENV|APP_ENV|ENVIRONMENT|RAILS_ENV)\s*:\s*['\"]?test\b|localhost|127\.0\.0\.1|file:\.|:memory:|_test\b"
)
_STORE = re.compile(r"\{\{\s*secrets\.")
_NAMED = re.compile(r"[a-z]\w*Secret$")
_WORDS = re.compile(r"[a-z]+(?:[_-][a-z]+)+")


def is_made_up(path: str, text: str, named: Named) -> bool:
    """Whether the words that stand as a value there were made up for tests, or name a secret that is kept elsewhere."""
    if not path.endswith((".yml", ".yaml")) or not is_wordlike(named.value):
        return False
    if _PIPELINE.search(path):
        return any(_TESTS.search(row) for row in _beside(text.split("\n"), named.line - 1))
    key = named.name.strip(" .-/:$")
    return bool(_STORE.search(text) and _NAMED.search(key) and _WORDS.fullmatch(named.value))


def _beside(rows: list[str], at: int) -> Iterator[str]:
    """The settings of the same block: the lines around that are indented alike."""
    margin = _indent(rows[at])
    for step in (-1, 1):
        n = at + step
        while 0 <= n < len(rows) and rows[n].strip() and _indent(rows[n]) == margin:
            yield rows[n]
            n += step


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())
