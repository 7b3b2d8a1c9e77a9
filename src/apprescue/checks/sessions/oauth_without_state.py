"""A stranger can tie his own outside account to your user's account.

What we look at: addresses that take the code of a sign-in with another service (Google, Instagram, TikTok, Stripe)
and exchange it for a token, and whether they compare the `state` that was given out at the start, or use PKCE.

Why it matters: without it a prepared link connects the victim's account in your app with the attacker's account at
the other service; what your app posts or pays out then goes there.

How to repair: make a random `state` when the user starts, keep it in an httpOnly cookie or in the database with the
user's id, compare it in the callback and use it once.

When it is fine: sign-in that a library does for you (Auth.js, Supabase Auth, Passport with `state: true`), or PKCE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.model.trace import Step
from apprescue.source import known
from apprescue.source.routes import head

_EXCHANGE = re.compile(r"(?i)/(?:oauth2?|o/oauth2|v\d+/oauth)?[\w./]*(?:token|access_token)(?:$|[?/])")
_STATE = re.compile(r"(?i)\bstate\b|code_?verifier|pkce|nonce")
_PAGE_COMPARES = re.compile(r"(?i)(?:saved|stored|expected|oauth|session)_?state|state\s*[!=]==?\s*|[!=]==?\s*state\b")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-352",),
    owasp=("A07:2025", "API2:2023"),
)
def oauth_without_state(app: App) -> Iterator[Seen]:
    """One sighting for each address that exchanges a code."""
    for route in app.routes:
        step = next((s for s in route.steps if _exchanges(s)), None)
        if step is None or _STATE.search(_text(app, route, step)) or _in_page(app, step):
            continue
        detail = f"{route} exchanges the code of an outside sign-in and looks at no `state`."
        yield Seen(head(route), detail, related=(step.place,))


def _exchanges(step: Step) -> bool:
    if not step.args or not known.REMOTE.match(step.name) or not _EXCHANGE.search(known.plain(step.args[0])):
        return False
    origins = {o for v in step.values for o in v.all_origins}
    return bool(origins & {"query.code", "body.code"})


def _text(app: App, route: Route, step: Step) -> str:
    handler = route.trace.place if route.trace else route.place
    return app.excerpt(handler) + app.excerpt(Code(step.place.path, step.place.line, step.place.end_line), around=15)


def _in_page(app: App, step: Step) -> bool:
    """Whether the page that hands the code on compares the state itself."""
    if any("query.code" in v.all_origins for v in step.values):
        return False
    return any(_PAGE_COMPARES.search(text) for path, text in app.files.items() if path.endswith((".tsx", ".jsx")))
