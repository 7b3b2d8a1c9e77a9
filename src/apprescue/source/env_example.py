"""The example of an app's settings: a file of names without values, kept for whoever sets the app up."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator

from apprescue.model.app import App
from apprescue.model.patch import Edit

_EXAMPLE = re.compile(r"^\.?env(?:[.-][\w-]+)*[._-](?:example|sample|template|dist)$")
_SET_FOR_TESTS = re.compile(r"""^(?P<how>os\.environ\.setdefault)\((?P<quote>["'])\w+(?P=quote),[^()\n]*\)\n""", re.M)
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
    """The edits after which the example names these settings; none where it does already. `note` stands above them."""
    example = example_of(app, path)
    text = app.files.get(example, "")
    lacking = [
        n
        for n in dict.fromkeys(names)
        if not re.search(rf"^[ \t]*#?[ \t]*(?:export )?{re.escape(n)}[ \t]*=", text, re.M)
    ]
    if not lacking:
        return
    end = len(text.encode("utf-8", "surrogatepass"))
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    told = f"# {note}\n" if note else ""
    yield Edit(example, end, end, gap + told + "".join(f"{name}=\n" for name in lacking))
    if not text:
        yield from _shown(app, example)


def asked_for(app: App, path: str, names: Collection[str], note: str = "") -> Iterator[Edit]:
    """The edits that name new settings of the code at `path` where settings are named: in the example, and where
    Python's tests set the environment for themselves."""
    yield from named_in_example(app, path, names, note)
    for tests, text in app.files.items():
        lines = list(_SET_FOR_TESTS.finditer(text)) if posixpath.basename(tests) == "conftest.py" else []
        lacking = [name for name in names if name not in text]
        if path.endswith(".py") and lines and lacking:
            last = lines[-1]
            at = len(text[: last.end()].encode("utf-8", "surrogatepass"))
            quote = last["quote"]
            rows = (f"{last['how']}({quote}{n}{quote}, {quote}{n.lower()}-for-the-tests{quote})\n" for n in lacking)
            yield Edit(tests, at, at, "".join(rows))


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
