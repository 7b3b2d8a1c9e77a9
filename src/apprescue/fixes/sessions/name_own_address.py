"""A link in a mail leads to the address that the app's settings name, not to one that the request says.

In JavaScript and TypeScript the setting is the one that the server reads already for its own address, or `APP_URL`,
and nothing is sent without it; in Python it is the settings' own word for the address. Done where the link begins with
what was read from the header. Left as it is where Python's settings name no address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.env_example import asked_for
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.missing_setting import read_instead
from apprescue.source.syntax import SCRIPTS

_SAID = re.compile(
    r"(?i)headers?\b[^;]*['\"](?:x-forwarded-)?(?:host|origin|referer)['\"]|headers?\.(?:host|origin|referer)\b"
)
_WHOLE = re.compile(r"(?i)['\".](?:origin|referer)\b")
_SETTING = re.compile(r"^(?:NEXT_PUBLIC_)?(?:APP|SITE|FRONTEND|CLIENT|WEB|PUBLIC|BASE)_(?:SITE_|APP_)?(?:URL|ORIGIN)$")
_PYTHON = re.compile(r"(?i)(?<![\w.])(settings\.(?:app|site|frontend|client|web|public|base)_(?:site_|app_)?url)\b")


@fix("sessions/link_from_host", title="Let mails lead to the app's own address", safety=Safety.REVIEW)
def name_own_address(finding: Finding, app: App) -> Changes:
    """The link's beginning in the handler."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    if place is None or file is None:
        return
    functions = [n for n in file.nodes if isinstance(n, t.Function) and n.line <= place.line <= n.end_line]
    own = functions[-1] if functions else next((n for n in file.nodes if isinstance(n, t.Function)), None)
    found = list(_beginnings(file, own)) if own is not None else []
    name = _python(app, file) if file.is_python else _script(app)
    if not found or not name:
        return
    if file.is_python:
        yield from (file.instead(node, name) for node, _ in found)
    else:
        yield from read_instead(app, file.path, [(node, name) for node, _ in found])
        yield from asked_for(app, file.path, [name])
        yield Todo(f"Set {name} on the server to your site's address, with https: and without a slash at its end.")
    yield from (cut for _, cuts in found for cut in cuts)


def _beginnings(file: Handwriting, own: t.Function) -> Iterator[tuple[t.Node, list[Edit]]]:
    """What the request says of its own address, where links begin with it, and what goes with it: the scheme that is
    written before a host, and the statement that only served to read it."""
    rows = [n for n in own.walk() if isinstance(n, t.Assign) and n.value is not None and isinstance(n.target, t.Name)]
    said = {n.target.id: n for n in rows if isinstance(n.target, t.Name) and n.value and _SAID.search(file.of(n.value))}
    for link in (n for n in own.walk() if isinstance(n, t.Template) and n.pieces):
        first = link.pieces[0]
        scheme = isinstance(first, t.Literal) and re.fullmatch(r"https?://", str(first.value)) is not None
        root = link.pieces[1] if scheme and len(link.pieces) > 1 else first
        read = said.get(root.id) if isinstance(root, t.Name) else None
        text = file.of(read.value if read is not None and read.value is not None else root)
        if not _SAID.search(text) or bool(_WHOLE.search(text)) is scheme:
            continue
        before = root.start - (1 if file.is_python else 2)
        cuts = [Edit(file.path, before - len(str(first.value)), before, "")] if isinstance(first, t.Literal) else []
        uses = [n for n in own.walk() if read is not None and isinstance(n, t.Name) and n.id == getattr(root, "id", "")]
        yield root, [*cuts, *(_gone(file, read) if read is not None and len(uses) == 2 else [])]


def _gone(file: Handwriting, row: t.Node) -> Iterator[Edit]:
    start = file.code.rfind(b"\n", 0, row.start) + 1
    yield Edit(file.path, start, file.code.find(b"\n", row.end) + 1, "")


def _script(app: App) -> str:
    """The setting of the app's own address that its servers read."""
    read = Counter(one.name for one in app.env_reads if _SETTING.match(one.name) and one.place.path.endswith(SCRIPTS))
    return max(read, key=lambda name: (read[name], name)) if read else "APP_URL"


def _python(app: App, file: Handwriting) -> str:
    """The settings' word for the address, where the file has the settings."""
    said = Counter(word for path, text in app.files.items() if path.endswith(".py") for word in _PYTHON.findall(text))
    known = any("settings" in {local for _, local in n.names} for n in file.top if isinstance(n, t.Import))
    return max(said, key=lambda word: said[word]) if said and known else ""
