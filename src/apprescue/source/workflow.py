"""A workflow that checks each change, made of the scripts that an app has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename, dirname, join

from apprescue.model.app import App
from apprescue.source.dependencies import versions
from apprescue.source.manifests import json_in, table
from apprescue.source.quiet import is_quiet

_TYPES = ("typecheck", "type-check", "check-types", "check", "tsc")
_TOUCHES = re.compile(r"migrate|deploy|push|seed|playwright|cypress|no test specified|--watch|db:|wrangler|publish")
_NEEDS_A_SERVER = re.compile(r"https?://|\brequests\b|\bplaywright\b|\bselenium\b")
_OWN_TEST = re.compile(r"(?:^|/)tests?/(?:.+/)?test_[^/]+\.py$")
_OUT = re.compile(r"outDir\s*:[^\n]*?[\"']([\w./-]+)[\"']\)?")
_HEAD = """\
name: checks

on:
  push:
    branches: [main, master]
  pull_request:

permissions:
  contents: read

jobs:
"""
_INSTALL = {
    "pnpm-lock.yaml": ("pnpm", "corepack enable && pnpm install --frozen-lockfile"),
    "yarn.lock": ("yarn", "corepack enable && yarn install --frozen-lockfile"),
    "package-lock.json": ("npm", "npm ci"),
    "bun.lock": ("bun", "npx --yes bun install --frozen-lockfile"),
    "bun.lockb": ("bun", "npx --yes bun install --frozen-lockfile"),
}


@dataclass(frozen=True)
class Checked:
    """What a workflow does in one folder. `builds_pages` tells that pages come out of it, in the folder `out`."""

    folder: str
    commands: tuple[str, ...]
    builds_pages: bool = False
    out: str = "dist"
    python: bool = False


def checked(app: App) -> Iterator[Checked]:
    """Each folder of an app that has something that can be run without its database and its settings."""
    for path, text in app.files.items():
        if basename(path) == "package.json" and not is_quiet(path):
            yield from _of_node(app, dirname(path), text)
        elif basename(path) == "requirements.txt" and not is_quiet(path):
            yield from _of_python(app, dirname(path))


def _of_node(app: App, folder: str, text: str) -> Iterator[Checked]:
    scripts = {name: command for name, command in table(json_in(text), "scripts").items() if isinstance(command, str)}
    packages = versions(text)
    lock = next((name for name in _INSTALL if join(folder, name) in app.files), "")
    manager, install = _INSTALL.get(lock, ("npm", "npm install"))
    run = {"bun": "npx --yes bun run", "npm": "npm run"}.get(manager, manager)
    safe = {name for name, command in scripts.items() if not _TOUCHES.search(command)}
    wanted = [name for name in _TYPES if name in safe and scripts[name].startswith("tsc")][:1]
    wanted += [name for name in ("test",) if name in safe and _has_tests(app, folder)]
    pages = "build" in safe and "vite" in packages and "next" not in packages
    wanted += ["build"] * pages
    if wanted:
        config = next(
            (app.files[p] for e in ("ts", "js", "mjs") if (p := join(folder, f"vite.config.{e}")) in app.files), ""
        )
        out = _OUT.search(config)
        own = pages and not {"vitest", "jest"} & packages.keys()
        commands = (install, *(f"{run} {name}" for name in wanted))
        yield Checked(folder, commands, own, out[1] if out else "dist")


def _has_tests(app: App, folder: str) -> bool:
    begins = f"{folder}/" if folder else ""
    return any(p.startswith(begins) and re.search(r"\.(?:test|spec)\.[cm]?[jt]sx?$", p) for p in app.files)


def _of_python(app: App, folder: str) -> Iterator[Checked]:
    begins = f"{folder}/" if folder else ""
    own = {p: t for p, t in app.files.items() if p.startswith(begins) and _OWN_TEST.search(p[len(begins) :])}
    if own and not any(map(_NEEDS_A_SERVER.search, own.values())):
        yield Checked(folder, ("pip install -r requirements.txt pytest", "python -m pytest"), python=True)


def workflow(parts: list[tuple[Checked, tuple[str, ...]]]) -> str:
    """The file for GitHub: a job for each folder, with more commands behind its own."""
    return _HEAD + "".join(_job(number, part, more) for number, (part, more) in enumerate(parts, 1))


def _job(number: int, part: Checked, more: tuple[str, ...]) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", part.folder.lower()).strip("-") or "app"
    name = (name if name[0].isalpha() else f"part-{number}") + "-python" * part.python
    place = f"    defaults:\n      run:\n        working-directory: {json.dumps(part.folder)}\n" if part.folder else ""
    language = ("python", "3.12") if part.python else ("node", "22")
    runs = "".join(f"      - run: {command}\n" for command in (*part.commands, *more))
    return (
        f"  {name}:\n    runs-on: ubuntu-latest\n    timeout-minutes: 15\n{place}"
        "    steps:\n      - uses: actions/checkout@v4\n"
        f"      - uses: actions/setup-{language[0]}@v{5 if part.python else 4}\n        with:\n"
        f"          {language[0]}-version: '{language[1]}'\n{runs}"
    )
