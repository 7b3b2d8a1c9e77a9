"""What is written into an app of Next.js so that its errors are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename, dirname, join

from apprescue.model.app import App
from apprescue.model.patch import Edit
from apprescue.source.dependencies import versions
from apprescue.source.handwriting import hand
from apprescue.source.watching import REDACT, WATCH
from apprescue.source.written import Language, written

_CHILDREN = re.compile(r"(?:(?<=>)|^([ \t]+))\{children\}(?=[ \t]*(?:$|<))", re.M)
_SERVER, _CLIENT = (15, 0), (15, 3)
_PART = """
/** Stands in the layout, so that every page loads what is above. */
export function WatchErrors() {
  return null;
}
"""


@dataclass(frozen=True)
class NextApp:
    """What is written into one app of Next.js. `server` tells whether its server is watched too, as its version lets
    us."""

    manifest: str
    edits: tuple[Edit, ...]
    server: bool


def next_apps(app: App) -> Iterator[NextApp]:
    """Every app of Next.js whose pages we know how to watch: by the file that it loads first since 15.3, by a part of
    its layout before. Its server since 15."""
    for path, text in app.files.items():
        version = versions(text).get("next", "") if basename(path) == "package.json" else ""
        home = _home(app, dirname(path)) if version else None
        if home is None:
            continue
        language: Language = "ts" if join(dirname(path), "tsconfig.json") in app.files else "js"
        known = _version(version)
        if known >= _CLIENT:
            pages = _started(home, "client", "instrumentation-client", language)
        else:
            pages = tuple(_in_layout(app, home, language))
        server = _started(home, "server", "instrumentation", language) if known >= _SERVER else ()
        redact = Edit(join(home, "lib", f"{REDACT}.{language}"), 0, 0, written(REDACT, language))
        if pages and not any(one.start == one.end == 0 and one.path in app.files for one in (*server, redact)):
            yield NextApp(path, (*server, *pages, redact), bool(server))


def _version(asked: str) -> tuple[int, int]:
    """The least version that is asked for; the newest where none is named."""
    found = re.search(r"(\d+)(?:\.(\d+))?", asked)
    return (int(found[1]), int(found[2] or 0)) if found else (99, 0)


def _home(app: App, root: str) -> str | None:
    """The folder in which `app` or `pages` stands."""
    inside = (folder for folder in (join(root, "src"), root) for name in ("app", "pages") if _holds(app, folder, name))
    return next(inside, None)


def _holds(app: App, folder: str, name: str) -> bool:
    return any(path.startswith(f"{join(folder, name)}/") for path in app.files)


def _started(home: str, side: str, name: str, language: Language) -> tuple[Edit, ...]:
    text = written(f"watch-errors.next-{side}", language).replace("%REDACT%", f"./lib/{REDACT}")
    return (Edit(join(home, f"{name}.{language}"), 0, 0, text),)


def _in_layout(app: App, home: str, language: Language) -> Iterator[Edit]:
    """The tracker's start as a part of the layout that every page has; nothing where the layout is not a plain one."""
    layout = next((p for end in ("tsx", "jsx", "js") if (p := join(home, "app", f"layout.{end}")) in app.files), "")
    file = hand(app, layout)
    found = list(_CHILDREN.finditer(file.text)) if file else []
    new = join(home, "lib", f"{WATCH}.{'tsx' if language == 'ts' else 'jsx'}")
    if file is None or len(found) != 1 or new in app.files or "</body>" not in file.text[found[0].end() :]:
        return
    client = written("watch-errors.next-client", language).replace("%REDACT%", f"./{REDACT}")
    yield Edit(new, 0, 0, f"'use client';\n\n{client}{_PART}")
    at = len(file.text[: found[0].start()].encode("utf-8", "surrogatepass"))
    yield file.at(at, f"{found[0][1]}<WatchErrors />\n" if found[0][1] else "<WatchErrors />")
    yield file.new_import(f"import {{ WatchErrors }} from {file.said(f'../lib/{WATCH}')}{file.end}")
