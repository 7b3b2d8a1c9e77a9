"""What the error tracker sends passes a redactor first, which goes by what values look like.

The start of Sentry gets a `beforeSend` (Python: `before_send`, no local variables, no request bodies), and the redactor
stands in a file beside it. A start whose options are not spelled out where it stands is left, and so is a folder in
which a file of that name stands already.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Change, Safety, Todo
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.dependencies import is_module, manifest_of
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.watching import REDACT, beside, python_home

_SEE = "Send one marked error, and read in Sentry what arrived: no address, no key, no password may be there."
_PYTHON = {"before_send": "without_secrets", "include_local_variables": "False", "max_request_body_size": '"never"'}


@fix("running/tracker_that_leaks", title="Take secrets out of error reports", safety=Safety.REVIEW)
def hide_secrets_from_tracker(finding: Finding, app: App) -> Changes:
    """One start of Sentry."""
    place = finding.place
    file = hand(app, place.path) if isinstance(place, Code) else None
    if file is None or not isinstance(place, Code):
        return
    call = next((one for one in file.calls(place) if dotted(one.callee).endswith("init")), None)
    if call is not None:
        changes = list(_in_python(app, file, call) if file.is_python else _in_script(app, file, call))
        if changes:
            yield from changes
            yield Todo(_SEE)


def _in_script(app: App, file: Handwriting, call: t.Call) -> Iterator[Change]:
    options = call.args[0] if call.args else None
    manifest = manifest_of(app.files, file.path)
    files = beside(app, file.path, manifest is not None and is_module(app.files[manifest]))
    if not isinstance(options, t.Object) or not options.entries or files is None:
        return
    last = options.entries[-1][1]
    row = "beforeSend: (event) => withoutSecrets(event)"
    apart = f"\n{file.indent(last)}" if options.line != options.end_line else " "
    module = file.said(f"./{REDACT}{files.ending}")
    if files.language == "cjs":
        yield file.new_import(f"const {{ withoutSecrets }} = require({module}){file.end}")
    else:
        yield file.new_import(f"import {{ withoutSecrets }} from {module}{file.end}")
    yield file.at(last.end, f",{apart}{row}")
    yield from files.redactor()


def _in_python(app: App, file: Handwriting, call: t.Call) -> Iterator[Change]:
    home = python_home(app, file.path)
    if home is None:
        return
    inside = file.code[: call.end - 1].decode("utf-8", "surrogatepass")
    given = inside.rstrip()
    told = [f"{name}={value}" for name, value in _PYTHON.items() if name not in file.of(call)]
    rows = call.line != call.end_line
    apart = f"\n{file.indent(call)}{file.step}" if rows else " "
    comma = "" if given.endswith((",", "(")) else ","
    start = "" if given.endswith("(") and not rows else apart
    end = "," if rows else ""
    yield file.new_import(f"from {home.module(REDACT)} import without_secrets")
    yield file.at(len(given.encode("utf-8", "surrogatepass")), f"{comma}{start}{f',{apart}'.join(told)}{end}")
    yield from (one for one in home.edits if one.path.endswith(f"{REDACT}.py"))
