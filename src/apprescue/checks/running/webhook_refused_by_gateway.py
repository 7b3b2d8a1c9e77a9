"""Your payment provider cannot reach your app: its messages are turned away at the door.

What we look at: webhook functions on Supabase that are not switched to `verify_jwt = false` in `supabase/config.toml`;
the gateway then asks every caller for a token of your project, which a provider does not have.

Why it matters: people pay and get nothing, because the message that they paid is answered with 401 before your code
runs.

How to repair: add `[functions.NAME]` with `verify_jwt = false` to `supabase/config.toml`, deploy again, and verify the
provider's signature in the function.

When it is fine: functions that only your own signed-in app calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, RoutePlace
from apprescue.source import meaning
from apprescue.source.manifests import table, toml_in
from apprescue.source.routes import head


@check(
    severity=Severity.HIGH,
    impact=Impact.MONEY,
    cwe=("CWE-1188",),
    owasp=("A02:2025", "API8:2023"),
)
def webhook_refused_by_gateway(app: App) -> Iterator[Seen]:
    """One sighting for each webhook."""
    config = next((p for p in sorted(app.files, key=len) if p.endswith("supabase/config.toml")), "")
    if not config:
        return
    settings = table(toml_in(app.files[config]), "functions")
    for route in app.routes:
        name = route.path.rpartition("/")[2]
        if route.framework != "supabase_functions" or not meaning.is_webhook(name):
            continue
        own = settings.get(name)
        if not isinstance(own, dict) or own.get("verify_jwt", True):
            yield Seen(
                RoutePlace(str(route), Code(config, 1)),
                f"{name} still asks for a token of your project, which its provider cannot send.",
                related=(head(route),),
                cause=name,
            )
