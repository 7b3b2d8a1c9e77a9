"""A lock whose key is not set refuses, where it let everybody in.

The test of the secret or the signature is written so that a missing setting, or a header that was left out, is turned
away by the function's own refusal; a literal that stood in for the secret goes; the header by which Vercel's clock
tells itself is replaced by the secret that Vercel sends with it. A lock of another form is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import Code, RoutePlace
from apprescue.source import tree as t
from apprescue.source.env_example import named_in_example
from apprescue.source.held_settings import settings_in
from apprescue.source.javascript import parse
from apprescue.source.locks import closed
from apprescue.source.python import parse as parse_python
from apprescue.source.refusals import Body
from apprescue.source.settings import secret_name


@fix("access/fail_open_guard", title="Refuse where the secret of a lock is not set", safety=Safety.REVIEW)
def fail_closed(finding: Finding, app: App) -> Changes:
    """The edits of the function that the lock stands in, or of the first one entered from there that has a lock."""
    place = finding.place
    if not isinstance(place, RoutePlace) or place.at is None:
        return
    route = next((one for one in app.routes if str(one) == place.route), None)
    for path, line in _functions(route, place.at):
        body = _body(app, path, line)
        edits = list(closed(body)) if body else []
        if body and edits:
            yield from edits
            names = _settings(app, route, body, edits)
            yield from named_in_example(app, path, names)
            told = ", ".join(names) or "the secret of this address"
            yield Todo(
                f"Make sure that {told} is set on the host, and at whoever calls {place.route}, before you release"
                " this: without it every call is refused now."
            )
            return


def _functions(route: Route | None, at: Code) -> Iterator[tuple[str, int]]:
    yield at.path, at.line
    followed = route.trace.followed if route and route.trace else set()
    yield from sorted(followed, key=lambda one: (one[0] != at.path, one))


def _body(app: App, path: str, line: int) -> Body | None:
    """The innermost function around a line."""
    text = app.files.get(path, "")
    tops = parse_python(text) if path.endswith(".py") else parse(text, jsx=not path.endswith(".ts"))
    around = [n for top in tops for n in top.walk() if isinstance(n, t.Function) and n.line <= line <= n.end_line]
    found = min(around, key=lambda n: n.end - n.start, default=None)
    return Body(path, text, found) if found else None


def _settings(app: App, route: Route | None, body: Body, edits: list[Edit]) -> list[str]:
    """The settings that the edits ask for."""
    guards = route.guards if route else ()
    own = [g.name.removeprefix("env.").upper() for g in guards if g.fail_open and g.name.startswith("env.")]
    lines = [app.excerpt(Code(body.path, body.code.count(b"\n", 0, edit.start) + 1)) + edit.text for edit in edits]
    text = "\n".join(lines)
    bound = (name for local, name in settings_in(body).items() if re.search(rf"\b(?:{local}|{name})\b", text))
    written = re.findall(r"\bprocess\.env\.(\w+)", text)
    found = [name for name in [*bound, *written, *own] if secret_name(name)]
    return list({name.upper(): name for name in reversed(found)}.values())[::-1]
