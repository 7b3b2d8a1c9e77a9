"""A webhook gets its body as it came: the parser for all bodies leaves the webhook's address out.

`app.use(express.json())` becomes a middleware that passes the webhook on, and the webhook's own route takes
`express.raw(...)` where it does not yet. Addresses with parameters in them are left.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.model.place import RoutePlace, code_of
from apprescue.source.raw_body import left_out, taken_raw


@fix("running/webhook_body_parsed_first", title="Keep the webhook's body as it came", safety=Safety.SAFE)
def keep_webhook_body(finding: Finding, app: App) -> Changes:
    """The parser that leaves the address out, and the raw body at the route."""
    parser = code_of(finding.related[0]) if finding.related else None
    named = finding.place.route if isinstance(finding.place, RoutePlace) else ""
    route = next((one for one in app.routes if str(one) == named), None)
    if parser is not None and route is not None and (passed := list(left_out(app, parser, route))):
        yield from passed
        yield from taken_raw(app, route)
