"""What is written into an app so that its errors are told: the tracker's start and the redactor, each in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import dirname, join

from apprescue.model.app import App
from apprescue.model.patch import Edit
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.tree import Import
from apprescue.source.written import Language, written

REACT = SENTRY = "10.78.0"
SERVER = "2.75.0"
REDACT, WATCH = "redact", "watch-errors"
_NODE_NEXT = re.compile(r'"moduleResolution"\s*:\s*"node(?:next|16)"', re.I)


@dataclass(frozen=True)
class Beside:
    """New files beside a file of the app. `module` is how that one imports the tracker's start; `redacts` tells that
    the redactor of an earlier repair stands there already."""

    folder: str
    language: Language
    ending: str
    redacts: bool = False

    @property
    def module(self) -> str:
        """The tracker's start, as a file beside it imports it."""
        return f"./{WATCH}{self.ending}"

    def edits(self, template: str, name: str = WATCH) -> Iterator[Edit]:
        """The file of that name made of a template, and the redactor."""
        kind = "ts" if self.language == "ts" else "js"
        yield Edit(join(self.folder, f"{name}.{kind}"), 0, 0, written(template, self.language, self.ending))
        yield from self.redactor()

    def redactor(self) -> Iterator[Edit]:
        """The redactor, where it does not stand there."""
        kind = "ts" if self.language == "ts" else "js"
        if not self.redacts:
            yield Edit(join(self.folder, f"{REDACT}.{kind}"), 0, 0, written(REDACT, self.language))


def beside(app: App, path: str, modules: bool, name: str = WATCH) -> Beside | None:
    """Where the new file of that name and the redactor stand, and in which language. `modules` tells how plain
    JavaScript is loaded there. None where other files of these names stand there already."""
    folder = dirname(path)
    redactors = [one for end in ("ts", "js", "tsx") if (one := join(folder, f"{REDACT}.{end}")) in app.files]
    if any(join(folder, f"{name}.{end}") in app.files for end in ("ts", "js", "tsx")):
        return None
    language, ending = _language(app, path, modules)
    if language is None or any(app.files[one] != written(REDACT, language) for one in redactors):
        return None
    return Beside(folder, language, ending, bool(redactors))


def _language(app: App, path: str, modules: bool) -> tuple[Language | None, str]:
    """The language of a file's neighbours and what imports of them end with."""
    if path.endswith((".ts", ".tsx")):
        return "ts", ending_of(app, path)
    file = hand(app, path)
    written_so = file is not None and any(file.code[n.start :].startswith(b"import") for n in _imports(file))
    if path.endswith((".cjs", ".mjs")) and path.endswith(".mjs") is not modules:
        return None, ""
    if modules or path.endswith(".jsx") or written_so:
        return "js", "" if path.endswith(".jsx") else ".js"
    return "cjs", ""


def _imports(file: Handwriting) -> Sequence[Import]:
    return [node for node in file.top if isinstance(node, Import)]


def ending_of(app: App, path: str) -> str:
    """What the imports of files beside it end with."""
    file = hand(app, path)
    own = [node.module for node in _imports(file) if node.module.startswith(".")] if file else []
    if any(one.endswith(".js") for one in own):
        return ".js"
    folder = dirname(path)
    while True:
        config = app.files.get(join(folder, "tsconfig.json"), "")
        if _NODE_NEXT.search(config) and not own:
            return ".js"
        if not folder:
            return ""
        folder = dirname(folder)


@dataclass(frozen=True)
class Home:
    """Two new Python files. `package` is what stands before their names where they are imported."""

    package: str
    edits: tuple[Edit, ...]

    def module(self, name: str) -> str:
        """How a file beside it imports one of them."""
        return f"{self.package}{'' if self.package.endswith('.') or not self.package else '.'}{name}"


def python_home(app: App, path: str, package: str = "") -> Home | None:
    """Where the new files stand, beside a Python file, and how that one imports them: as it imports others beside it.
    None where they stand there already, or it is not sure."""
    folder = dirname(path)
    file = hand(app, path)
    if file is None or any(join(folder, f"{name}.py") in app.files for name in ("watch_errors", REDACT)):
        return None
    modules = [node.module for node in _imports(file)]
    parts = folder.split("/") if folder else []
    dotted = [".".join(parts[at:]) for at in range(len(parts))]
    own = next((one for one in dotted if any(m == one or m.startswith(f"{one}.") for m in modules)), "")
    if not package and any(m.startswith(".") and not m.startswith("..") for m in modules):
        package = "."
    elif not package and own:
        package = own
    elif not package and join(folder, "__init__.py") in app.files:
        return None
    beside_it = "." if package == "." else f"{package}." if package else ""
    text = written("watch_errors", "py").replace("%REDACT%", f"{beside_it}{REDACT}")
    edits = (
        Edit(join(folder, "watch_errors.py"), 0, 0, text),
        Edit(join(folder, f"{REDACT}.py"), 0, 0, written(REDACT, "py")),
    )
    return Home(package, edits)
