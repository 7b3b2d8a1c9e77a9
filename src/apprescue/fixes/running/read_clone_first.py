"""A request whose body is read twice is first read from a clone, so that the second reading finds the body.

Only the first reading changes, from `req.json()` to `req.clone().json()`: what both give is the same as if the body
could be read twice. Hono keeps what it has read and is left.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import dotted, hand

_READS = ("json", "text", "formData", "arrayBuffer", "blob")


@fix("running/body_read_twice", title="Read the request's body from a clone first", safety=Safety.SAFE)
def read_clone_first(finding: Finding, app: App) -> Changes:
    """The clone at the first reading."""
    first = code_of(finding.related[0]) if finding.related else None
    file = hand(app, first.path) if first else None
    if first is None or file is None:
        return
    found = [
        node.callee
        for node in file.nodes
        if isinstance(node, t.Call)
        and isinstance(node.callee, t.Member)
        and node.callee.name in _READS
        and not node.args
        and node.line == first.line
        and dotted(node.callee.object)
        and not dotted(node.callee.object).endswith(".req")
    ]
    if len(found) == 1:
        yield file.at(found[0].object.end, ".clone()")
