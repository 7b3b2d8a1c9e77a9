"""Names of the environment that Python reads: os.environ, getenv, decouple, environ, pydantic's settings classes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from apprescue.model.app import EnvRead
from apprescue.model.place import Code
from apprescue.source.quiet import is_test

_TEXT = r"(?:[rbu]?\"([^\"\n]*)\"|[rbu]?'([^'\n]*)')"
_READ = re.compile(
    rf"(?:\benviron(?:\.get|\.setdefault)?\s*[\[(]|\bgetenv\(|\b(?:config|env(?:\.(?:str|get|int|bool|url|db|list))?)\()\s*[\"'](\w+)[\"']"
    rf"\s*(?:[\])]\s*or\s*{_TEXT}|,\s*(?:default\s*=\s*)?{_TEXT}(?!\s*[+%.]))?"
)
_CLASS = re.compile(r"^class\s+\w+\([^)]*(?:BaseSettings|Settings)[^)]*\):\n((?:[ \t]+[^\n]*\n|\s*\n)+)", re.M)
_FIELD = re.compile(
    rf"^[ \t]+([A-Za-z_]\w*)\s*:\s*[^=\n]+?"
    rf"(?:=\s*(?:{_TEXT}|(?:Field|SecretStr)\(\s*(?:default\s*=\s*)?{_TEXT}|[^\n]*))?\s*(?:#.*)?$",
    re.M,
)
_PREFIX = re.compile(r"env_prefix\s*[=:]\s*[\"'](\w+)[\"']")


def read(files: Mapping[str, str]) -> Iterator[EnvRead]:
    """Every read in every Python file that is not a test."""
    for path, text in files.items():
        if path.endswith(".py") and not is_test(path):
            if "environ" in text or "getenv" in text or "decouple" in text:
                for found in _READ.finditer(text):
                    if not text[text.rfind("\n", 0, found.start()) + 1 : found.start()].lstrip().startswith("#"):
                        place = Code(path, text.count("\n", 0, found.start()) + 1)
                        yield EnvRead(found[1], place, "server", _first(found.groups()[1:]))
            if "Settings" in text:
                yield from _settings(path, text)


def _settings(path: str, text: str) -> Iterator[EnvRead]:
    for body in _CLASS.finditer(text):
        prefix = _PREFIX.search(body[1])
        for field in _FIELD.finditer(body[1]):
            if field[1] not in ("model_config", "Config"):
                name = (prefix[1] if prefix else "") + field[1]
                place = Code(path, text.count("\n", 0, body.start(1) + field.start(1)) + 1)
                yield EnvRead(name.upper(), place, "server", _first(field.groups()[1:]))


def _first(groups: tuple[str | None, ...]) -> str | None:
    return next((group for group in groups if group is not None), None)
