"""An address that the caller names is fetched only where it is a name on the public web.

Before the request goes out the address is taken apart: it has to begin with https, or to hold its content itself
(`data:`), and its host has to be a name with a dot that is none of a network of one's own; numbers are refused. In
JavaScript and TypeScript, where what is thrown is caught. Left as it is where a key or a login goes along with the
request, for that must go to one host alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand

_FETCHES = re.compile(r"^(?:fetch|axios(?:\.(?:get|head|post))?|got(?:\.(?:get|stream))?)$")
_SECRETS = re.compile(r"(?i)authorization|api-?key|token|cookie|credentials|headers")
_CATCHES = re.compile(r"(?:^|/)(?:supabase/functions|api)/|/route\.[jt]s$")
_NAME = "safeAddress"
_NAMED = r"/^(?!.*\.(?:local|localhost|internal)$)[a-z0-9.-]+\.[a-z][a-z0-9-]*$/i"


@fix("input/fetch_of_any_address", title="Fetch what is on the public web alone", safety=Safety.REVIEW)
def fetch_public_addresses(finding: Finding, app: App) -> Changes:
    """The address of one request, and the function that looks at it."""
    place = finding.place
    file = hand(app, place.path) if isinstance(place, Code) else None
    if file is None or file.is_python or not isinstance(place, Code):
        return
    call = next((c for c in file.calls(place) if c.args and _FETCHES.match(dotted(c.callee))), None)
    if call is None or any(_SECRETS.search(file.of(one)) for one in call.args[1:]) or not _is_caught(file, call):
        return
    yield file.instead(call.args[0], f"{_NAME}({file.of(call.args[0])})")
    yield from _function(file)
    yield Todo(
        f"Where you know the hosts that {file.path} has to reach, let {_NAME} ask for them by name: a public name can"
        " still lead into a private network, and an answer can send the request on."
    )


def _is_caught(file: Handwriting, call: t.Call) -> bool:
    return bool(_CATCHES.search(file.path)) or any(isinstance(one, t.Try) and one.handlers for one in file.above(call))


def _function(file: Handwriting) -> Iterator[Edit]:
    """The function, behind the imports; none where the file has it."""
    if re.search(rf"\bfunction {_NAME}\b", file.text):
        return
    step, end = file.step, file.end
    typed = file.path.endswith((".ts", ".tsx"))
    head = "(address: string): string" if typed else "(address)"
    rows = [
        f"function {_NAME}{head} {{",
        f"{step}const url = new URL(address){end}",
        f"{step}const named = {_NAMED}.test(url.hostname){end}",
        f"{step}if (url.protocol !== {file.said('data:')} && (url.protocol !== {file.said('https:')} || !named)) {{",
        f"{step}{step}throw new Error({file.said('This address is not allowed')}){end}",
        f"{step}}}",
        f"{step}return url.href{end}",
        "}",
    ]
    imports = [n for n in file.top if isinstance(n, t.Import)]
    if imports:
        yield file.after(imports[-1], "", *rows)
    else:
        yield file.at(0, "\n".join(rows) + "\n\n")
