"""A Python server verifies a token's signature before it believes what stands in it.

The call takes the key and the algorithms with which the app verifies its tokens elsewhere. A token that is not right
is turned away where one that is missing is, in the same words. Left as it is where the app verifies in several ways or
in none, where its key would mean something else in this file, and where nothing turns a missing token away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand

_UNVERIFIED = re.compile(r"^jwt\.(?:decode|get_unverified_claims)$")
_WRONG = {"jwt": "jwt.InvalidTokenError", "jose": "JWTError"}


@fix("access/token_not_verified", title="Verify the token's signature", safety=Safety.REVIEW)
def verify_python_token(finding: Finding, app: App) -> Changes:
    """The call with its key, and what is done with a token that is not right."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    if place is None or file is None or not file.is_python:
        return
    asked = [n for n in file.nodes if isinstance(n, t.Call) and _UNVERIFIED.match(dotted(n.callee)) and n.args]
    asked = [one for one in asked if not _verifies(one) and _around(file, one, place.line)]
    ways = {way for path in app.files if path.endswith(".py") if (one := hand(app, path)) for way in _ways(one)}
    if len(asked) == 1 and len(ways) == 1:
        yield from _verified(file, asked[0], *ways.pop())


def _around(file: Handwriting, call: t.Call, line: int) -> bool:
    """Whether a line is in the function of a call."""
    own = file.function(call)
    return own is not None and own.line <= line <= own.end_line


def _verifies(call: t.Call) -> bool:
    options = call.keywords.get("options")
    off = options.get("verify_signature") if isinstance(options, t.Object) else None
    return len(call.args) > 1 and "algorithms" in call.keywords and not (isinstance(off, t.Literal) and not off.value)


def _ways(file: Handwriting) -> Iterator[tuple[str, str, str]]:
    """How a file verifies: the key by its name, the module that it has it from, and the algorithms."""
    for node in file.nodes:
        if isinstance(node, t.Call) and dotted(node.callee) == "jwt.decode" and _verifies(node):
            key = dotted(node.args[1])
            root = key.partition(".")[0]
            homes = [n.module for n in file.top if isinstance(n, t.Import) and root in {name for _, name in n.names}]
            if key and len(homes) == 1 and not homes[0].startswith("."):
                yield key, homes[0], file.of(node.keywords["algorithms"])


def _verified(file: Handwriting, call: t.Call, key: str, home: str, algorithms: str) -> Iterator[Edit]:
    root = key.partition(".")[0]
    bound = {local for n in file.top if isinstance(n, t.Import) for _, local in n.names}
    here = any(isinstance(n, t.Import) and n.module == home and root in {name for _, name in n.names} for n in file.top)
    library = next((n.module for n in file.top if isinstance(n, t.Import) and n.module in _WRONG), "")
    row = file.statement(call)
    caught = any(isinstance(one, t.Try) and one.handlers for one in file.above(call))
    refusal = "" if caught else _refusal(file, call)
    if (root in bound and not here) or not library or not (caught or refusal):
        return
    text = f"jwt.decode({file.of(call.args[0])}, {key}, algorithms={algorithms})"
    if caught:
        yield file.instead(call, text)
    else:
        indent = file.indent(row)
        deeper = f"\n{indent}{file.step}"
        said = file.of(row).replace(file.of(call), text)
        turned = f"\n{indent}except {_WRONG[library]}:{deeper}{refusal} from None"
        yield file.instead(row, f"try:{deeper}{said}{turned}")
        if library == "jose":
            yield from file.takes("jose", "JWTError")
    if not here:
        yield file.new_import(f"from {home} import {root}")


def _refusal(file: Handwriting, call: t.Call) -> str:
    """What the function of a call does where there is no token."""
    own = file.function(call)
    tests = [n for n in own.walk() if isinstance(n, t.If) and n.start < call.start] if own else []
    raised = [n.then[0] for n in tests if len(n.then) == 1 and isinstance(n.then[0], t.Throw)]
    return file.of(raised[0]) if raised and "401" in file.of(raised[0]) else ""
