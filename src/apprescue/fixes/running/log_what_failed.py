"""An error that was thrown away is written to the log, and the code goes on as before.

An empty `catch`, `.catch(() => {})` and `except: pass` get one warning. What should be done about the error beside
that, trying again or telling the user, is not known here. A failure that a server answers and forgets is logged as an
error, in the words of its answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.unlogged import unlogged, words_of

_CATCH = re.compile(rb"catch(\s*)(?:\(\s*(\w*)\s*(:\s*\w+)?\s*\))?\s*\{(\s*)\}")
_CHAINED = re.compile(rb"\.catch\(\s*\(\s*(\w*)\s*\)\s*=>\s*(\{\s*\})\s*\)")
_PASSED = re.compile(rb"except[^\n:]*:[ \t]*\n[ \t]*(pass)[ \t]*\n")


@fix("running/swallowed_error", title="Write what failed to the log", safety=Safety.SAFE)
def log_what_failed(finding: Finding, app: App) -> Changes:
    """One warning at each place."""
    lines: dict[str, set[int]] = {}
    for place in (code_of(one) for one in (finding.place, *finding.related)):
        if place is not None:
            lines.setdefault(place.path, set()).add(place.line)
    for path, own in lines.items():
        file = hand(app, path)
        if file is not None:
            yield from _logged(file, own)
            yield from _told(file, own)


def _logged(file: Handwriting, lines: set[int]) -> Iterator[Edit]:
    passed = [one for one in _PASSED.finditer(file.code) if file.is_python and _line(file, one) in lines]
    for one in passed:
        said = f"logging.getLogger(__name__).warning({file.said('This failed')}, exc_info=True)"
        yield Edit(file.path, one.start(1), one.end(1), said)
    imported = any(isinstance(n, t.Import) and n.module == "logging" and ("*", "logging") in n.names for n in file.top)
    if passed and not imported and b"import logging\n" not in file.code:
        yield file.new_import("import logging")
    if not file.is_python:
        yield from (_caught(file, one) for one in _CATCH.finditer(file.code) if _line(file, one) in lines)
        for one in _CHAINED.finditer(file.code):
            if _line(file, one) in lines:
                name = one[1].decode() or "error"
                start = one.start() + one[0].index(b"(", len(".catch("))
                yield Edit(file.path, start, one.end(2), f"({name}) => console.warn({name})")


def _told(file: Handwriting, lines: set[int]) -> Iterator[Edit]:
    """A failure that is answered, logged before."""
    found = [one for one in unlogged(file.nodes, file.code) if one.line in lines]
    for one in found:
        said = file.said(words_of(one))
        if file.is_python:
            yield file.before(one.body[0], f"logging.getLogger(__name__).exception({said})")
            continue
        if not one.name:
            yield file.at(one.start + len("catch"), " (error)")
        yield file.before(one.body[0], f"console.error({said}, {one.name or 'error'}){file.end}")
    if found and file.is_python and b"import logging\n" not in file.code:
        yield file.new_import("import logging")


def _caught(file: Handwriting, found: re.Match[bytes]) -> Edit:
    name, kind = (found[2] or b"error").decode(), (found[3] or b"").decode()
    said = f"console.warn({name}){file.end}"
    row = file.code[file.code.rfind(b"\n", 0, found.start()) + 1 : found.start()].decode("utf-8", "surrogatepass")
    indent = row[: len(row) - len(row.lstrip())]
    body = f"\n{indent}{file.step}{said}\n{indent}" if b"\n" in found[4] else f" {said} "
    gap = found[1].decode() if found[2] or found[1] else " "
    return Edit(file.path, found.start(), found.end(), f"catch{gap}({name}{kind}) {{{body}}}")


def _line(file: Handwriting, found: re.Match[bytes]) -> int:
    return file.code.count(b"\n", 0, found.start()) + 1
