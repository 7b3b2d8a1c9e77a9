"""Your payment provider's messages never pass the check of their signature.

What we look at: Express apps that parse every body as JSON (`app.use(express.json())`) before the webhook, and
webhooks that need the body as it came: `express.raw(...)`, `constructEvent(req.body, ...)`, `JSON.parse(req.body)`.

Why it matters: the first parser uses the body up. The webhook then gets an object where it needs the text, its check
fails each time, and what your customers paid for is never booked.

How to repair: register the webhook's route with `express.raw({ type: "application/json" })` above
`app.use(express.json())`, or keep the text with `express.json({ verify: (req, _res, buf) => { req.rawBody = buf } })`.

When it is fine: the parser leaves the webhook's address out, keeps the raw text, or belongs to another server.
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

_PARSES = known.Names(r"^(?:express|body-parser)(?:\(\))?\.json$|^body-parser$")
_SERVER = known.Names(r"^express$")
_NEEDS_RAW = known.Names(r"(?i)construct_?event\w*$|webhooks?\.(?:constructEvent|unwrap|verify)$|Webhook\(\)\.verify$")
_KEEPS_RAW = re.compile(r"rawBody|raw_body")
_SKIPS = re.compile(
    r"(?i)(?:originalUrl|\.path|\.url)[^\n]{0,60}webhook|webhook[^\n]{0,60}(?:originalUrl|\.path|\.url)"
)


@check(
    severity=Severity.HIGH,
    impact=Impact.MONEY,
    cwe=("CWE-436", "CWE-696"),
    owasp=("A10:2025",),
)
def webhook_body_parsed_first(app: App) -> Iterator[Seen]:
    """One sighting for each webhook."""
    parsers = [s.args[0].step for t in app.traces for s in t.steps if _for_all(s)]
    servers = {s.place.path for t in app.traces for s in t.steps if _SERVER.match(s.name)}
    for route in app.routes:
        if route.framework != "express" or not _wants_text(app, route):
            continue
        before = next((p for p in parsers if p is not None and _stands_before(app, p, route, servers)), None)
        if before is not None:
            detail = f"{route} needs the body as it came, but all bodies were parsed as JSON before."
            yield Seen(head(route), detail, related=(before.place,))


def _for_all(step: Step) -> bool:
    first = step.args[0].step if step.args else None
    return step.method == "use" and first is not None and bool(_PARSES.match(first.name)) and not step.tests


def _wants_text(app: App, route: Route) -> bool:
    for step in route.steps:
        if _NEEDS_RAW.search(step.name) and any(a.origins == frozenset({"body"}) for a in step.args[:1]):
            return True
    text = app.excerpt(Code(route.place.path, route.place.line, route.place.line))
    return bool(re.search(r"(?:express|bodyParser)\.raw\(", text))


def _stands_before(app: App, parser: Step, route: Route, servers: set[str]) -> bool:
    """Whether the parser is registered earlier on the same server; two files that each make one are two servers."""
    if parser.place.path != route.place.path and {parser.place.path, route.place.path} <= servers:
        return False
    text = app.files.get(parser.place.path, "")
    if _KEEPS_RAW.search(text) or _SKIPS.search(text) or any("verify" in (a.fields or {}) for a in parser.args):
        return False
    return parser.place.path != route.place.path or parser.place.line < route.place.line
