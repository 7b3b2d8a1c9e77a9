"""Each request leaves one line of JSON in the log, with a number that its answer carries too.

For Express: a middleware before all others, and the redactor beside it, which takes secrets and personal data out of
the address by what they look like. Bodies, queries and headers are not logged. A number that a proxy gave the request
is kept.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Todo
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.dependencies import is_module, manifest_of
from apprescue.source.handwriting import hand
from apprescue.source.watching import beside

_NAME, _USED = "request-log", "logRequests"


@fix("running/no_request_log", title="Log each request, without secrets")
def log_requests(finding: Finding, app: App) -> Changes:
    """The middleware, its redactor, and the row that uses it."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    call = next(iter(file.calls(place)), None) if file and place else None
    if file is None or call is None or _USED in file.text:
        return
    row, manifest = file.statement(call), manifest_of(app.files, file.path)
    files = beside(app, file.path, manifest is not None and is_module(app.files[manifest]), _NAME)
    if files is None or not isinstance(row, t.Assign) or row.value is not call or not isinstance(row.target, t.Name):
        return
    module = file.said(f"./{_NAME}{files.ending}")
    if files.language == "cjs":
        yield file.new_import(f"const {{ {_USED} }} = require({module}){file.end}", row)
    else:
        yield file.new_import(f"import {{ {_USED} }} from {module}{file.end}", row)
    yield file.after(row, f"{row.target.id}.use({_USED}){file.end}")
    yield from files.edits(_NAME, _NAME)
    yield Todo(
        "Tell whoever answers your customers: the number in an answer's X-Request-Id is that of its line in the log."
    )
