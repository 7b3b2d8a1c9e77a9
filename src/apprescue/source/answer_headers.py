"""Headers that let a page read an answer, put into answers of the web's `Response` as the file writes them."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.patch import Edit
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted

ALLOWS = "access-control-allow-origin"


def headers_name(file: Handwriting) -> str:
    """What a file calls its cross-origin headers: an object of its own at the top, or one that it imports."""
    for node in file.top:
        made = node.value if isinstance(node, t.Export) else node
        value = made.value if isinstance(made, t.Assign) and isinstance(made.target, t.Name) else None
        if isinstance(made, t.Assign) and isinstance(value, t.Object) and _allows(value):
            return made.target.id if isinstance(made.target, t.Name) else ""
    imported = [local for node in file.top if isinstance(node, t.Import) for _, local in node.names]
    return next((one for one in imported if "cors" in one.lower() and "header" in one.lower()), "")


def _allows(headers: t.Object) -> bool:
    return any(isinstance(key, str) and key.lower() == ALLOWS for key, _ in headers.entries)


def answers(file: Handwriting) -> Iterator[t.Call]:
    """Every answer that is made in a file."""
    for node in file.nodes:
        if isinstance(node, t.Call) and dotted(node.callee) in ("Response", "Response.json"):
            yield node


def with_headers(file: Handwriting, answer: t.Call, name: str) -> Edit | None:
    """The edit that adds the headers of this name to an answer; none where its options are not written out."""
    if not answer.args:
        return file.at(answer.end - 1, f"null, {{ headers: {name} }}")
    if len(answer.args) == 1:
        return file.at(answer.args[0].end, f", {{ headers: {name} }}")
    options = answer.args[1]
    if not isinstance(options, t.Object):
        return None
    own = options.get("headers")
    if own is None:
        return with_entry(file, options, f"headers: {name}")
    return with_entry(file, own, f"...{name}", first=True) if isinstance(own, t.Object) else None


def with_entry(file: Handwriting, node: t.Object, said: str, first: bool = False) -> Edit:
    """The edit that adds an entry to an object as it is written: behind its last one, or before its first."""
    if not node.entries:
        return file.instead(node, f"{{ {said} }}")
    beside = node.entries[0 if first else -1][1]
    apart = f"\n{file.indent(beside)}" if node.entries[0][1].line > node.line else " "
    return file.at(node.start + 1, f"{apart}{said},") if first else file.at(beside.end, f",{apart}{said}")
