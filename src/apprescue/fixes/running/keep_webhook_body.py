"""A webhook gets its body as it came: the parser for all bodies leaves the webhook's address out.

`app.use(express.json())` becomes a middleware that passes the webhook on, and the webhook's own route takes
`express.raw(...)` where it does not yet. Addresses with parameters in them are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import RoutePlace, code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand

_PLAIN = re.compile(r"/[\w/.-]*")
_NAME = "parseBody"


@fix("running/webhook_body_parsed_first", title="Keep the webhook's body as it came", safety=Safety.SAFE)
def keep_webhook_body(finding: Finding, app: App) -> Changes:
    """The parser that leaves the address out, and the raw body at the route."""
    parser = code_of(finding.related[0]) if finding.related else None
    route = _route(finding, app)
    file = hand(app, parser.path) if parser else None
    if parser is None or route is None or file is None or not _PLAIN.fullmatch(route.path) or _NAME in file.text:
        return
    for call in file.nodes:
        if isinstance(call, t.Call) and call.line <= parser.line <= call.end_line and _is_use(call):
            made, end = file.of(call.args[0]), file.end
            typed = ": any" if file.path.endswith(".ts") and "Request" not in file.text else ""
            passed = f"({', '.join(name + typed for name in ('req', 'res', 'next'))}) =>"
            test = f"req.originalUrl.split({file.said('?')})[0] === {file.said(route.path)}"
            indent = file.indent(call)
            told = (
                f"const {_NAME} = {made}{end}\n{indent}// webhook: its signature is made over the body as it came\n"
                f"{indent}{file.of(call.callee)}({passed} ({test} ? next() : {_NAME}(req, res, next)))"
            )
            yield file.instead(call, told)
            yield from _raw(route, app)
            return


def _route(finding: Finding, app: App) -> Route | None:
    named = finding.place.route if isinstance(finding.place, RoutePlace) else ""
    return next((one for one in app.routes if str(one) == named), None)


def _is_use(call: t.Call) -> bool:
    return isinstance(call.callee, t.Member) and call.callee.name == "use" and len(call.args) == 1


def _raw(route: Route, app: App) -> Iterator[Edit]:
    """The raw parser before the handler of a route that has none."""
    file = hand(app, route.place.path)
    if file is None:
        return
    call = next((c for c in file.nodes if isinstance(c, t.Call) and _registers(c, route)), None)
    if call is not None and not any("raw(" in file.of(arg) for arg in call.args[1:-1]) and _knows_express(file):
        yield file.at(call.args[0].end, f", express.raw({{ type: {file.said('application/json')} }})")


def _registers(call: t.Call, route: Route) -> bool:
    path = call.args[0].value if len(call.args) > 1 and isinstance(call.args[0], t.Literal) else None
    named = dotted(call.callee).endswith((".post", ".all"))
    return named and isinstance(path, str) and bool(path) and route.path.endswith(path)


def _knows_express(file: Handwriting) -> bool:
    return file.imports("express") is not None
