"""Each place in an app's scripts that calls one of its own addresses, with how it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from apprescue.model.app import App, Route
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted
from apprescue.source.quiet import is_test
from apprescue.source.syntax import SCRIPTS

_HOLE = "\0"
_HOST = re.compile(r"^(?:https?://[^/]*|\0[^/]*)")
_FILLED = re.compile(r"^(?:\[.*\]|:.*|\{.*\}|\*.*)$")
_METHOD = re.compile(r"\bmethod['\"]?\s*:\s*['\"`](\w+)")
_VERBS = frozenset("get post put patch delete head".split())
_NO_CALLS = re.compile(
    r"(?i)^(?:console\.\w+|.*(?:query|queries|cache)\w*\.(?:invalidate|set|get|refetch|remove|cancel|prefetch)\w*|"
    r"(?:\w+\.)*mutate|.*\.(?:startsWith|endsWith|test|writeText)|encodeURI\w*|.*\brouter\.(?:push|replace)|navigate|app\.use)$"
)
_CLIENT = re.compile(r"(?i)request|fetch|api|axios|http|client")


@dataclass(frozen=True)
class AddressCall:
    """A call in a file; no `call` where the address is only said, and may be handed on to one. `own_site` tells that
    the address is one of the site that the page itself came from."""

    file: Handwriting
    place: t.Node
    call: t.Call | None
    own_site: bool

    @property
    def name(self) -> str:
        """What is called: `fetch`, `api.post`."""
        return dotted(_callee(self.call)) if self.call else ""

    @property
    def text(self) -> str:
        """The call as it is written."""
        return self.file.of(self.call or self.place)


def calls_of(app: App, route: Route) -> list[AddressCall]:
    """The calls of an address, by its method where that can be told."""
    words = [one for one in route.path.split("/") if one and not _FILLED.match(one)]
    if not words:
        return []
    rarest, told = max(words, key=len), {(one.place.path, one.place.line) for one in app.routes}
    return [
        one
        for path, text in sorted(app.files.items())
        if path.endswith(SCRIPTS) and rarest in text and not is_test(path)
        if any(_matches(app, route, said) for said in _addresses(path, text))
        for one in _in_file(written(path, text), app, route)
        if one.call is None or (path, one.call.line) not in told
        if _method(one) in ("", route.method) or route.method == "ANY"
    ]


@lru_cache(maxsize=32)
def written(path: str, text: str) -> Handwriting:
    """A file as it is written; it is kept a while, for questions that are asked of many addresses."""
    return Handwriting(path, text)


@lru_cache(maxsize=4096)
def _addresses(path: str, text: str) -> frozenset[str]:
    """What a file says that may be an address: far less to keep than the file as it is written."""
    return frozenset(said for node in written(path, text).nodes if "/" in (said := _said(node)))


def _in_file(file: Handwriting, app: App, route: Route) -> Iterator[AddressCall]:
    for node in file.nodes:
        over = next(file.above(node), None)
        if isinstance(over, t.Template) or (isinstance(over, t.Binary) and over.op == "+"):
            continue
        said = _said(node)
        if "/" not in said or isinstance(over, (t.Binary, t.Import)) or not _matches(app, route, said):
            continue
        short = route.path.startswith("/api/") and "/api/" not in said
        yield from (one for one in _calls(file, node, said.startswith("/")) if not short or _CLIENT.search(one.name))


def _said(node: t.Node) -> str:
    """The text of a literal, with holes for what is put in."""
    match node:
        case t.Literal(value=str() as value):
            return value
        case t.Template():
            return "".join(_said(piece) or _HOLE for piece in node.pieces if not _is_empty(piece))
        case t.Binary(op="+"):
            return (_said(node.left) or _HOLE) + (_said(node.right) or _HOLE)
    return ""


def _is_empty(node: t.Node) -> bool:
    return isinstance(node, t.Literal) and node.value == ""


def _matches(app: App, route: Route, said: str) -> bool:
    path = re.split(r"[?#]", _HOST.sub("", said))[0]
    return _is_path(path, route.path) or (
        _HOLE in path
        and _is_path(path, route.path, filled=True)
        and not any(_is_path(path, one.path) for one in app.routes if one.method == route.method)
    )


def _is_path(path: str, address: str, filled: bool = False) -> bool:
    """Whether a path that a page says is an address, with or without the `/api` that a client may put before it."""
    asked, own = ([one for one in text.split("/") if one] for text in (path, address))
    if own[:1] == ["api"] and asked[:1] != ["api"]:
        own = own[1:]
    if asked and own and asked[-1].endswith(_HOLE) and asked[-1] != _HOLE and not _FILLED.match(own[-1]):
        asked[-1] = asked[-1].rstrip(_HOLE)
    return len(asked) == len(own) > 0 and all(
        bool(_FILLED.match(mine)) or mine == one or (filled and one == _HOLE)
        for one, mine in zip(asked, own, strict=True)
    )


def _calls(file: Handwriting, node: t.Node, own_site: bool) -> Iterator[AddressCall]:
    """What is done with an address: a call that is given it, or each that is given the name it is kept under."""
    row = file.statement(node)
    around = (one for one in file.above(node) if isinstance(one, (t.Call, t.Function, t.Markup)))
    call = next(around, None)
    if isinstance(call, t.Call):
        if not _NO_CALLS.match(dotted(_callee(call))):
            yield AddressCall(file, node, call if _is_given(call, node) else None, own_site)
        return
    kept = row.target.id if isinstance(row, t.Assign) and isinstance(row.target, t.Name) else ""
    uses = [n for n in file.nodes if isinstance(n, t.Call) and any(_names(arg, kept) for arg in n.args)] if kept else []
    if uses:
        yield from (AddressCall(file, one, one, own_site) for one in uses if not _NO_CALLS.match(dotted(_callee(one))))
    else:
        yield AddressCall(file, node, None, own_site)


def _callee(call: t.Call) -> t.Node:
    """What is called, without the `await` before a call that names types."""
    return call.callee.value if isinstance(call.callee, t.Await) else call.callee


def _is_given(call: t.Call, node: t.Node) -> bool:
    """Whether a call is given an address itself, or among its options."""
    return any(arg is node or (isinstance(arg, t.Object) and node in arg.walk()) for arg in call.args)


def _names(node: t.Node, name: str) -> bool:
    return isinstance(node, t.Name) and node.id == name


def _method(one: AddressCall) -> str:
    """The method of a call; empty where it cannot be told."""
    if one.call is None:
        return ""
    callee = _callee(one.call)
    if isinstance(callee, t.Member) and callee.name in _VERBS:
        return callee.name.upper()
    for arg in one.call.args:
        if isinstance(arg, t.Literal) and str(arg.value).lower() in _VERBS:
            return str(arg.value).upper()
    options = " ".join(one.file.of(arg) for arg in one.call.args if isinstance(arg, t.Object))
    if found := _METHOD.search(options):
        return found[1].upper()
    plain = all(isinstance(arg, t.Object) or arg is one.place for arg in one.call.args)
    return "GET" if dotted(callee) in ("fetch", "useSWR") and plain else ""
