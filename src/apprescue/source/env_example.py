"""The example of an app's settings: a file of names without values, kept for whoever sets the app up."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from apprescue.model.app import App
from apprescue.model.patch import Edit

_EXAMPLE = re.compile(r"^\.?env(?:[.-][\w-]+)*[._-](?:example|sample|template|dist)$")
_NAMED = re.compile(r"^[ \t]*#?[ \t]*(?:export )?(?P<name>\w+)[ \t]*=.*(?:\n|\Z)", re.M)
_SET_FOR_TESTS = re.compile(
    r"""^(?P<how>os\.environ\.setdefault)\((?P<quote>["'])(?P<name>\w+)(?P=quote),[^()\n]*\)\n""", re.M
)
_MANIFESTS = ("package.json", "pyproject.toml", "requirements.txt", "manage.py", "deno.json")
_HIDES = re.compile(r"^/?(?:\*\*/)?\.env(?:\*|\.\*)[ \t]*$", re.M)


def example_of(app: App, path: str) -> str:
    """The path of the example that names the settings of the code at `path`: the nearest one above it, or where it
    would have to stand."""
    folders = list(_above(path))
    for folder in folders:
        found = [
            one for one in app.files if posixpath.dirname(one) == folder and _EXAMPLE.match(posixpath.basename(one))
        ]
        if found:
            return min(found, key=lambda one: (len(one), one))
    root = next((f for f in folders for name in _MANIFESTS if posixpath.join(f, name) in app.files), "")
    return posixpath.join(root, ".env.example")


def named_in_example(app: App, path: str, names: Iterable[str], note: str = "") -> Iterator[Edit]:
    """The edits after which the example names these settings, each where it stands in the alphabet (so that one can be
    taken back without the others); none where it does already. `note` stands above them."""
    example = example_of(app, path)
    text = app.files.get(example, "")
    there = sorted((found["name"].upper(), found.end()) for found in _NAMED.finditer(text))
    lacking = [name for name in dict.fromkeys(names) if name.upper() not in dict(there)]
    for beside, some in groupby(sorted(lacking), lambda name: max(bisect_left(there, (name.upper(), 0)) - 1, 0)):
        at = there[beside][1] if there else len(text)
        block = re.compile(r"\n[ \t]*\n|\Z").search(text, at - 1) if note and there else None
        at = min(block.start() + 1, len(text)) if block else at
        rows = "".join(f"{row}\n" for row in [f"# {note}"] * bool(note) + [f"{name}=" for name in some])
        yield _line(example, text, at, "\n" * bool(text and (note or not there)) + rows)
    if lacking and not text:
        yield from _shown(app, example)


def asked_for(app: App, path: str, names: Collection[str], note: str = "") -> Iterator[Edit]:
    """The edits that name new settings of the code at `path` where settings are named: in the example, and where
    Python's tests set the environment for themselves."""
    yield from named_in_example(app, path, names, note)
    for tests, text in app.files.items():
        lines = list(_SET_FOR_TESTS.finditer(text)) if posixpath.basename(tests) == "conftest.py" else []
        lacking = [name for name in names if name not in text]
        if path.endswith(".py") and lines and lacking:
            before = [one for one in lines if one["name"] < min(lacking)]
            how, quote, at = lines[0]["how"], lines[0]["quote"], (before or lines)[-1 if before else 0].end()
            rows = (f"{how}({quote}{n}{quote}, {quote}{n.lower()}-for-the-tests{quote})\n" for n in lacking)
            yield _line(tests, text, at, "".join(rows))


def _line(path: str, text: str, at: int, rows: str) -> Edit:
    """Rows put in behind the line that ends at this character."""
    end = len(text[:at].encode("utf-8", "surrogatepass"))
    return Edit(path, end, end, ("" if not at or text[at - 1] == "\n" else "\n") + rows)


def _shown(app: App, example: str) -> Iterator[Edit]:
    """Where git is told to leave out every `.env.*`, the example is excepted."""
    for folder in _above(example):
        ignored = posixpath.join(folder, ".gitignore")
        text = app.files.get(ignored, "")
        if _HIDES.search(text) and "!.env.example" not in text:
            end = len(text.encode("utf-8", "surrogatepass"))
            yield Edit(ignored, end, end, ("" if text.endswith("\n") else "\n") + "!.env.example\n")


def _above(path: str) -> Iterator[str]:
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""
