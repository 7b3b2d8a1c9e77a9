"""Who may come in: only this machine's browser that followed the link with the token, and only from our own pages.

The host's name is checked, so that no other name can be made to lead here (DNS rebinding); the cookie is never sent
from another site, and a form must come from a page of ours.
"""

from __future__ import annotations

import hashlib
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = frozenset({"127.0.0.1", "localhost"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # without a referrer a browser sends no origin with a form either
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """The door in front of the desk."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token
        self._cookie = f"desk_{hashlib.sha256(token.encode()).hexdigest()[:8]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._answer(scope)(scope, receive, guarded)

    def _answer(self, scope: Scope) -> ASGIApp:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if urlsplit(f"//{host}").hostname not in HOSTS:
            return PlainTextResponse("This desk answers on 127.0.0.1 alone.", 403)
        asked = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if scope["method"] == "GET" and "token" in asked:
            if not secrets.compare_digest(asked.pop("token").encode(), self._token.encode()):
                return PlainTextResponse("This is not the link that the desk printed.", 403)
            rest = f"?{urlencode(asked)}" if asked else ""
            welcome = RedirectResponse(scope["path"].replace("//", "/") + rest, 303)
            welcome.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
            return welcome
        if not secrets.compare_digest(self._held(headers).encode(), self._token.encode()):
            return PlainTextResponse("Open the desk by the link that `apprescue desk` printed.", 403)
        if scope["method"] not in ("GET", "HEAD") and headers.get("origin") != f"http://{host}":
            return PlainTextResponse("A decision has to come from a page of this desk.", 403)
        return self._app

    def _held(self, headers: Headers) -> str:
        try:
            held = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return held.value if held else ""
