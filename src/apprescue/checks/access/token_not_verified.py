"""Anybody can write himself a token and be whoever he likes.

What we look at: tokens that are taken apart (`jwt.decode`, `atob`, a switched-off signature check) and then believed:
their user id decides what is read or changed.
Why it matters: a token is plain text with a signature. Without checking the signature, a text editor is enough to
become another user or an admin.
How to repair: verify the token with the provider's own call (`auth.getUser(token)`, `jwt.verify` with the secret and
fixed algorithms) and use only what that call returns.
When it is fine: reading a token's expiry in the browser, to refresh it in time; signing out, which takes nothing but
the token itself from whoever sends it.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import RoutePlace
from apprescue.source import meaning
from apprescue.source.routes import head


@check(
    severity=Severity.CRITICAL,
    impact=Impact.DATA,
    cwe=("CWE-347", "CWE-345"),
    owasp=("A07:2025", "API2:2023"),
)
def token_not_verified(app: App) -> Iterator[Seen]:
    for route in (one for one in app.routes if not meaning.is_sign_out(one.path)):
        believed = next(
            (
                step
                for step in route.steps
                if any(v.comes_from("claim") for v in step.values)
                and not any(g.kind in ("login", "signature") for g in step.guards)
                and step.result is not None
                and (step.result.comes_from("row") or ".auth.admin." in step.name)
            ),
            None,
        )
        if believed is not None:
            source = next(
                (s.place for s in route.steps if s.result is not None and s.result.comes_from("claim")), route.place
            )
            yield Seen(
                RoutePlace(str(route), source),
                f"{route} believes the token it is sent without checking its signature.",
                related=(believed.place, head(route)),
            )
