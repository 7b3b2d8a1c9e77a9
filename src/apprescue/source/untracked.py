"""Files that git is told to leave out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from apprescue.model.app import App
from apprescue.model.patch import Edit


def left_out(app: App, path: str) -> Iterator[Edit]:
    """The edit of the nearest list of what git leaves out; none where the file stands there."""
    ignored = posixpath.join(posixpath.dirname(path), ".gitignore")
    ignored = ignored if ignored in app.files else ".gitignore"
    line = "/" + (path if ignored == ".gitignore" else posixpath.basename(path))
    text = app.files.get(ignored, "")
    if line not in text.split("\n"):
        end = len(text.encode("utf-8", "surrogatepass"))
        yield Edit(ignored, end, end, ("" if not text or text.endswith("\n") else "\n") + line + "\n")
