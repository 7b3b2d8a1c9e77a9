"""Dependencies, as package.json, requirements files and pyproject.toml name them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.app import App, Package
from apprescue.model.place import Code
from apprescue.source.manifests import json_in, table, toml_in, words
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
    manifest = json_in(text)
    for group in ("dependencies", "devDependencies"):
        for name, version in table(manifest, group).items():
            yield Package(name, str(version), "npm", Code(path, _line(text, f'"{name}"')), group != "dependencies")


def _requirements(path: str, text: str) -> Iterator[Package]:
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r"\s*([A-Za-z][\w.-]*)(?:\[[^\]]*\])?\s*([^#;]*)", line):
            yield Package(found[1].lower(), found[2].strip(), "pypi", Code(path, number))


def _pyproject(path: str, text: str) -> Iterator[Package]:
    manifest = toml_in(text)
    listed = words(manifest, "project", "dependencies")
    listed += [f"{name}{version}" for name, version in table(manifest, "tool", "poetry", "dependencies").items()]
    for one in listed:
        if found := re.match(r"([A-Za-z][\w.-]*)(?:\[[^\]]*\])?\s*(.*)", one):
            yield Package(found[1].lower(), found[2], "pypi", Code(path, _line(text, found[1])))


def _line(text: str, word: str) -> int:
    at = text.find(word)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
