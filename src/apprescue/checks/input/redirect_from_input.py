"""Links of your app can lead people to somebody else's page.

What we look at: addresses to return to after a payment or a sign-in, and redirects, that come from the request or its
Origin and Host headers and that nothing compares with your own addresses.
Why it matters: a link that begins with your name ends at a copy of your sign-in page; the payer returns to a
stranger's shop.
How to repair: take the base address from a setting, and from the request only a path that begins with one slash.
When it is fine: values that are compared with a list first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, RoutePlace
from apprescue.model.trace import Step, Value
from apprescue.source.routes import head

_RETURNS = re.compile(
    r"(?i)^(?:success|cancel|return|redirect|refresh|callback)_?(?:url|uri|to)$|^redirect_?to$|^emailRedirectTo$"
)
_HEADERS = ("header.origin", "header.host", "header.referer", "header.x-forwarded-host")
_REDIRECTS = re.compile(
    r"(?:response\.redirect|(?:Next)?Response\.redirect|RedirectResponse|^flask\.redirect|django\.shortcuts\.redirect|HttpResponseRedirect|context\.redirect)$"
)


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-601",),
    owasp=("A01:2025",),
)
def redirect_from_input(app: App) -> Iterator[Seen]:
    for route in app.routes:
        step = next((s for s in route.steps if _leads_away(s)), None)
        if step is not None:
            yield Seen(
                RoutePlace(str(route), step.place),
                f"{route} sends people on to an address that the request names.",
                related=(head(route), *_read_at(route)),
                cause="address to return to",
            )


def _read_at(route: Route) -> Iterator[Code]:
    """Where the headers are read that name the place."""
    for step in route.steps:
        if step.result is not None and any(o.lower() in _HEADERS for o in step.result.origins) and step.method == "get":
            yield step.place
            return


def _leads_away(step: Step) -> bool:
    if _REDIRECTS.search(step.name) and step.args:
        return _begins_with_input(step.args[0], headers=False)
    return any(
        _RETURNS.match(name) and _begins_with_input(value, headers=True)
        for v in step.values
        for name, value in (v.fields or {}).items()
    )


def _begins_with_input(value: Value, headers: bool) -> bool:
    """Whether the beginning of an address, its host, comes from the request."""
    if value.op == "text":
        return bool(value.operands) and _begins_with_input(value.operands[0], headers)
    if value.op in ("||", "??"):
        return any(_begins_with_input(part, headers) for part in value.operands)
    chosen = any(o.startswith(("body.", "query.")) for o in value.origins) and "validated" not in value.origins
    return chosen or (headers and any(o.lower() in _HEADERS for o in value.origins))
