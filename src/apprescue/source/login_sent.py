"""Who calls an address of a JavaScript server from the app's pages, and whether his login comes along.

A login in a cookie comes along by itself from pages of the same site, to others where the call or its client says so;
one in a header where the call, or the client that makes it, writes the header.
"""

from __future__ import annotations

import posixpath
import re

from apprescue.model.app import App, Route
from apprescue.source.address_calls import AddressCall, calls_of
from apprescue.source.asked_before import SENDS_AWAY
from apprescue.source.page_callers import Callers
from apprescue.source.signed_in import only_signed_in
from apprescue.source.syntax import SCRIPTS

_COOKIE = re.compile(
    r"(?i)cookie|session|isAuthenticated|\bauth\(\)|currentUser\(|getToken\(|auth\.getUser\(\)|clerk|createServer\w*Client"
)
_HEADER = re.compile(r"(?i)authorization|bearer|auth\.getUser\(\w")
_WITH_COOKIE = re.compile(r"credentials['\"]?\s*:\s*['\"`](?:include|same-origin)|withCredentials['\"]?\s*:\s*true")
_WITHOUT = re.compile(r"credentials['\"]?\s*:\s*['\"`]omit")
_WITH_HEADER = re.compile(r"Authorization|[aA]uth\w*Headers?\b|getHeaders")
_BASE = re.compile(r"(?i)base_?url|api_?url|api_?base")
_OTHER_PAGES = (".html", ".vue", ".svelte", ".astro", ".dart", ".swift", ".kt")
_HIM = re.compile(
    r"(?<![\w.])(?:user|currentUser|session\??\.user|authUser)\??!?\.(?:id|uid|userId)\b(?!\s*(?:\|\||\?\?))"
)


def callers_of(app: App, route: Route, asked: str) -> Callers:
    """Who calls a route, where `asked` is the text of the question that it shall ask."""
    calls = calls_of(app, route)
    if not all(_sends(app, one, asked) and _is_signed_in(app, one) for one in calls) or _said_elsewhere(app, route):
        return Callers.ANYBODY
    return Callers.SIGNED_IN if calls else Callers.UNKNOWN


def _said_elsewhere(app: App, route: Route) -> bool:
    """Whether a page that we do not read, a clock's table or a form says the address."""
    stem = re.split(r"/[\[:{*]", route.path)[0]
    return len(stem) > 1 and any(
        stem in text
        for path, text in app.files.items()
        if path.endswith((*_OTHER_PAGES, "vercel.json", ".yml", ".yaml", ".sql", ".toml"))
    )


def _sends(app: App, one: AddressCall, asked: str) -> bool:
    if one.call is None:
        return False
    client = _client(app, one)
    said = one.text + client
    if _COOKIE.search(asked) and not _WITHOUT.search(said):
        here = one.own_site and not (one.name != "fetch" and _BASE.search(client))
        if here or _WITH_COOKIE.search(said):
            return True
    return bool(_HEADER.search(asked) and _WITH_HEADER.search(said))


def _client(app: App, one: AddressCall) -> str:
    """The files that make what a call is made with; for axios itself those that set what it always sends."""
    name = one.name.partition(".")[0]
    if name in ("", "fetch"):
        return ""
    made = r"axios\.(?:defaults|interceptors)" if name == "axios" else rf"(?:function|const|let|class)\s+{name}\b"
    if name in ("useQuery", "useSWR", "useMutation"):
        made = r"new QueryClient\(|<SWRConfig"
    word = re.compile(made)
    return "\n".join(text for path, text in app.files.items() if path.endswith(SCRIPTS) and word.search(text))


def _is_signed_in(app: App, one: AddressCall) -> bool:
    """Whether only somebody signed in makes a call: its page asks him, or the layout around it, or it names him."""
    if one.call is None:
        return False
    return bool(_HIM.search(one.text)) or _in_layout(app, one.file.path) or only_signed_in(app, one.file, one.call)


def _in_layout(app: App, path: str) -> bool:
    """Whether a page of Next stands below a layout that sends whoever is not signed in to the login."""
    folder = posixpath.dirname(path)
    while folder and posixpath.basename(folder) != "app":
        for ending in (".tsx", ".jsx", ".js"):
            if SENDS_AWAY.search(app.files.get(f"{folder}/layout{ending}", "")):
                return True
        folder = posixpath.dirname(folder)
    return False
