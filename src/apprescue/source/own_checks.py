"""What an app has to check itself with: its compiler of types and its tests, and what they said.

Only what is installed is told; the programs are run by the laboratory.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename, dirname, join, normpath

from apprescue.source.manifests import json_in, relaxed_json_in, table
from apprescue.source.quiet import is_test

TSC, HOW = "node_modules/typescript/bin/tsc", "--noEmit --pretty false --incremental false".split()
RUNNERS = {
    "vitest": ("node_modules/vitest/vitest.mjs", ("run", "--reporter=json")),
    "jest": ("node_modules/jest/bin/jest.js", ("--ci", "--json")),
}
ENVIRONMENTS = (".venv", "venv")
SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".json")
_ERROR = re.compile(r"^(?P<path>[^\s(][^(\n]*)\(\d+,\d+\): error (?P<code>TS\d+): (?P<text>.+)$", re.M)
_GLOBAL = re.compile(r"^error (TS\d+): (.+)$", re.M)
_NO_MODULE = re.compile(r"Cannot find module '((?:@[\w-][\w.-]*/)?[\w-][\w.-]*)")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)
_PASSED = re.compile(r"\b\d+ (?:passed|failed)\b")


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """One command: its name for people, the folder that it runs in, and the endings of the files that it is about."""

    name: str
    folder: str
    command: tuple[str, ...]
    about: tuple[str, ...]
    kind: str = "tests"


def own_checks(files: Mapping[str, str], is_installed: Callable[[str], bool]) -> Iterator[OwnCheck]:
    """The checks of an app, those of types first. `is_installed` tells whether a path is there in the app's folder."""
    configs = sorted(path for path in files if basename(path) == "tsconfig.json")
    for path in configs:
        if tsc := _installed(dirname(path), TSC, is_installed):
            for config in _projects(files, path):
                name = f"tsc -p {join(dirname(path), config)}"
                yield OwnCheck(name, dirname(path), ("node", tsc, *HOW, "-p", config), SCRIPTS, "types")
    for path, text in files.items():
        if basename(path) == "package.json":
            yield from _of_scripts(files, dirname(path), text, is_installed)
    for name in ENVIRONMENTS:
        if is_installed(f"{name}/bin/pytest") and any(is_test(one) and one.endswith(".py") for one in files):
            command = (f"{name}/bin/python", "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider")
            yield OwnCheck("pytest", "", command, (".py",))
            return


def _of_scripts(
    files: Mapping[str, str], folder: str, text: str, is_installed: Callable[[str], bool]
) -> Iterator[OwnCheck]:
    manifest = json_in(text)
    named = {**table(manifest, "dependencies"), **table(manifest, "devDependencies")}
    begins = f"{folder}/" if folder else ""
    if not any(is_test(one) and one.endswith(SCRIPTS) and one.startswith(begins) for one in files):
        return
    for runner, (program, how) in RUNNERS.items():
        if runner in named and (found := _installed(folder, program, is_installed)):
            yield OwnCheck(runner, folder, ("node", found, *how), SCRIPTS)
            return


def _installed(folder: str, program: str, is_installed: Callable[[str], bool]) -> str:
    """The path of a program from a folder, in the nearest folder above that has it installed; empty where none has."""
    up, at = "", folder
    while True:
        if is_installed(join(at, program)):
            return up + program
        if not at:
            return ""
        up, at = f"../{up}", dirname(at)


def _projects(files: Mapping[str, str], path: str) -> Iterator[str]:
    """The settings to check with: those that a file refers to where it has no files itself."""
    config = relaxed_json_in(files[path])
    listed = config.get("references") if isinstance(config, dict) else None
    named = [one.get("path") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    told = [normpath(one) for one in named if isinstance(one, str)]
    told = [one if one.endswith(".json") else join(one, "tsconfig.json") for one in told]
    found = [one for one in told if normpath(join(dirname(path), one)) in files]
    yield from found or ["tsconfig.json"]


def failures(check: OwnCheck, code: int, out: str) -> Counter[str] | None:
    """What a check complained of, each as often as it did; None where it did not do its work."""
    if check.kind == "types":
        told = Counter(f"{one['path']}: {one['text']}" for one in _ERROR.finditer(out))
        return None if _GLOBAL.search(out) or (code and not told) else told
    if check.name == "pytest":
        return Counter(_FAILED.findall(out)) if _PASSED.search(out) else None
    return _of_runner(out)


def _of_runner(out: str) -> Counter[str] | None:
    """The failed tests in the report that vitest and jest both write; a file that could not be run counts as one."""
    start = out.find('{"num')
    try:
        report = json.JSONDecoder().raw_decode(out[start:])[0] if start >= 0 else {}
    except ValueError:
        return None
    results = report.get("testResults") if isinstance(report, dict) else None
    if not isinstance(results, list) or not results:
        return None
    failed: Counter[str] = Counter()
    for one in results:
        name, tests = one.get("name", ""), one.get("assertionResults") or []
        bad = [test.get("fullName", "") for test in tests if test.get("status") == "failed"]
        failed.update(f"{name}: {test}" for test in bad)
        if one.get("status") == "failed" and not bad:
            failed[name] += 1
    return failed


def is_missing(complaint: str, is_installed: Callable[[str], bool]) -> bool:
    """Whether a complaint is but of a package that is not installed here, as one that a repair brings."""
    named = _NO_MODULE.search(complaint)
    return bool(named and not is_installed(f"node_modules/{named[1]}"))
