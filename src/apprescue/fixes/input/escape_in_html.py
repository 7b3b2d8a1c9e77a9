"""Texts that stand in the HTML of a mail are escaped: what somebody typed stays text, whatever signs are in it.

Done for template literals and f-strings with tags, in the file that sends the mail and the one that answers the
request. A part that is HTML itself (by its name, or by what it is made of), a number and a call are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand

_TAG = re.compile(r"<(?:html|body|div|p|h[1-6]|a|table|tr|td|strong|b|span|br|ul|li|img)\b", re.I)
_MARKUP = re.compile(
    r"(?i)html|markup|content|body$|section|block|button|rows?$|items?$|list$|footer|header|styles?$|css|template|layout"
)
_ESCAPES = re.compile(r"(?i)^(?:escape|html_?escape|encode)(?:_?html|_?for_?html)?$")
_SIGNS = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"))


@fix("input/html_from_input", title="Escape what people typed before it goes into a mail")
def escape_in_html(finding: Finding, app: App) -> Changes:
    """Each part of the HTML, and the function that escapes where there is none."""
    places = filter(None, map(code_of, (finding.place, *finding.related)))
    for path in dict.fromkeys(place.path for place in places):
        file = hand(app, path)
        typed = list(_typed(file)) if file else []
        if file and typed:
            name, made = _escaping(file)
            yield from made
            yield from (file.instead(node, f"{name}({file.of(node)})") for node in typed)


def _typed(file: Handwriting) -> Iterator[t.Node]:
    """The parts of HTML that may hold what somebody typed."""
    markup = {
        n.target.id for n in file.nodes if isinstance(n, t.Assign) and isinstance(n.target, t.Name) and _is_made(n)
    }
    for html in file.nodes:
        if isinstance(html, t.Template) and _is_html(html):
            yield from (node for piece in html.pieces for node in _texts(piece) if not _is_markup(node, markup))


def _is_html(node: t.Node) -> bool:
    pieces = node.pieces if isinstance(node, t.Template) else []
    return any(isinstance(one, t.Literal) and _TAG.search(str(one.value)) for one in pieces)


def _is_made(assign: t.Assign) -> bool:
    """Whether a value is put together from HTML, or by a call that may do so."""
    value = assign.value
    inner = value.walk() if value is not None else ()
    return isinstance(value, t.Call) or any(_is_html(n) or _is_tagged(n) for n in inner)


def _is_tagged(node: t.Node) -> bool:
    return isinstance(node, t.Literal) and bool(_TAG.search(str(node.value)))


def _texts(piece: t.Node) -> Iterator[t.Node]:
    """The names whose value a part of a text may be."""
    if isinstance(piece, t.Name | t.Member):
        yield piece
    elif isinstance(piece, t.Binary) and piece.op in ("||", "??", "or"):
        yield from _texts(piece.left)
        yield from _texts(piece.right)
    elif isinstance(piece, t.Conditional):
        yield from _texts(piece.then)
        yield from _texts(piece.other)


def _is_markup(node: t.Node, markup: set[str]) -> bool:
    name = dotted(node)
    return not name or name in markup or name.isupper() or bool(_MARKUP.search(name.rpartition(".")[2]))


def _escaping(file: Handwriting) -> tuple[str, list[Edit]]:
    """What the function is called that escapes, and the edits that bring it in."""
    own = [n.name for n in file.top if isinstance(n, t.Function)]
    imported = [local for n in file.top if isinstance(n, t.Import) for _, local in n.names]
    known = next((one for one in (*own, *imported) if one and _ESCAPES.match(one)), "")
    if known:
        return known, []
    if file.is_python:
        return "escape", [file.new_import("from html import escape")]
    typed, step = ": unknown" if file.path.endswith((".ts", ".tsx")) else "", file.step
    signs = "".join(f"\n{2 * step}.replace(/{sign}/g, {file.said(said)})" for sign, said in _SIGNS)
    made = f"const escapeHtml = (text{typed}) =>\n{step}String(text ?? {file.said('')}){signs}{file.end}"
    return "escapeHtml", [file.new_import(f"\n/** A text as it may stand in HTML. */\n{made}")]
