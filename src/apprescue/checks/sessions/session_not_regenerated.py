"""Somebody who planted a session in your user's browser is signed in together with him.

What we look at: sign-in code that writes the user into `req.session` of express-session, and whether it asks for a
new session first (`req.session.regenerate`).

Why it matters: whoever got a visitor to use a session id that he knows, on a shared computer or through a hole in a
page of the same domain, holds the signed-in session afterwards.

How to repair: call `req.session.regenerate(...)` after the password is right, and write the user inside its callback.

When it is fine: Passport's `req.login` from version 0.6 on does it; sessions that live in a signed token.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Step
from apprescue.source import known
from apprescue.source.routes import head

_KEEPS = known.Names(r"(?i)^(?:req|request)\.session\.(?:user|userId|user_id|uid|account|adminId|passport|member)=$")


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-384",),
    owasp=("A07:2025",),
)
def session_not_regenerated(app: App) -> Iterator[Seen]:
    """One sighting for each address that signs somebody in."""
    if not any(p.name == "express-session" for p in app.packages):
        return
    for route in app.routes:
        kept = next((s for s in route.steps if _signs_in(s)), None)
        if kept is not None and not _renewed(app, route):
            detail = f"{route} writes the user into the session that the visitor already had."
            yield Seen(head(route), detail, related=(kept.place,), cause="session kept at sign-in")


def _signs_in(step: Step) -> bool:
    return (
        bool(_KEEPS.match(step.name)) and bool(step.args) and not (step.args[0].literal and not step.args[0].constant)
    )


def _renewed(app: App, route: Route) -> bool:
    return any(s.method == "regenerate" for s in route.steps) or "regenerate(" in app.excerpt(route.place)
