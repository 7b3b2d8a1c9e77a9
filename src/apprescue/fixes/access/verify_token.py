"""A token is asked for at the place that signed it, before anything in it is believed.

In an edge function of Supabase that takes the token apart by hand, `auth.getUser` is asked instead and what the code
reads of the token is filled from its answer; with `jsonwebtoken`, `decode` becomes `verify` with the secret that the
app verifies with elsewhere. Both stand where a broken token was caught before, so a forged one is turned away in the
same words; outside of a `try` it is refused as a missing one is. Left as it is where neither is written, and where more
is read of the token than its user and email.
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
from apprescue.source.syntax import SCRIPTS

_TAKEN_APART = re.compile(r"JSON\.parse\(\s*(?:atob|Buffer\.from)\(\s*(\w+)\.split\(\s*['\"]\.['\"]\s*\)\s*\[\s*1\s*\]")
_FILLED = {"sub": "id", "email": "email"}
_SECRET = re.compile(r"\bjwt\.verify\(\s*[\w.!]+\s*,\s*(process\.env(?:\.\w+|\[['\"]\w+['\"]\])!?)\s*[,)]")
_FUNCTIONS = "supabase/functions/"


@fix("access/token_not_verified", title="Verify the token before it is believed", safety=Safety.REVIEW)
def verify_token(finding: Finding, app: App) -> Changes:
    """The edits where the token is taken apart."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    if place is None or file is None or file.is_python:
        return
    for node in file.nodes:
        if isinstance(node, t.Call) and node.line <= place.line <= node.end_line:
            found = list(_asked(file, node) if _FUNCTIONS in file.path else _verified(app, file, node))
            if found:
                yield from found
                return


def _is_caught(file: Handwriting, node: t.Node) -> bool:
    """Whether an error there is caught in the same function, which can wait."""
    own = file.function(node)
    around = [one for one in file.above(node) if isinstance(one, t.Try) and file.function(one) is own]
    inside = any(any(node is n for row in one.body for n in row.walk()) for one in around if one.handlers)
    return own is not None and own.is_async and inside


def _refusal(file: Handwriting, node: t.Node, token: str) -> str:
    """What turns a caller away whose token is none: the error that is caught around it, or the answer to a caller who
    brings no token; empty where there is neither."""
    if _is_caught(file, node):
        return f"throw new Error({file.said('Invalid token')})"
    own = file.function(node)
    asked = [n for n in file.nodes if isinstance(n, t.If) and file.function(n) is own and _is_without(n.test, token)]
    answers = [n.then[0] for n in asked if len(n.then) == 1 and isinstance(n.then[0], t.Return)]
    return file.of(answers[0]) if answers and own and own.is_async else ""


def _is_without(test: t.Node, name: str) -> bool:
    return isinstance(test, t.Unary) and test.op == "!" and _is_called(test.value, name)


def _asked(file: Handwriting, node: t.Call) -> Iterator[Edit]:
    """`auth.getUser` in the place of a token that is taken apart."""
    taken, row = _TAKEN_APART.match(file.of(node)), file.statement(node)
    client = next((_client(file, one) for one in file.nodes if _makes_client(one)), "")
    if not taken or not client or not isinstance(row, t.Assign) or row.value is not node or "tokenClient" in file.text:
        return
    read = {one.name for one in _reads(file, row)} if isinstance(row.target, t.Name) else set()
    if not isinstance(row.target, t.Name) or not read or not read <= _FILLED.keys() or _is_used_whole(file, row):
        return
    refusal = _refusal(file, node, taken[1])
    if not refusal:
        return
    filled = ", ".join(f"{name}: tokenUser.{_FILLED[name]}" for name in _FILLED if name in read)
    yield file.before(
        row,
        f"const tokenClient = {client}{file.end}",
        f"const {{ data: {{ user: tokenUser }} }} = await tokenClient.auth.getUser({taken[1]}){file.end}",
        "if (!tokenUser) {",
        f"{file.step}{refusal}{file.end}",
        "}",
    )
    yield file.instead(node, f"{{ {filled} }}")


def _makes_client(node: t.Node) -> bool:
    return isinstance(node, t.Call) and dotted(node.callee) == "createClient" and len(node.args) > 1


def _client(file: Handwriting, made: t.Node) -> str:
    """A client made of the same address and key, wherever their names are given; empty where they are not plain."""
    given = [_plainly(file, one) for one in made.args[:2]] if isinstance(made, t.Call) else []
    return f"createClient({', '.join(given)})" if given and all(given) else ""


def _plainly(file: Handwriting, node: t.Node) -> str:
    """An argument as it reads anywhere in the file: the setting itself, not the name it is kept under."""
    if isinstance(node, t.Name):
        values = [n.value for n in file.nodes if isinstance(n, t.Assign) and _is_called(n.target, node.id) and n.value]
        text = file.code[values[0].start : values[0].end].decode() if len(values) == 1 else ""
        return _with_mark(file, values[0], text) if values else ""
    return _with_mark(file, node, file.of(node))


def _with_mark(file: Handwriting, node: t.Node, text: str) -> str:
    """The text of a setting, with TypeScript's mark behind it."""
    marked = "!" if file.code[node.end : node.end + 1] == b"!" else ""
    return f"{text}{marked}" if re.fullmatch(r"Deno\.env\.get\(['\"]\w+['\"]\)(?:!|\s*(?:\?\?|\|\|).*)?", text) else ""


def _is_called(node: t.Node, name: str) -> bool:
    return isinstance(node, t.Name) and node.id == name


def _reads(file: Handwriting, row: t.Assign) -> Iterator[t.Member]:
    """What is read of the token's content."""
    assert isinstance(row.target, t.Name)
    yield from (n for n in file.nodes if isinstance(n, t.Member) and _is_called(n.object, row.target.id))


def _is_used_whole(file: Handwriting, row: t.Assign) -> bool:
    """Whether the content is used otherwise than by its parts."""
    assert isinstance(row.target, t.Name)
    parts = {id(one.object) for one in _reads(file, row)} | {id(row.target)}
    return any(_is_called(n, row.target.id) and id(n) not in parts for n in file.nodes)


def _verified(app: App, file: Handwriting, node: t.Call) -> Iterator[Edit]:
    """`jwt.verify` in the place of `jwt.decode`."""
    secrets = {found for path, text in app.files.items() if path.endswith(SCRIPTS) for found in _SECRET.findall(text)}
    plain = dotted(node.callee) == "jwt.decode" and len(node.args) == 1
    if plain and len(secrets) == 1 and _is_caught(file, node):
        yield file.instead(node, f"jwt.verify({file.of(node.args[0])}, {secrets.pop()})")
