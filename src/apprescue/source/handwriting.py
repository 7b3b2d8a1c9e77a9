"""A file as it is written, for repairs: its tree with the way up, pieces of its text, the habits of its hand."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from apprescue.model.app import App
from apprescue.model.patch import Edit
from apprescue.model.place import Code
from apprescue.source import javascript, python
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.style import style_of

_BODIES = ("body", "then", "other", "final")
_SCRIPT = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")


class Handwriting:
    """One file of an app. Nodes are those of `source.tree`, their offsets are bytes of the file."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.code = text.encode("utf-8", "surrogatepass")
        self.is_python = path.endswith(".py")
        style = style_of(text)
        self.step, self.quote, self.end = style.step, style.quote, "" if self.is_python else style.end
        self.top = python.parse(text) if self.is_python else javascript.parse(text, jsx=not path.endswith(".ts"))
        self.nodes: list[t.Node] = []
        self._above: dict[int, t.Node] = {}
        for node in self.top:
            self._take(node)

    def _take(self, node: t.Node) -> None:
        self.nodes.append(node)
        for child in node.children():
            self._above[id(child)] = node
            self._take(child)

    def of(self, node: t.Node) -> str:
        """The text of a node, without the semicolon behind it."""
        return self.code[node.start : node.end].decode("utf-8", "surrogatepass").rstrip("; \t\n")

    def above(self, node: t.Node) -> Iterator[t.Node]:
        """What it stands in, innermost first."""
        while (over := self._above.get(id(node))) is not None:
            yield over
            node = over

    def statement(self, node: t.Node) -> t.Node:
        """The statement that it is part of, or the node itself."""
        for one in (node, *self.above(node)):
            over = self._above.get(id(one))
            if over is None or any(one is item for item in _bodies(over)):
                return one
        return node

    def function(self, node: t.Node) -> t.Function | None:
        """The function whose text it stands in."""
        return next((one for one in self.above(node) if isinstance(one, t.Function)), None)

    def calls(self, place: Code) -> list[t.Call]:
        """The calls that stand on exactly these lines, the outermost first."""
        last = place.end_line or place.line
        found = [n for n in self.nodes if isinstance(n, t.Call) and (n.line, n.end_line) == (place.line, last)]
        return sorted(found, key=lambda one: (one.start, -one.end))

    def indent(self, node: t.Node) -> str:
        """The white space at the beginning of its line."""
        return indent_of(self.text, node.start)

    def said(self, word: str) -> str:
        """A text in the file's quotes."""
        return f"{self.quote}{word}{self.quote}"

    def instead(self, node: t.Node, text: str) -> Edit:
        """The edit that puts a text where the node stands; a semicolon behind it stays."""
        return Edit(self.path, node.start, node.start + len(self.of(node).encode("utf-8", "surrogatepass")), text)

    def at(self, offset: int, text: str) -> Edit:
        """The edit that puts a text in."""
        return Edit(self.path, offset, offset, text)

    def before(self, node: t.Node, *rows: str) -> Edit:
        """The edit that puts rows above a statement."""
        indent = self.indent(node)
        return self.at(node.start, "".join(f"{row}\n{indent}" if row else f"\n{indent}" for row in rows))

    def after(self, node: t.Node, *rows: str) -> Edit:
        """The edit that puts rows below a statement."""
        end = node.end + (1 if self.code[node.end : node.end + 1] == b";" else 0)
        indent = self.indent(node)
        return self.at(end, "".join(f"\n{indent}{row}" if row else "\n" for row in rows))

    def imports(self, module: str) -> t.Import | None:
        """The import of a module."""
        return next((n for n in self.nodes if isinstance(n, t.Import) and n.module == module), None)

    def new_import(self, row: str, above: t.Node | None = None) -> Edit:
        """The edit that puts an import in: behind the last one at the top, `above` a statement that needs it, or at the
        head of the file."""
        last = above.start if above else len(self.code)
        found = [n for n in self.top if isinstance(n, t.Import) and n.end <= last]
        if not found:
            return self.at(0, f"{row}\n")
        end = self.code.find(b"\n", max(one.end for one in found))
        return self.at(end if end >= 0 else len(self.code), f"\n{row}")

    def needs(self, module: str) -> Iterator[Edit]:
        """The edit that imports a module of Python's own, in its place by name; none where that is done."""
        imports = [n for n in self.top if isinstance(n, t.Import) and n.module != "__future__"]
        if any(re.search(rf"^import {module}\b", row) for row in self.text.split("\n")):
            return
        first = (imports or self.top)[:1]
        at = self.code.rfind(b"\n", 0, first[0].start) + 1 if first else 0
        for one in imports:
            own = one.module.partition(".")[0] in sys.stdlib_module_names
            if not own or one.module > module or b"\n" in self.code[at : one.start]:
                break
            at = self.code.find(b"\n", one.end) + 1 or len(self.code)
        yield self.at(at, f"import {module}\n")

    def takes(self, module: str, name: str) -> Iterator[Edit]:
        """The edit that takes one more name from a Python module which the file takes names from; none where it does
        already, or takes none."""
        rows = [n for n in self.top if isinstance(n, t.Import) and n.module == module]
        plain = [one for one in rows if self.of(one).startswith("from") and "*" not in self.of(one)]
        if plain and not any(name == local for one in rows for _, local in one.names):
            said = self.of(plain[0])
            names = said[: said.rindex(")")].rstrip().rstrip(",") if said.endswith(")") else said
            yield self.at(plain[0].start + len(names.encode("utf-8", "surrogatepass")), f", {name}")


def hand(app: App, path: str) -> Handwriting | None:
    """A file of the app; nothing where it is no script that we read."""
    text = app.files.get(path)
    return Handwriting(path, text) if text is not None and path.endswith((".py", *_SCRIPT)) else None


def _bodies(node: t.Node) -> Iterator[t.Node]:
    if not isinstance(node, t.Conditional):
        for part in _BODIES:
            value = getattr(node, part, None)
            if isinstance(value, list):
                yield from value


def dotted(node: t.Node) -> str:
    """The dotted name of a chain of members; nothing for anything else.

    >>> from apprescue.source.javascript import parse
    >>> dotted(parse("stripe.transfers.create")[0])
    'stripe.transfers.create'
    """
    if isinstance(node, t.Name):
        return node.id
    inner = dotted(node.object) if isinstance(node, t.Member) else ""
    return f"{inner}.{node.name}" if isinstance(node, t.Member) and inner else ""
