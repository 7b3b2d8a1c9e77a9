"""The test that a repair of code leaves behind, in the app's own runner: what was wrong does not come back unseen.

It reads the repaired files as texts, so that it needs nothing of the app to run: no database, no browser, no key. It
fails as soon as the lines that were wrong stand there again, or, where a repair only added something, as soon as that
is gone; an AI builder that writes a file anew is noticed that way. It is no proof that the app behaves: that is the
laboratory's work.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from apprescue.model.app import App
from apprescue.source.quiet import is_test

SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs")
NEEDS = {
    "vitest": """import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
""",
    "jest": """const { readFileSync } = require("node:fs");
const { join } = require("node:path");
""",
}
"""The runners of scripts, and what a test of each begins with."""
_OURS = re.compile(r"(?:^|/)(?:test_rescue_\w+\.py|(?:src/rescue|rescue/tests)/\w+\.test\.js)$")
LEAST, MOST_LONG, MOST = 16, 300, 3
_TOLD = re.compile(r"^(?://|#|/?\*)")


@dataclass(frozen=True, slots=True)
class Watched:
    """A repaired file: lines that must not stand there again, and lines that must stay, spaces drawn together."""

    path: str
    gone: tuple[str, ...]
    stays: tuple[str, ...]

    def holds(self, files: Mapping[str, str]) -> bool:
        """Whether the files are as the repair left them, as far as these lines tell."""
        rows = set(_rows(files.get(self.path, "")))
        return not rows & set(self.gone) and rows >= set(self.stays)


def is_tripwire(path: str) -> bool:
    """Whether a file is a test of this kind."""
    return bool(_OURS.search(path))


def watched(
    before: Mapping[str, str], after: Mapping[str, str], paths: Iterable[str], hides: Callable[[str], bool]
) -> tuple[Watched, ...]:
    """What tells a repair of these paths; nothing of files that are new or gone. `hides` tells whether a line must not
    be repeated, for it holds a secret."""
    code = [path for path in paths if path.endswith((".py", *SCRIPTS)) and not is_test(path)]
    seen = (_watched(path, before[path], after[path], hides) for path in code if path in before and path in after)
    return tuple(one for one in seen if one.gone or one.stays)


def _watched(path: str, before: str, after: str, hides: Callable[[str], bool]) -> Watched:
    was, now = dict.fromkeys(_rows(before)), dict.fromkeys(_rows(after))
    gone = _telling((row for row in was if row not in now), hides)
    stays = () if gone else _telling((row for row in now if row not in was), hides)[:1]
    return Watched(path, gone, stays)


def _rows(text: str) -> list[str]:
    return [" ".join(row.split()) for row in text.split("\n")]


def _telling(rows: Iterable[str], hides: Callable[[str], bool]) -> tuple[str, ...]:
    """Those lines that say most, the longest first."""
    plain = [row for row in rows if LEAST <= len(row) <= MOST_LONG and not _TOLD.match(row) and not hides(row)]
    return tuple(sorted(plain, key=lambda row: (-len(row), row))[:MOST])


def tripwire(app: App, told: tuple[Watched, ...], name: str, why: str) -> tuple[str, str] | None:
    """The path and text of a test of these files in the runner that the app has; None where it has none. `name` is a
    word, `why` a line of ours."""
    python = [one for one in told if one.path.endswith(".py")]
    scripts = [one for one in told if not one.path.endswith(".py")]
    if python and (folder := _pytest(app, python[0].path)) is not None:
        return posixpath.join(folder, f"test_rescue_{name}.py"), _in_python(folder, python, name, why)
    for runner in NEEDS if scripts else ():
        root = _root(app, scripts[0].path, runner)
        if root is not None:
            folder = posixpath.join(root, _beside(app, root))
            return posixpath.join(folder, f"{name}.test.js"), _in_script(runner, folder, scripts, name, why)
    return None


def _pytest(app: App, path: str) -> str | None:
    """The folder of the tests that pytest runs."""
    files = (one for one in app.files if re.search(r"(?:^|/)(?:test_\w+|\w+_test|conftest)\.py$", one))
    near = sorted(files, key=lambda one: (-len(posixpath.commonpath([one, path])), one.count("/"), one))
    return posixpath.dirname(near[0]) if near else None


def _root(app: App, path: str, runner: str) -> str | None:
    """The folder of the nearest manifest above a file that names the runner."""
    folders = {posixpath.dirname(one.place.path) for one in app.packages if one.name == runner}
    above = [one for one in folders if not one or path.startswith(f"{one}/")]
    return max(above, key=len, default=None)


def _beside(app: App, root: str) -> str:
    """Where the runner looks: many are told to look below `src` alone."""
    tests = [one.removeprefix(root).lstrip("/") for one in app.files if is_test(one) and one.endswith(SCRIPTS)]
    return "src/rescue" if tests and all(one.startswith("src/") for one in tests) else "rescue/tests"


def _in_python(folder: str, told: list[Watched], name: str, why: str) -> str:
    up = len([part for part in folder.split("/") if part])
    checks = "".join(
        _checks(told, lambda path, word, row: f"    assert {row!r} {word} lines({path!r})\n", ("not in", "in"))
    )
    return (
        f'"""{why}"""\n\nfrom pathlib import Path\n\nROOT = Path(__file__).parents[{up}]\n\n\n'
        "def lines(path):\n"
        '    return [" ".join(row.split()) for row in (ROOT / path).read_text("utf-8").split("\\n")]\n\n\n'
        f"def test_{name}():\n{checks}"
    )


def _in_script(runner: str, folder: str, told: list[Watched], name: str, why: str) -> str:
    up = "/".join(".." for _ in folder.split("/"))
    words = ("not.toContain", "toContain")
    checks = "".join(
        _checks(
            told, lambda path, word, row: f"  expect(lines({json.dumps(path)})).{word}({json.dumps(row)});\n", words
        )
    )
    reads = f'readFileSync(join(__dirname, "{up}", path), "utf8")'
    return (
        f"// {why}\n{NEEDS[runner]}\nconst lines = (path) =>\n  {reads}\n"
        '    .split("\\n")\n    .map((row) => row.trim().split(/\\s+/).join(" "));\n\n'
        f'test("{name}", () => {{\n{checks}}});\n'
    )


def _checks(told: list[Watched], row: Callable[[str, str, str], str], words: tuple[str, str]) -> Iterator[str]:
    for one in told:
        yield from (row(one.path, words[0], gone) for gone in one.gone)
        yield from (row(one.path, words[1], stays) for stays in one.stays)
