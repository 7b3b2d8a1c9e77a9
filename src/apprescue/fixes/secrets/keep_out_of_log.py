"""The log says whether a secret is there, not what it is.

In a log call the secret becomes a yes or no, all headers become their names, and an answer that was logged whole
becomes the names of its fields. A secret in an answer is left: what whoever calls needs of it is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.javascript import parse
from apprescue.source.python import parse as parse_python
from apprescue.source.syntax import SCRIPTS

_NAMED = re.compile(r"^The value of (\w+) is written to the log|^`([^`]+)` is written to the log")
_HEADERS = re.compile(
    r"JSON\.stringify\(\s*Object\.fromEntries\(\s*([\w.]+\.headers)(?:\.entries\(\))?\s*\)[^()]*\)"
    r"|Object\.fromEntries\(\s*([\w.]+\.headers)(?:\.entries\(\))?\s*\)"
)
_PLAIN_HEADERS = re.compile(
    r"JSON\.stringify\(\s*((?:req|request)\.headers)\b[^()]*\)|(?<!Object\.keys\()\b((?:req|request)\.headers)(?=\s*[,)])"
)


@fix("secrets/secret_logged_or_returned", title="Keep secrets out of the log", safety=Safety.REVIEW)
def keep_out_of_log(finding: Finding, app: App) -> Changes:
    """The edits of every log call that the finding names."""
    known = _NAMED.match(finding.detail)
    changed = False
    for place in dict.fromkeys(p for p in (finding.place, *finding.related) if isinstance(p, Code)):
        if place.path.endswith((".py", *SCRIPTS)):
            for edit in _edits(app, place, known[1] or known[2] if known else "", finding.detail):
                changed = True
                yield edit
    if changed and known:
        yield Todo(f"Replace {known[1] or known[2]} and delete the logs that hold it.")


def _edits(app: App, place: Code, name: str, detail: str) -> Iterator[Edit]:
    text = app.files.get(place.path, "")
    tops = parse_python(text) if place.path.endswith(".py") else parse(text, jsx=not place.path.endswith(".ts"))
    last = max(place.line, place.end_line)
    inside = [n for top in tops for n in top.walk() if place.line <= n.line and n.end_line <= last]
    if name:
        yield from _whether(place.path, text, [n for n in inside if isinstance(n, t.Call)], name)
    elif "headers" in detail:
        yield from _names_of_headers(place, text)
    elif detail.startswith("Every answer"):
        for node in inside:
            if isinstance(node, t.Call) and len(node.args) == 1 and _cut(text, node.callee) == "JSON.stringify":
                yield Edit(place.path, node.start, node.end, f'Object.keys({_cut(text, node.args[0])}).join(", ")')


def _whether(path: str, text: str, calls: Sequence[t.Call], name: str) -> Iterator[Edit]:
    outer = next(iter(calls), None)
    if outer is None:
        return
    holders = {id(child): node for node in outer.walk() for child in node.children()}
    local = {name, *re.findall(rf"\b(?:const|let|var)?\s*(\w+)\s*(?::[^=\n]+)?=\s*[^\n=]*\b{re.escape(name)}\b", text)}
    done = 0
    for node in outer.walk():
        if node.start < done or node is outer or not isinstance(node, t.Name | t.Member | t.Call | t.Index | t.Binary):
            continue
        if _tells(text, node, local) and not _asked(text, holders.get(id(node)), node):
            done = node.end
            told = _cut(text, _whole(node))
            short = isinstance(node, t.Name) and _is_short(text, node)
            asked = f"bool({told})" if path.endswith(".py") else f"!!{told}"
            yield Edit(
                path, node.start, node.end, f"{node.id}: {asked}" if short and isinstance(node, t.Name) else asked
            )


def _tells(text: str, node: t.Node, local: set[str]) -> bool:
    whole = _whole(node)
    own = _cut(text, whole)
    return own in local or (
        own.startswith(("process.env.", "os.environ")) and own.rpartition(".")[2].strip("()\"'[]") in local
    )


def _whole(node: t.Node) -> t.Node:
    """What a piece of it was cut from: `secret.slice(0, 4)`, `secret[:4]`."""
    if isinstance(node, t.Index):
        return node.object
    if (
        isinstance(node, t.Call)
        and isinstance(node.callee, t.Member)
        and node.callee.name in ("slice", "substring", "substr")
    ):
        return node.callee.object
    return node


def _asked(text: str, holder: t.Node | None, node: t.Node) -> bool:
    """Whether only its length or its being there is told."""
    if isinstance(holder, t.Unary | t.Conditional):
        return not (isinstance(holder, t.Conditional) and holder.test is not node)
    if isinstance(holder, t.Call) and node is not holder.callee:
        return _cut(text, holder.callee) in ("len", "bool", "Boolean")
    return isinstance(holder, t.Member) or (isinstance(holder, t.Binary) and holder.op in ("==", "!="))


def _is_short(text: str, node: t.Name) -> bool:
    code = text.encode("utf-8", "surrogatepass")
    return (
        code[: node.start].rstrip()[-1:] in (b"{", b",")
        and code[node.end :].lstrip()[:1] in (b"}", b",")
        and (code[: node.start].rfind(b"{") > code[: node.start].rfind(b"("))
    )


def _names_of_headers(place: Code, text: str) -> Iterator[Edit]:
    rows = text.split("\n")
    first = sum(len(row) + 1 for row in rows[: place.line - 1])
    last = sum(len(row) + 1 for row in rows[: max(place.line, place.end_line)])
    pieces = [(found, f"[...{found[1] or found[2]}.keys()]") for found in _HEADERS.finditer(text, first, last)]
    if not pieces:
        pieces = [
            (found, f"Object.keys({found[1] or found[2]})") for found in _PLAIN_HEADERS.finditer(text, first, last)
        ]
    for found, told in pieces:
        start = len(text[: found.start()].encode("utf-8", "surrogatepass"))
        yield Edit(place.path, start, start + len(found[0].encode("utf-8", "surrogatepass")), told)


def _cut(text: str, node: t.Node) -> str:
    return text.encode("utf-8", "surrogatepass")[node.start : node.end].decode("utf-8", "surrogatepass")
