"""What stands in the text of a route's handler: the function itself, its statements and names, how it refuses.

Serves repairs that put a check before a call. Everything is taken from the file as it is written; nothing is invented
but a plain refusal of the framework where the file has none of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from apprescue.model.app import App, Route
from apprescue.model.patch import Edit
from apprescue.source import javascript, python
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.project import SCRIPTS, bound_names
from apprescue.source.style import style_of

_REFUSES = re.compile(r"\b40[0134]\b")
_TEXT = re.compile(r"(['\"`])(?:(?!\1).)*\1")
SAYS = "You are not allowed to do this"


@dataclass(frozen=True)
class Handled:
    """A handler and the file that it stands in. `top` are the file's statements, `node` is the handler."""

    path: str
    text: str
    top: Sequence[t.Node]
    node: t.Function
    framework: str

    def cut(self, node: t.Node) -> str:
        """The text of a node."""
        return self.text.encode("utf-8", "surrogatepass")[node.start : node.end].decode("utf-8", "surrogatepass")

    @property
    def is_script(self) -> bool:
        """Whether it is JavaScript or TypeScript."""
        return self.path.endswith(SCRIPTS)


@lru_cache(maxsize=8)
def parsed(path: str, text: str) -> list[t.Node]:
    """The statements of a file by its name; none where it is in another language."""
    if path.endswith(SCRIPTS):
        return javascript.parse(text, jsx=not path.endswith(".ts"))
    return python.parse(text) if path.endswith(".py") else []


def handler_of(app: App, route: Route) -> Handled | None:
    """The function that answers a route; None where it cannot be told."""
    if route.trace is None:
        return None
    place = route.trace.place
    handed = _handed(app, route)
    if handed is not None:
        return handed
    text = app.files.get(place.path, "")
    top = parsed(place.path, text)
    found = [n for node in top for n in node.walk() if isinstance(n, t.Function) and n.line == place.line]
    if not found:
        found = [
            n for node in top for n in node.walk() if isinstance(n, t.Function) and n.line <= place.line <= n.line + 6
        ]
        found = found[-1:]
    return Handled(place.path, text, top, max(found, key=lambda n: n.end - n.start), route.framework) if found else None


def _handed(app: App, route: Route) -> Handled | None:
    """The function that is handed to a wrapper where the route is told (`wrap(async (req, res) => ...)`), if the route
    is followed into that wrapper; None elsewhere."""
    place, path = route.trace.place if route.trace else route.place, route.place.path
    if not path.endswith(SCRIPTS) or (place.path == path and place.line == route.place.line):
        return None
    lines = [s.place.line for s in route.steps if s.place.path == path and s.place.line]
    text = app.files.get(path, "")
    top = parsed(path, text)
    calls = [n for one in top for n in one.walk() if isinstance(n, t.Call) and n.line == route.place.line]
    given = [a for call in calls for a in call.args if isinstance(a, t.Function)]
    found = [a for a in given if any(a.line <= line <= a.end_line for line in lines)]
    outer = max(found, key=lambda n: n.end - n.start, default=None)
    if outer is None or (place.path == path and outer.line <= (place.line or 0) <= outer.end_line):
        return None
    return Handled(path, text, top, outer, route.framework)


def bound_at(handled: Handled, before: int) -> set[str]:
    """The names that a handler's parameters and its statements around and before a byte bind."""
    names = {name for one in handled.node.params for name in bound_names(one.target)}
    for block in blocks(handled.node):
        if block and block[0].start <= before:
            around = block[-1].end >= before
            names |= {n for s in block if around and s.end <= before for n in declared(s)}
    return names


def declared(node: t.Node) -> set[str]:
    """The names that a statement gives."""
    if isinstance(node, t.Export) and node.value is not None:
        return declared(node.value)
    if isinstance(node, t.Assign):
        return set(bound_names(node.target))
    if isinstance(node, (t.Function, t.Class)):
        return {node.name}
    if isinstance(node, t.Import):
        return {local for _, local in node.names}
    return set()


def blocks(node: t.Node) -> Iterator[Sequence[t.Node]]:
    """Every list of statements below a node."""
    for inner in node.walk():
        if isinstance(inner, (t.Function, t.If, t.Try, t.Handler, t.For, t.With, t.Block)):
            for part in ("body", "then", "other", "final"):
                value = getattr(inner, part, None)
                if isinstance(value, list) and value:
                    yield value


def statement_at(handled: Handled, byte: int, last: int = 0, waits: bool = True) -> t.Node | None:
    """The innermost statement of the handler itself around a byte, in a block that reaches to the `last` one, before
    which others can be put; None where it stands in no block, or in a function that cannot wait though it must."""
    if waits and handled.is_script and not handled.node.is_async:
        return None
    code = handled.text.encode("utf-8", "surrogatepass")
    inner = [n for n in handled.node.walk() if isinstance(n, t.Function) and n is not handled.node and n.start <= byte]
    within = [n for n in inner if byte < n.end]
    found = [
        one
        for block in blocks(handled.node)
        for before, one in zip((None, *block), block, strict=False)
        if one.start <= byte < one.end and last < block[-1].end and _in_block(code, one, handled, before)
        if not any(n.start <= one.start and one.end <= n.end for n in within)
    ]
    return min(found, key=lambda one: one.end - one.start, default=None)


def _in_block(code: bytes, node: t.Node, handled: Handled, before: t.Node | None) -> bool:
    """Whether a statement stands on a row of its own behind another one, or is a block's first."""
    if isinstance(node, t.Return) and handled.is_script and not code[node.start :].startswith(b"return"):
        return False
    starts_row = not code[code.rfind(b"\n", 0, node.start) + 1 : node.start].strip()
    ahead = re.sub(rb"(?:\s|//[^\n]*(?=\n)|/\*.*?\*/)+$", b"", code[: node.start])
    return starts_row and (not handled.is_script or before is not None or ahead.endswith(b"{"))


def refusal(handled: Handled, indent: str) -> str:
    """The statement with which a handler turns somebody away: one of its own or of its neighbours, made to say 403."""
    params = [name for one in handled.node.params for name in bound_names(one.target)]
    for where in (handled.node, *handled.top):
        for node in where.walk():
            if isinstance(node, t.If) and node.then and isinstance(last := node.then[-1], (t.Return, t.Throw)):
                text = handled.cut(last)
                if (
                    _REFUSES.search(text)
                    and text.count("\n") <= 4
                    and len(_TEXT.findall(text)) == 1
                    and "${" not in text
                    and (not handled.is_script or _usable_refusal(handled, last, set(params)))
                ):
                    return _forbids(text, indent_of(handled.text, last.start), indent)
    if handled.framework == "supabase_functions":
        return _of_function(handled, indent)
    return _plain(handled)


def _plain(handled: Handled) -> str:
    """A refusal as the framework knows it, in the handler's own names."""
    names = [one.target.id if isinstance(one.target, t.Name) else "" for one in handled.node.params]
    style = style_of(handled.text, handled.path)
    said, end = f"{{ error: {style.text(SAYS)} }}", style.end
    if _ACTIONS.match(handled.text):
        told = f"return {{ success: false, error: {style.text(SAYS)} }}{end}"
        return told if _ANSWERS.search(handled.cut(handled.node)) else f"throw new Error({style.text(SAYS)}){end}"
    if handled.framework == "nextjs" and not re.search(r"(?:^|/)pages/", handled.path):
        return f"return Response.json({said}, {{ status: 403 }}){end}"
    if handled.framework == "hono" and names and names[0]:
        return f"return {names[0]}.json({said}, 403){end}"
    if handled.framework in _SENDS and len(names) > 1 and names[1]:
        return f"return {names[1]}.{_SENDS[handled.framework]}({said}){end}"
    return ""


def _of_function(handled: Handled, indent: str) -> str:
    """The refusal of an edge function, which pages of other addresses can read."""
    style = style_of(handled.text, handled.path)
    words, end = style.text, style.end
    cors = "...corsHeaders, " if re.search(r"\bcorsHeaders\b", handled.text) else ""
    return (
        f"return new Response(JSON.stringify({{ error: {words(SAYS)} }}), {{\n"
        f"{indent}{style.step}status: 403,\n"
        f"{indent}{style.step}headers: {{ {cors}{words('Content-Type')}: {words('application/json')} }},\n"
        f"{indent}}}){end}"
    )


def _usable_refusal(handled: Handled, node: t.Node, params: set[str]) -> bool:
    outer = {name for one in handled.top for name in declared(one)} | {"Response", "JSON", "Error"}
    return all(n.id in params | outer for n in node.walk() if isinstance(n, t.Name))


def _forbids(text: str, was: str, indent: str) -> str:
    said = _TEXT.sub(lambda found: f"{found[1]}{SAYS}{found[1]}", _REFUSES.sub("403", text))
    return said.replace(f"\n{was}", f"\n{indent}")


_ACTIONS = re.compile(r"""\s*(?:(?://[^\n]*|/\*.*?\*/)\s*)*["']use server["']""", re.S)
_ANSWERS = re.compile(r"return \{\s*success:\s*false")
_SENDS = {"express": "status(403).json", "nextjs": "status(403).json", "fastify": "code(403).send"}


def above_remarks(text: str, start: int) -> int:
    """The byte at which a statement's own remarks begin, or it itself does."""
    code = text.encode("utf-8", "surrogatepass")
    at = start
    row = code.rfind(b"\n", 0, start) + 1
    while row > 0:
        before = code.rfind(b"\n", 0, row - 1) + 1
        line = code[before : row - 1]
        if not line.strip().startswith((b"//", b"#")):
            break
        row, at = before, before + len(line) - len(line.lstrip())
    return at


def at_head(handled: Handled, *rows: str) -> Edit:
    """The edit that puts rows above a handler's first statement, below a docstring. The handler has a body."""
    body = handled.node.body
    told = isinstance(body[0], t.Literal) and isinstance(body[0].value, str) and len(body) > 1
    start = body[1 if told else 0].start
    first, indent = above_remarks(handled.text, start), indent_of(handled.text, start)
    return Edit(handled.path, first, first, "".join(f"{row}\n{indent}" for row in rows))


def named_in(handled: Handled, origin: str) -> tuple[str, int] | None:
    """What a handler calls a part of the request (`body.courseId`), and the byte of the first statement behind it that
    waits for something; None where it gives it no name."""
    kind, _, name = origin.partition(".")
    word = {"path": "param", "query": "query", "body": "body"}.get(kind, "")
    for block in blocks(handled.node):
        for at, one in enumerate(block):
            if (
                not word
                or not name
                or not isinstance(one, t.Assign)
                or one.value is None
                or word not in handled.cut(one.value)
            ):
                continue
            bound = _part(one, name)
            waits = (s for s in block[at + 1 :] if not isinstance(s, t.If) and b"await " in handled.cut(s).encode())
            first = next(waits, None)
            if bound and first is not None:
                return bound, first.start
    return None


def is_list(handled: Handled, name: str) -> bool:
    """Whether a handler goes through what has a name, as through many."""
    word = re.escape(name)
    goes = (
        rf"\b(?:of|in) {word}\b(?!\.)|isArray\({word}\)|(?<![\w.]){word}\??\.(?:map|forEach|filter|every|some|join)\b"
    )
    return re.search(goes, handled.cut(handled.node)) is not None


def _part(one: t.Assign, name: str) -> str:
    """The name to which an assignment gives a part of the request."""
    if isinstance(one.target, t.Name) and isinstance(one.value, t.Member) and one.value.name == name:
        return one.target.id
    found = one.target.get(name) if isinstance(one.target, t.Object) else None
    return found.id if isinstance(found, t.Name) else ""
