"""Who calls an address of a Python server: pages that only signed-in people see, pages for anybody, or none we know."""

from __future__ import annotations

import re
from enum import Enum, auto

from apprescue.model.app import App, Route
from apprescue.source.handled import Handled
from apprescue.source.quiet import is_test
from apprescue.source.syntax import SCRIPTS

_PAGES = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".vue", ".svelte")
_TEMPLATES = re.compile(r"(?:^|/)templates/(.+)$")
_RENDERS = re.compile(r"(?:^|\.)(?:render_\w*template\w*|render|TemplateResponse)$")
_PART = re.compile(r"<[^>]+>|\{[^}]+\}")
_HOLE = r"(?:\$\{[^}]*\}|\{\{[^}]*\}\}|['\"`]\s*\+\s*[\w.\[\]()]+\s*\+\s*['\"`]|[\w-]+)"
_SENDS = re.compile(r"Authorization|credentials|withCredentials|[aA]uth\w*Headers|getHeaders")
_PLAIN_CALL = re.compile(r"(?:\bfetch|\baxios(?:\.\w+)?)\s*(?:<[^>]*>)?\(\s*[^()]{0,80}$")
_NEAR = 400


class Callers(Enum):
    """SIGNED_IN: all known callers are; ANYBODY: some may not be, or send no login; UNKNOWN: no page calls it."""

    SIGNED_IN = auto()
    ANYBODY = auto()
    UNKNOWN = auto()


def callers_of(app: App, route: Route, handled: Handled) -> Callers:
    """Who calls a route, as far as pages and templates tell."""
    address = _pattern(route, handled)
    rendered, shown = _rendered(app), set[_Shown]()
    for path, text in app.files.items():
        if not path.endswith((*_PAGES, *SCRIPTS)) or is_test(path):
            continue
        hits = list(address.finditer(text))
        template = _TEMPLATES.search(path)
        if not hits:
            continue
        if template is not None:
            shown |= rendered.get(template[1], set())
        elif "static/" not in path and not all(_sends_login(app, text, one) for one in hits):
            return Callers.ANYBODY
    if _Shown.ANYBODY in shown:
        return Callers.ANYBODY
    return Callers.SIGNED_IN if shown == {_Shown.SIGNED_IN} else Callers.UNKNOWN


def _pattern(route: Route, handled: Handled) -> re.Pattern[str]:
    """What a page writes to call the route: its address with something in its holes, or the name of its handler."""
    parts = _PART.split(route.path)
    path = _HOLE.join(map(re.escape, parts)) if len(max(parts, key=len)) > 1 else re.escape(route.path)
    tail = path.removeprefix(re.escape("/api"))
    named = rf"url_for\(\s*['\"][\w.]*\b{re.escape(handled.node.name)}['\"]"
    return re.compile(rf"(?:(?<=['\"`}}/\w]){tail}(?=['\"`?\s])|{named})")


class _Shown(Enum):
    SIGNED_IN = auto()
    THEIR_OWN = auto()
    ANYBODY = auto()


def _rendered(app: App) -> dict[str, set[_Shown]]:
    """By template, to whom the addresses that render it show it; a page of the caller's own rows is no open one."""
    own = {q.route for q in app.queries if any(f.value.comes_from("caller") for f in q.filters)}
    found: dict[str, set[_Shown]] = {}
    for route in app.routes:
        for step in (one for one in route.steps if _RENDERS.search(one.name)):
            asks = any(g.kind in ("login", "role") and not g.fail_open for g in step.guards)
            shown = _Shown.SIGNED_IN if asks else _Shown.THEIR_OWN if str(route) in own else _Shown.ANYBODY
            for one in (*step.args[:2], *step.keywords.values()):
                if isinstance(one.constant, str) and one.constant.endswith(_PAGES):
                    found.setdefault(one.constant, set()).add(shown)
    return found


def _sends_login(app: App, text: str, hit: re.Match[str]) -> bool:
    """Whether a call in a script sends along who is signed in: itself, or by the client that it is made with."""
    around = text[max(0, hit.start() - 120) : hit.start()]
    if _SENDS.search(text[hit.end() : hit.end() + _NEAR]):
        return True
    if not _PLAIN_CALL.search(around):
        return any("Authorization" in one or "withCredentials" in one for one in app.files.values())
    return "axios" in around and any("axios.defaults.headers" in one for one in app.files.values())
