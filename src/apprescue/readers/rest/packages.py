"""Dependencies, as package.json, requirements files and pyproject.toml name them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator

from apprescue.model.app import App, Package
from apprescue.model.place import Code
from apprescue.source.project import Project


def read(app: App, project: Project) -> dict[str, tuple[Package, ...]]:
    """Every dependency of every manifest."""
    found: list[Package] = []
    for path, text in app.files.items():
        name = path.rpartition("/")[2]
        if name == "package.json":
            found.extend(_npm(path, text))
        elif re.fullmatch(r"requirements[\w.-]*\.txt", name):
            found.extend(_requirements(path, text))
        elif name == "pyproject.toml":
            found.extend(_pyproject(path, text))
    return {"packages": tuple(found)}


def _npm(path: str, text: str) -> Iterator[Package]:
    try:
        manifest = json.loads(text)
    except ValueError:
        return
    for group in ("dependencies", "devDependencies"):
        listed = manifest.get(group) if isinstance(manifest, dict) else None
        for name, version in (listed if isinstance(listed, dict) else {}).items():
            yield Package(name, str(version), "npm", Code(path, _line(text, f'"{name}"')), group != "dependencies")


def _requirements(path: str, text: str) -> Iterator[Package]:
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r"\s*([A-Za-z][\w.-]*)(?:\[[^\]]*\])?\s*([^#;]*)", line):
            yield Package(found[1].lower(), found[2].strip(), "pypi", Code(path, number))


def _pyproject(path: str, text: str) -> Iterator[Package]:
    try:
        read_ = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    listed = [str(d) for d in read_.get("project", {}).get("dependencies", [])]
    listed += [f"{k}{v}" for k, v in read_.get("tool", {}).get("poetry", {}).get("dependencies", {}).items()]
    for one in listed:
        if found := re.match(r"([A-Za-z][\w.-]*)(?:\[[^\]]*\])?\s*(.*)", one):
            yield Package(found[1].lower(), found[2], "pypi", Code(path, _line(text, found[1])))


def _line(text: str, word: str) -> int:
    at = text.find(word)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
