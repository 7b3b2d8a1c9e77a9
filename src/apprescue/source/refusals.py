"""How a function turns callers away, so that another refusal can be written the same way at another place of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.style import Style, style_of

_SAYS_NO = re.compile(
    r"(?i)\b[45]\d\d\b|unauthori[sz]|forbidden|denied|invalid|\berror\b|misconfigur|not[ _-](?:set|allowed|configured)"
)
_RESPONSES = re.compile(r"\b(?:NextResponse|Response)\b")


@dataclass(frozen=True)
class Body:
    """A function's text: the file's, its bytes and style, and every list of statements with the nodes around it."""

    path: str
    text: str
    function: t.Function

    @property
    def code(self) -> bytes:
        """The file's bytes."""
        return self.text.encode("utf-8", "surrogatepass")

    @property
    def python(self) -> bool:
        """Whether it is Python."""
        return self.path.endswith(".py")

    @property
    def style(self) -> Style:
        """How the file is written."""
        return style_of(self.text, self.path)

    def cut(self, node: t.Node, end: t.Node | None = None) -> str:
        """The text of a node, or from it to the end of another."""
        return self.code[node.start : (end or node).end].decode("utf-8", "surrogatepass")

    def blocks(self) -> Iterator[tuple[Sequence[t.Node], tuple[t.Node, ...]]]:
        """Every list of statements with the nodes that it stands in, outermost first; not those of inner functions."""
        yield from _blocks(self.function, ())

    def indent(self, node: t.Node) -> str:
        """The white space before a node's line."""
        return indent_of(self.text, node.start)


def _blocks(node: t.Node, around: tuple[t.Node, ...]) -> Iterator[tuple[Sequence[t.Node], tuple[t.Node, ...]]]:
    lists = {
        t.Function: ("body",),
        t.If: ("then", "other"),
        t.Try: ("body", "final"),
        t.Handler: ("body",),
        t.With: ("body",),
        t.Block: ("body",),
        t.For: ("body",),
    }.get(type(node), ())
    inside = (*around, node)
    for part in lists:
        rows: Sequence[t.Node] = getattr(node, part)
        yield rows, inside
        for row in rows:
            if not isinstance(row, t.Function):
                yield from _blocks(row, inside)
    if isinstance(node, t.Try):
        for handler in node.handlers:
            yield from _blocks(handler, inside)


def refuses(body: Body, rows: Sequence[t.Node]) -> bool:
    """Whether statements end in turning the caller away."""
    if not rows:
        return False
    last = rows[-1]
    if isinstance(last, t.Throw):
        return True
    if isinstance(last, t.Return):
        value = last.value
        if isinstance(value, t.Literal):
            return value.value in (False, None) and (value.value is False or _told(body, rows))
        if value is not None:
            return bool(_SAYS_NO.search(body.cut(last)))
        return _told(body, rows[-2:])
    return isinstance(last, t.Call) and bool(re.search(r"\bstatus\((?:4|5)\d\d\)|\babort\((?:4|5)\d\d", body.cut(last)))


def _told(body: Body, rows: Sequence[t.Node]) -> bool:
    """Whether `return` alone, or `return null`, stands for no: behind an answer that says so, or in a function that
    gives back something else where all is well."""
    ways = [n for n in body.function.walk() if isinstance(n, t.Return)]
    gives = any(w.value is not None and not isinstance(w.value, t.Literal) for w in ways)
    bare = isinstance(rows[-1], t.Return) and rows[-1].value is None
    said = any(isinstance(n, t.Call) and _SAYS_NO.search(body.cut(n)) and "status" in body.cut(n) for n in rows[:-1])
    return bool(said) if bare else gives


def refusal(body: Body, at: t.Node, around: Sequence[t.Node], reason: str) -> str | None:
    """The statements that turn a caller away at a statement of the function: those of its own nearest refusal, or
    what its kind of function gives back. None where neither is known. They are indented as that statement is, the
    first line bare. `reason` is what a thrown error says."""
    known = [found for found in (_copied(body, one, at, around, reason) for one in body.blocks()) if found]
    if known:
        return min(known, key=lambda one: one[0])[1]
    return _made(body, reason) or _thrown_within(body, at, around, reason)


def _thrown_within(body: Body, at: t.Node, around: Sequence[t.Node], reason: str) -> str | None:
    """An error where what catches every error around the statement turns the caller away."""
    tries = [one for one in around if isinstance(one, t.Try) and any(r.start <= at.start < r.end for r in one.body)]
    catches = [h for h in (tries[-1].handlers if tries else ()) if _catches_all(body, h)]
    if not catches or len(tries[-1].handlers) > 1 or not refuses(body, catches[0].body):
        return None
    told = body.style.text(reason)
    return f"raise ValueError({told})" if body.python else f"throw new Error({told}){body.style.end}"


def _catches_all(body: Body, handler: t.Handler) -> bool:
    caught = body.cut(handler).partition(":")[0]
    return not body.python or bool(re.match(r"except(?:\s+Exception\b.*)?$", caught))


def _copied(
    body: Body, block: tuple[Sequence[t.Node], tuple[t.Node, ...]], at: t.Node, around: Sequence[t.Node], reason: str
) -> tuple[int, str] | None:
    rows, inside = block
    if not isinstance(inside[-1], t.If) or not refuses(body, rows) or _redirects(body, rows):
        return None
    last = rows[-1]
    tries = [n for n in inside if isinstance(n, t.Try) and not any(n is one for one in around)]
    if isinstance(last, t.Throw):
        return None if tries else (_far(last, at), _thrown(body, last, at, reason))
    bare = isinstance(last, t.Return) and last.value is None
    own = rows[-2:] if bare else rows[-1:]
    if not all(_is_known(body, n.id, at, around) for row in own for n in row.walk() if isinstance(n, t.Name)):
        return None
    text = body.cut(own[0], own[-1])
    end = "" if body.python or text.endswith((";", "}")) else body.style.end
    return _far(last, at), _moved(text + end, body.indent(own[0]), body.indent(at))


def _redirects(body: Body, rows: Sequence[t.Node]) -> bool:
    return "redirect" in body.cut(rows[-1]).lower()


def _far(one: t.Node, at: t.Node) -> int:
    return abs(one.start - at.start)


def _thrown(body: Body, last: t.Throw, at: t.Node, reason: str) -> str:
    text = body.cut(last)
    made = last.value
    if isinstance(made, t.Call) and len(made.args) == 1 and not made.keywords and not body.python:
        first = made.args[0]
        told = body.style.text(reason)
        text = body.cut(last)[: first.start - last.start] + told + body.cut(last)[first.end - last.start :]
    return _moved(text, body.indent(last), body.indent(at))


def _moved(text: str, before: str, after: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(after + row.removeprefix(before) for row in rest)])


def _is_known(body: Body, name: str, at: t.Node, around: Sequence[t.Node]) -> bool:
    """Whether a name means something at a statement: it is no name of the function's, or it was given before."""
    blocks = list(body.blocks())
    declared = False
    for rows, inside in blocks:
        open_here = inside[-1] is body.function or any(inside[-1] is one for one in around)
        for row in rows:
            targets = row.target.walk() if isinstance(row, t.Assign) else ()
            if any(isinstance(n, t.Name) and n.id == name for n in targets):
                declared = True
                if open_here and row.end <= at.start:
                    return True
    handlers = [n for n in body.function.walk() if isinstance(n, t.Handler) and n.name == name]
    return not declared and not handlers


def _made(body: Body, reason: str) -> str | None:
    end = body.style.end
    names = [p.target.id for p in body.function.params if isinstance(p.target, t.Name)]
    ways = [n.value for n in body.function.walk() if isinstance(n, t.Return)]
    if any(isinstance(w, t.Literal) and isinstance(w.value, bool) for w in ways):
        return "return False" if body.python else f"return false{end}"
    if body.python:
        quoted = body.style.text(reason)
        return f"raise HTTPException(status_code=500, detail={quoted})" if "HTTPException" in body.text else None
    said = body.style.text("Not configured")
    if "res" in names:
        return f"return res.status(500).json({{ error: {said} }}){end}"
    if any(w is not None and _RESPONSES.search(body.cut(w)) for w in ways):
        kind = "NextResponse" if "NextResponse" in body.text else "Response"
        return f"return {kind}.json({{ error: {said} }}, {{ status: 500 }}){end}"
    return None
