"""Names of the environment that JavaScript and TypeScript read, with the literal used where one is not set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from apprescue.model.app import EnvRead
from apprescue.model.place import Code
from apprescue.source.quiet import is_test
from apprescue.source.sides import side_of

ENDINGS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro")
MARKS = ("process.env", "import.meta.env", "Deno.env", "Bun.env", "Env(", "env(")

_ANY_READ = (
    r"(?:\(?(?:process|import\.meta|globalThis\.process|Bun)\.env(?:\s+as\s+\w+\s*\))?(?:\?\.|\.|\??\.?\[\s*['\"`])([A-Za-z_]\w*)(?:['\"`]\s*\])?"
    r"|Deno\.env\.get\(\s*['\"`](\w+)['\"`]\s*\)"
    r"|\b(?:get|require|required|read|must|need|load)[A-Za-z_]*[eE]nv\w*\(\s*['\"`]([A-Z][A-Z0-9_]+)['\"`](?:\s*,\s*(?=['\"`]))?\)?)"
)
_READ = re.compile(_ANY_READ)
_OR = re.compile(rf"\s*!?\)*\s*(?:\|\||\?\?)\s*(?={_ANY_READ})")
_LITERAL = re.compile(
    r"\s*!?\)*\s*(?:(?:\|\||\?\?)\s*\(?|(?<=,)\s*|(?<=, ))"
    r"(?:\"([^\"\n]*)\"|'([^'\n]*)'|`([^`$\n]*)`)(?!\s*(?:\+|\?(?!\?)))"
)
_STANDS_IN = re.compile(
    r"\s*\)?\s*(?:(?:===?|!==?)\s*['\"`]|(?:\?\?|\|\|)(?!\s*\(?\s*(?:throw|fail|panic)\b)|\?\.toLowerCase\(\)\s*[=!]==?)"
)
_UNPACKED = re.compile(r"\{([^{}]*)\}\s*=\s*(?:process|import\.meta)\.env\b")
_PART = re.compile(r"([A-Za-z_]\w*)(?:\s*:\s*\w+)?(?:\s*=\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'))?")
_SCHEMA = re.compile(r"^\s*['\"]?([A-Z][A-Z0-9_]{2,})['\"]?\s*:\s*z\b([^\n]*(?:\n\s*\.[^\n]*)*)", re.M)
_DEFAULT = re.compile(r"\.default\(\s*(?:\"([^\"\n]*)\"|'([^'\n]*)')")


def read(files: Mapping[str, str]) -> Iterator[EnvRead]:
    """Every read in every script that is not a test."""
    for path, text in files.items():
        if path.endswith(ENDINGS) and any(mark in text for mark in MARKS) and not is_test(path):
            side = side_of(path, files)
            for name, at, fallback in (*_plain(text), *_unpacked(text), *_schema(text)):
                if not _commented(text, at):
                    needed = not _optional(text, at)
                    yield EnvRead(name, Code(path, text.count("\n", 0, at) + 1), side, fallback, needed)


def _plain(text: str) -> Iterator[tuple[str, int, str | None]]:
    for found in _READ.finditer(text):
        name = found[1] or found[2] or found[3]
        if name not in ("get", "MODE", "DEV", "PROD", "SSR", "BASE_URL"):
            yield name, found.start(), _fallback(text, found.end())


def _fallback(text: str, end: int) -> str | None:
    """The literal behind `||`, past other names that are tried first."""
    while another := _OR.match(text, end):
        following = _READ.match(text, another.end())
        if following is None:
            break
        end = following.end()
    literal = _LITERAL.match(text, end)
    return next((v for v in literal.groups() if v is not None), None) if literal else None


def _unpacked(text: str) -> Iterator[tuple[str, int, str | None]]:
    for found in _UNPACKED.finditer(text):
        for part in _PART.finditer(found[1]):
            yield part[1], found.start(1) + part.start(), part[2] if part[2] is not None else part[3]


def _schema(text: str) -> Iterator[tuple[str, int, str | None]]:
    """A schema over the environment (zod, t3-env): its upper-case keys are names, their defaults fallbacks."""
    if "process.env" not in text and "import.meta.env" not in text:
        return
    for found in _SCHEMA.finditer(text):
        default = _DEFAULT.search(found[2])
        yield found[1], found.start(1), (default[1] or default[2]) if default else None


def _optional(text: str, at: int) -> bool:
    """Whether a read is a switch (only compared with a text), or something else stands in where it is not set."""
    found = _READ.match(text, at)
    return found is not None and _STANDS_IN.match(text, found.end()) is not None


def _commented(text: str, at: int) -> bool:
    before = text[text.rfind("\n", 0, at) + 1 : at].lstrip()
    return before.startswith(("//", "*", "/*"))
