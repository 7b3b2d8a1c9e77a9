"""An edge function that the app's pages call answers the browser's question first, and every answer can be read.

The headers come from the app's `_shared/cors.ts` where it has one, else they are written into the function. The
answer to `OPTIONS` is the first statement of the function that is served; all answers of the file get the headers.
Functions whose handler stands elsewhere, or some of whose answers are not written out, are left.
"""

from __future__ import annotations

from posixpath import dirname, relpath

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.answer_headers import answers, headers_name, with_headers
from apprescue.source.handwriting import Handwriting, dotted, hand

_ALLOWED = "authorization, x-client-info, apikey, content-type"
_NAME = "corsHeaders"


@fix("cors/preflight_unanswered", title="Answer the browser's question before it calls")
def answer_preflight(finding: Finding, app: App) -> Changes:
    """The answer, the headers, and where they come from."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    handler = _handler(file) if file else None
    if file is None or handler is None or not handler.body or _NAME in file.text:
        return
    added = [with_headers(file, answer, _NAME) for answer in answers(file)]
    whole = [one for one in added if one is not None]
    if not whole or len(whole) < len(added) or handler.line == handler.body[0].line:
        return
    asked = handler.params[0].target if handler.params else None
    if not isinstance(asked, t.Name):
        return
    refused = f"if ({asked.id}.method === {file.said('OPTIONS')}) "
    said = f"{refused}return new Response(null, {{ headers: {_NAME} }}){file.end}"
    yield _headers(app, file)
    yield file.before(handler.body[0], said)
    yield from whole


def _handler(file: Handwriting) -> t.Function | None:
    """The function that is given to `Deno.serve` or `serve`."""
    for node in file.nodes:
        if isinstance(node, t.Call) and dotted(node.callee) in ("Deno.serve", "serve") and node.args:
            last = node.args[-1]
            named = last.id if isinstance(last, t.Name) else ""
            own = (n for n in file.nodes if isinstance(n, t.Function) and n.name == named and named)
            return last if isinstance(last, t.Function) else next(own, None)
    return None


def _headers(app: App, file: Handwriting) -> Edit:
    shared = (path for path in sorted(app.files) if path.endswith("/functions/_shared/cors.ts"))
    path = next((one for one in shared if headers_name(Handwriting(one, app.files[one])) == _NAME), "")
    if path:
        module = file.said(relpath(path, dirname(file.path)))
        return file.new_import(f"import {{ {_NAME} }} from {module}{file.end}")
    step, end = file.step, file.end
    rows = [
        "",
        f"const {_NAME} = {{",
        f"{step}{file.said('Access-Control-Allow-Origin')}: {file.said('*')},",
        f"{step}{file.said('Access-Control-Allow-Headers')}: {file.said(_ALLOWED)},",
        f"}}{end}",
    ]
    imports = [node for node in file.top if isinstance(node, t.Import)]
    text = "\n".join(rows)
    return file.new_import(text) if imports else file.at(0, f"{text[1:]}\n\n")
