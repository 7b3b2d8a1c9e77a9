"""Puts a package into the file that lists an app's packages, as that file writes the others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, join

from apprescue.model.patch import Edit
from apprescue.source.manifests import json_in, part, table

_LIST = re.compile(r'"dependencies"\s*:\s*\{')
_ENTRY = re.compile(r'(\s*)"([^"\\]+)"\s*:\s*"[^"\\]*"\s*(,?)')
_LOCKS = {
    "package-lock.json": "npm install",
    "pnpm-lock.yaml": "pnpm install",
    "yarn.lock": "yarn install",
    "bun.lock": "bun install",
    "bun.lockb": "bun install",
    "uv.lock": "uv lock",
    "poetry.lock": "poetry lock",
    "Pipfile.lock": "pipenv lock",
}


def manifest_of(files: Mapping[str, str], path: str, package: str = "") -> str | None:
    """The nearest package.json above a file; where a package is named, the nearest that lists it."""
    folder = dirname(path)
    while True:
        manifest = join(folder, "package.json")
        if manifest in files and (not package or package in versions(files[manifest])):
            return manifest
        if not folder:
            return None
        folder = dirname(folder)


def versions(manifest: str) -> dict[str, str]:
    """What a package.json asks for, by name."""
    told = json_in(manifest)
    lists = (table(told, "devDependencies"), table(told, "dependencies"))
    return {name: str(version) for one in lists for name, version in one.items()}


def is_module(manifest: str) -> bool:
    """Whether plain `.js` of a package.json's folder is made of modules."""
    return part(json_in(manifest), "type") == "module"


def with_package(path: str, text: str, name: str, version: str) -> Edit | None:
    """The edit that adds a package to the dependencies of a package.json, in the order of names where they stand in it.
    None where it lists none, or is written in a way that we do not know."""
    begins = _LIST.search(text)
    if begins is None or not isinstance(json_in(text), dict):
        return None
    at, entries = begins.end(), []
    while found := _ENTRY.match(text, at):
        entries.append(found)
        at = found.end()
        if not found[3]:
            break
    if not entries or not text[at:].lstrip().startswith("}"):
        return None
    line = f"{json.dumps(name)}: {json.dumps(version)}"
    later = next((one for one in entries if one[2] > name), None)
    if later is not None:
        start = later.start() + len(later[1])
        return _insert(path, text, start, f"{line},{later[1]}")
    last = entries[-1]
    start = last.start() + len(last[0].rstrip())
    return _insert(path, text, start, f",{last[1]}{line}")


def with_requirement(files: Mapping[str, str], path: str, line: str) -> Edit | None:
    """The edit that adds a line to the nearest requirements.txt above a Python file. None where there is none."""
    folder = dirname(path)
    while join(folder, "requirements.txt") not in files:
        if not folder:
            return None
        folder = dirname(folder)
    requirements = join(folder, "requirements.txt")
    text = files[requirements]
    end = "\r\n" if "\r\n" in text else "\n"
    before = "" if not text or text.endswith("\n") else end
    return _insert(requirements, text, len(text), f"{before}{line}{end}")


def locks(files: Mapping[str, str], manifest: str) -> Iterator[str]:
    """The commands that bring the lock files beside or above a manifest up to date."""
    folder = dirname(manifest)
    while True:
        for name, command in _LOCKS.items():
            if join(folder, name) in files:
                yield f"{command} (in {folder})" if folder else command
        if not folder:
            return
        folder = dirname(folder)


def _insert(path: str, text: str, at: int, new: str) -> Edit:
    start = len(text[:at].encode("utf-8", "surrogatepass"))
    return Edit(path, start, start, new)
