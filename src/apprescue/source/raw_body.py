"""Express and the raw body of one address: the parser for all bodies leaves it out, its own route takes it raw."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.app import App, Route
from apprescue.model.patch import Edit
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.handwriting import dotted, hand
from apprescue.source.imports import Needed, with_imports

_PLAIN = re.compile(r"/[\w/.-]*")
_EXPRESS = re.compile(r"\bimport\s+(?:\*\s+as\s+)?express\b|\bexpress\s*=")
_NAME = "parseBody"


def left_out(app: App, parser: Code, route: Route) -> Iterator[Edit]:
    """`app.use(express.json())` as a middleware that passes the address on; nothing where an address has parameters."""
    file = hand(app, parser.path)
    if file is None or not _PLAIN.fullmatch(route.path) or _NAME in file.text:
        return
    for call in file.nodes:
        if isinstance(call, t.Call) and call.line <= parser.line <= call.end_line and _is_use(call):
            typed = ": any" if file.path.endswith(".ts") and "Request" not in file.text else ""
            passed = f"({', '.join(name + typed for name in ('req', 'res', 'next'))}) =>"
            test = f"req.originalUrl.split({file.said('?')})[0] === {file.said(route.path)}"
            told = (
                f"const {_NAME} = {file.of(call.args[0])}{file.end}",
                "// webhook: its signature is made over the body as it came",
                f"{file.of(call.callee)}({passed} ({test} ? next() : {_NAME}(req, res, next)))",
            )
            yield file.instead(call, f"\n{file.indent(call)}".join(told))
            return


def taken_raw(app: App, route: Route) -> Iterator[Edit]:
    """The raw parser before the handler of a route that has none."""
    file = hand(app, route.place.path)
    if file is None or file.imports("express") is None:
        return
    call = next((c for c in file.nodes if isinstance(c, t.Call) and _registers(c, route)), None)
    if call is not None and not any("raw(" in file.of(arg) for arg in call.args[1:-1]):
        whole = _EXPRESS.search(file.text) is not None
        maker = "express.raw" if whole else "raw"
        yield file.at(call.args[0].end, f", {maker}({{ type: {file.said('application/json')} }})")
        yield from with_imports(file.path, file.text, file.top, [] if whole else [Needed("raw", "express")])


def _is_use(call: t.Call) -> bool:
    return isinstance(call.callee, t.Member) and call.callee.name == "use" and len(call.args) == 1


def _registers(call: t.Call, route: Route) -> bool:
    path = call.args[0].value if len(call.args) > 1 and isinstance(call.args[0], t.Literal) else None
    named = dotted(call.callee).endswith((".post", ".all"))
    return named and isinstance(path, str) and bool(path) and route.path.endswith(path)
