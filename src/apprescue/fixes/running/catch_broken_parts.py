"""A part of a page that breaks shows a way back instead of an empty page.

Pages of Vite and Create React App get a small `ErrorBoundary` beside their entry, around the app; Next.js gets its
`error` page beside the layout at the top. The error goes to the browser's console. Apps that start otherwise (React
Native, a `pages` folder) are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, join

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.starting import pages
from apprescue.source.written import written

_NAME = "ErrorBoundary"
_LAYOUT = re.compile(r"(?:^|/)app/layout\.[jt]sx?$")


@fix("running/no_error_boundary", title="Show a way back where a page breaks", safety=Safety.SAFE)
def catch_broken_parts(finding: Finding, app: App) -> Changes:
    """The new file for each entry, and the edits that put it around the app."""
    for path, _ in pages(app):
        file = hand(app, path)
        if file is not None:
            yield from _around(app, file)
    for path in sorted(app.files):
        file = hand(app, path) if _LAYOUT.search(path) else None
        if file is not None:
            ending = path.rpartition(".")[2]
            yield Edit(join(dirname(path), f"error.{ending}"), 0, 0, _styled("error-page", file))


def _around(app: App, file: Handwriting) -> Iterator[Edit]:
    ending = "tsx" if file.path.endswith(("ts", "tsx")) else "jsx" if file.path.endswith("jsx") else "js"
    path = join(dirname(file.path), f"{_NAME}.{ending}")
    root = _root(file)
    if root is None or path in app.files or _NAME in file.text:
        return
    yield Edit(path, 0, 0, _styled(_NAME, file))
    yield file.new_import(f"import {{ {_NAME} }} from {file.said(f'./{_NAME}')}{file.end}")
    indent, before = file.indent(root), file.code[: root.start]
    if before[before.rfind(b"\n") + 1 :].strip():
        yield file.at(root.start, f"<{_NAME}>")
        yield file.at(root.end, f"</{_NAME}>")
    else:
        rows = file.of(root).replace("\n", f"\n{file.step}")
        yield file.instead(root, f"<{_NAME}>\n{indent}{file.step}{rows}\n{indent}</{_NAME}>")


def _root(file: Handwriting) -> t.Markup | None:
    """The app in what is rendered, else all of it."""
    for call in file.nodes:
        if (
            isinstance(call, t.Call)
            and call.args
            and isinstance(call.callee, t.Member)
            and call.callee.name == "render"
        ):
            parts = [node for node in call.args[0].walk() if isinstance(node, t.Markup)]
            return next((one for one in parts if one.tag == "App"), parts[0] if parts else None)
    return None


def _styled(template: str, file: Handwriting) -> str:
    """The template as the file is written: its language, its quotes, its semicolons."""
    text = written(template, "ts" if file.path.endswith((".ts", ".tsx")) else "js")
    if any(isinstance(n, t.Import) and ("default", "React") in n.names for n in file.top) and template == _NAME:
        text = re.sub(r"^import .*", 'import React from "react";', text).replace(
            "extends Component", "extends React.Component"
        )
        text = re.sub(r"(?<=[:<] )(?=(?:ReactNode|ErrorInfo)\b)", "React.", text)
    text = (
        text
        if file.quote == '"'
        else re.sub(r'(?<==)"[^"]*"|"', lambda found: found[0] if len(found[0]) > 1 else "'", text)
    )
    return text if file.end else re.sub(r";$", "", text, flags=re.M)
