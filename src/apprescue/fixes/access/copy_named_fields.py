"""What a browser sends to update its session is copied field by field: his name, his picture, what your pages send.

Instead of the whole object the token gets the fields that pages give to `update()`, without those that give rights or
tell who somebody is; where no page is seen to give any, name and image. A role or an id that is taken by itself is
left: it has to be read from the database again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import Code
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.syntax import SCRIPTS

_WHO = re.compile(r"(?i)^(?:id|sub|\w*_?id|email|emailVerified|\w*token|user|iat|exp|jti)$")
_USUAL = ("name", "image")


@fix("access/session_update_trusted", title="Copy named fields into the session", safety=Safety.REVIEW)
def copy_named_fields(finding: Finding, app: App) -> Changes:
    """The fields instead of the spread."""
    place = finding.place
    file = hand(app, place.path) if isinstance(place, Code) else None
    if file is None or not isinstance(place, Code):
        return
    for node in (one for one in file.nodes if one.line <= place.line <= one.end_line):
        whole = _taken(node)
        if whole is None or whole.line != place.line:
            continue
        sent = file.of(whole)
        rows = ", ".join(f"{name}: {sent}?.{name} ?? token.{name}" for name in _fields(app))
        spread = file.code.rfind(b"...", node.start, whole.start)
        start, rows = (spread, rows) if isinstance(node, t.Object) else (whole.start, f"{{ {rows} }}")
        yield Edit(file.path, start, whole.end, rows)
        return


def _taken(node: t.Node) -> t.Node | None:
    """What `{ ...token, ...session.user }` or `Object.assign(token, session.user)` copies as it came."""
    pair: list[t.Node] = []
    if isinstance(node, t.Object):
        pair = [value for key, value in node.entries if key is None]
    elif isinstance(node, t.Call) and dotted(node.callee) == "Object.assign":
        pair = node.args
    both = len(pair) == 2 and dotted(pair[0]) == "token" and dotted(pair[1]) in ("session", "session.user")
    return pair[1] if both else None


def _fields(app: App) -> list[str]:
    """The harmless fields that pages give to `update()` of their session."""
    given = dict.fromkeys(name for path in app.files for name in _given(app, path))
    harmless = [name for name in given if not meaning.RIGHTS.match(name) and not _WHO.match(name)]
    return harmless or list(_USUAL)


def _given(app: App, path: str) -> Iterator[str]:
    text = app.files[path] if path.endswith(SCRIPTS) else ""
    if "useSession" not in text or "update(" not in text:
        return
    for node in Handwriting(path, text).nodes:
        if isinstance(node, t.Call) and dotted(node.callee).rpartition(".")[2] in ("update", "updateSession"):
            given = node.args[0] if node.args else None
            inner = given.get("user") if isinstance(given, t.Object) else None
            for one in (given, inner):
                yield from (k for k, _ in (one.entries if isinstance(one, t.Object) else ()) if isinstance(k, str))
