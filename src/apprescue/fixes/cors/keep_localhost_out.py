"""A developer's own computer may call the server where the app is being developed, not in production.

In a list of origins the local addresses move behind a question for the environment: `NODE_ENV` in JavaScript, where
anything but production lets them in; in Python the name that the app asks already, or `ENVIRONMENT`, where only
`development` does. A local address that stands in for a setting that is missing (`SITE_URL || "http://localhost"`)
stays. Lists that do not stand in the file of the rule are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Todo
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.env_example import named_in_example
from apprescue.source.handwriting import Handwriting, hand

_LOCAL = re.compile(r"^https?://(?:localhost|127\.0\.0\.1)(?::\d+)?/?$")
_ASKED = re.compile(r"(?:environ\.get\(|getenv\()\s*['\"](ENVIRONMENT|APP_ENV|ENV|FLASK_ENV|NODE_ENV)['\"]")


@fix("cors/localhost_origin", title="Let a developer's own page call outside of production only")
def keep_localhost_out(finding: Finding, app: App) -> Changes:
    """The list with its local part behind the question."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    found = next(_mixed(file), None) if file else None
    if file is None or found is None:
        return
    local = [one for one in found.items if _is(one, True)]
    said = ", ".join(file.of(one) for one in local)
    if not file.is_python:
        yield from _without(file, found, local)
        yield _put(file, found, f"...(process.env.NODE_ENV === {file.said('production')} ? [] : [{said}])")
        return
    asked = next((way[1] for text in app.files.values() if (way := _ASKED.search(text))), "ENVIRONMENT")
    yield from _without(file, found, local)
    read = f"os.getenv({file.said(asked)}) == {file.said('development')}"
    yield _put(file, found, f"*([{said}] if {read} else [])")
    yield from file.needs("os")
    yield from named_in_example(app, file.path, [asked], "development on a developer's own computer")
    yield Todo(f"Set {asked}=development where the app is developed, so that {said} may call it there.")


def _mixed(file: Handwriting) -> Iterator[t.Array]:
    """The lists in which local addresses stand beside others."""
    for node in file.nodes:
        if (
            isinstance(node, t.Array)
            and any(_is(n, True) for n in node.items)
            and any(_is(n, False) for n in node.items)
        ):
            yield node


def _is(node: t.Node, local: bool) -> bool:
    value = node.value if isinstance(node, t.Literal) else None
    return isinstance(value, str) and "://" in value and bool(_LOCAL.match(value)) == local


def _without(file: Handwriting, found: t.Array, local: list[t.Node]) -> Iterator[Edit]:
    """The local addresses taken out, each with the white space and the comma around it."""
    for one in local:
        before = re.search(rb"\s*$", file.code[: one.start])
        behind = re.compile(rb"[ \t]*,?").match(file.code, one.end)
        start, end = before.start() if before else one.start, behind.end() if behind else one.end
        if file.code[found.start : start].rstrip() in (b"[", b"("):
            end += len(file.code[end:]) - len(file.code[end:].lstrip(b" "))
        yield Edit(file.path, start, end, "")


def _put(file: Handwriting, found: t.Array, said: str) -> Edit:
    last = [one for one in found.items if not _is(one, True)][-1]
    rows = last.line > found.line
    comma = re.compile(rb"[ \t]*,").match(file.code, last.end)
    at = comma.end() if comma else last.end
    gap = f"\n{file.indent(last)}" if rows else " "
    end = "," if rows else ""
    return file.at(at, f"{'' if comma else ','}{gap}{said}{end}")
