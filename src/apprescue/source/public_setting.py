"""A setting that builds copy into pages, taken out of every file that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from apprescue.model.app import App
from apprescue.model.patch import Edit


def without_setting(app: App, name: str) -> Iterator[Edit]:
    """The edits after which no env file, example or type of the environment names it."""
    row = re.compile(
        rf"^[ \t]*(?:#[ \t]*)?(?:export |readonly )?{re.escape(name)}\b[?]?[ \t]*[=:][^\n]*(?:\n|\Z)", re.M
    )
    for path, text in app.files.items():
        if basename(path).startswith(".env") or basename(path).endswith("env.d.ts"):
            for found in row.finditer(text):
                start, end = (len(text[:at].encode("utf-8", "surrogatepass")) for at in found.span())
                yield Edit(path, start, end, "")
