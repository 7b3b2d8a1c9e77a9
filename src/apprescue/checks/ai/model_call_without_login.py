"""Strangers can spend your AI credit.

What we look at: addresses that call a paid language, image or voice model, and whether anything asks who is calling
before that. On Supabase the gateway's own check passes with the public key, so the check in the code is the only one.

Why it matters: a script calls the address all night; you get the bill, and your users get "quota exceeded".

How to repair: ask for a signed-in user first, and count calls per user and day.

When it is fine: a public demo with a hard limit per visitor and a cap on spending at the provider.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.source import known
from apprescue.source.routes import head, open_to_all


@check(
    severity=Severity.MEDIUM,
    impact=Impact.MONEY,
    cwe=("CWE-306", "CWE-770"),
    owasp=("LLM10:2025", "API4:2023", "A01:2025"),
)
def model_call_without_login(app: App) -> Iterator[Seen]:
    """One sighting for each address."""
    for route in app.routes:
        step = next((s for s in route.steps if known.is_model(s) and open_to_all(s.guards)), None)
        if step is not None:
            limited = any(g.kind == "rate_limit" for g in step.guards)
            yield Seen(
                head(route),
                f"{route} calls a paid model for anybody"
                + (", behind a limit only." if limited else ", as often as they like."),
                related=(step.place,),
                severity=Severity.LOW if limited else Severity.MEDIUM,
            )
