"""Names of the environment that Python reads: os.environ, getenv, decouple, environ, pydantic's settings classes."""

from __future__ import annotations

import ast
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
_NAMES = ("validation_alias", "alias", "env")


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
    try:
        found = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ClassDef)]
    except (SyntaxError, ValueError, RecursionError):
        return
    for made in found:
        if any(_last(base).endswith("Settings") for base in made.bases):
            prefix = _prefix(made)
            for field in made.body:
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    yield from _field(field.target.id, field, prefix, path)


def _field(name: str, field: ast.AnnAssign, prefix: str, path: str) -> Iterator[EnvRead]:
    """The names that a field may come from; only the first is missed where it has no default."""
    if name == "model_config" or "ClassVar" in ast.dump(field.annotation):
        return
    place, fallback, needed = Code(path, field.lineno), _default(field.value), not _has_default(field.value)
    for number, one in enumerate(_aliases(field.value) or [prefix + name]):
        yield EnvRead(one.upper(), place, "server", fallback, needed and not number)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _prefix(made: ast.ClassDef) -> str:
    for node in ast.walk(made):
        if isinstance(node, ast.keyword) and node.arg == "env_prefix":
            return _text(node.value) or ""
        if isinstance(node, ast.Assign) and any(_last(target) == "env_prefix" for target in node.targets):
            return _text(node.value) or ""
    return ""


def _aliases(value: ast.expr | None) -> list[str]:
    """The names that `Field` gives a field in the environment, in the order in which they are tried."""
    if not isinstance(value, ast.Call) or _last(value.func) != "Field":
        return []
    given = {k.arg: k.value for k in value.keywords if k.arg in _NAMES}
    node = next((given[name] for name in _NAMES if name in given), None)
    parts = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    return [text for part in parts if part is not None and (text := _text(part))]


def _has_default(value: ast.expr | None) -> bool:
    if not isinstance(value, ast.Call) or _last(value.func) != "Field":
        return value is not None and not _is_dots(value)
    if value.args:
        return not _is_dots(value.args[0])
    return any(k.arg == "default_factory" or (k.arg == "default" and not _is_dots(k.value)) for k in value.keywords)


def _default(value: ast.expr | None) -> str | None:
    """The literal text that a field holds where nothing is set."""
    if isinstance(value, ast.Call) and _last(value.func) in ("Field", "SecretStr"):
        inside = (*value.args[:1], *(k.value for k in value.keywords if k.arg == "default"))
        return _default(inside[0]) if inside else None
    return _text(value) if value is not None else None


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _first(groups: tuple[str | None, ...]) -> str | None:
    return next((group for group in groups if group is not None), None)
