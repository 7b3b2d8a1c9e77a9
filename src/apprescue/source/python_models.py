"""The classes of a Python app that may describe tables, with what they inherit across files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from apprescue.model.place import Code
from apprescue.source.project import Module, Project
from apprescue.source.python import parse
from apprescue.source.tree import (
    Array,
    Assign,
    Binary,
    Block,
    Call,
    Class,
    If,
    Index,
    Literal,
    Member,
    Name,
    Node,
    Template,
    Try,
)

_ELSEWHERE = re.compile(
    r"(^|/)(node_modules|site-packages|\.?venv|env|tests?|migrations|versions)/|(^|/)(test_\w*|conftest)\.py$"
)


@dataclass(frozen=True, eq=False)
class Kind:
    """A class and the module it stands in."""

    module: Module
    node: Class

    @property
    def place(self) -> Code:
        """The line of its name: its columns may change without it being another class."""
        return Code(self.module.path, self.node.line, self.node.line)

    def assigned(self, name: str) -> Node | None:
        """The value that its own body gives to a name."""
        given = (
            n for n in self.node.body if isinstance(n, Assign) and isinstance(n.target, Name) and n.target.id == name
        )
        return next((n.value for n in given), None)


class Kinds:
    """The classes of the files whose text has a mention of the library; others are read when they are inherited."""

    def __init__(self, files: Mapping[str, str], mention: re.Pattern[str]) -> None:
        self.project = Project(files)
        self.modules = [
            module
            for path in sorted(files)
            if path.endswith(".py") and not _ELSEWHERE.search(path) and mention.search(files[path])
            if (module := self.project.module(path))
        ]
        self.all = [Kind(m, node) for m in self.modules for node in top_level(m.body) if isinstance(node, Class)]
        self._known = {(kind.module.path, kind.node.name): kind for kind in self.all}

    def named(self, name: str, module: Module, depth: int = 0) -> Kind | None:
        """The class that a dotted name means in a module, imports followed."""
        first, _, rest = name.partition(".")
        node = module.names.get(first)
        if isinstance(node, Class):
            return self._known.setdefault((module.path, first), Kind(module, node))
        if depth > 9:
            return None
        if first in module.imports:
            source, imported = module.imports[first]
            return self._imported(source, imported, rest, module, depth)
        sources = (self.project.target(module.path, star) for star in module.stars)
        found = (self.named(name, m, depth + 1) for path in sources if path and (m := self.project.module(path)))
        return next((kind for kind in found if kind), None)

    def _imported(self, source: str, imported: str, rest: str, module: Module, depth: int) -> Kind | None:
        """`from source import imported` gives a class, or a module that has it."""
        inner = f"{source}{imported}" if source.endswith(".") else f"{source}.{imported}"
        for whole, name in ((source, imported), (source if imported == "*" else inner, rest)):
            path = self.project.target(module.path, whole)
            other = self.project.module(path) if path and name and name != "*" else None
            if other and other is not module and (kind := self.named(name, other, depth + 1)):
                return kind
        return None

    def line(self, kind: Kind, seen: tuple[Kind, ...] = ()) -> list[Kind]:
        """What a class inherits from, the farthest first, and itself."""
        found: list[Kind] = []
        for base in kind.node.bases:
            above = self.named(dotted(base), kind.module) if not isinstance(base, Assign) else None
            if above and above is not kind and above not in seen:
                found += [k for k in self.line(above, (*seen, kind)) if k not in found]
        return [*found, kind]


def top_level(body: Iterable[Node]) -> Iterator[Node]:
    """The statements of a module or class, those under an `if` or `try` too."""
    for node in body:
        if isinstance(node, (If, Try, Block)):
            yield from top_level((*node.then, *node.other) if isinstance(node, If) else node.body)
        else:
            yield node


def dotted(node: Node | None) -> str:
    """`a.b.c` of names, of a call's callee, of what stands before a bracket; empty for anything else."""
    if isinstance(node, Name):
        return node.id
    if isinstance(node, Member):
        return f"{inner}.{node.name}" if (inner := dotted(node.object)) else ""
    if isinstance(node, Call):
        return dotted(node.callee)
    return dotted(node.object) if isinstance(node, Index) else ""


def original(node: Node | None, module: Module) -> str:
    """The last part of a dotted name, as it is called where it was imported from."""
    name = dotted(node)
    first, _, rest = name.partition(".")
    return rest.rpartition(".")[2] or module.imports.get(first, ("", first))[1].replace("*", first)


def text(node: Node | None, module: Module | None = None) -> str:
    """The text of a literal or of a module's constant; what is not known of an f-string is left out."""
    if isinstance(node, Name) and module is not None:
        known = module.names.get(node.id)
        return text(known.value) if isinstance(known, Assign) else ""
    if isinstance(node, Template):
        return "".join(text(piece, module) for piece in node.pieces)
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else ""


def texts(node: Node | None, module: Module) -> tuple[str, ...]:
    """The texts of a list, or the one text."""
    items = node.items if isinstance(node, Array) else [node]
    return tuple(found for item in items if (found := text(item, module)))


def says(node: Node | None, value: bool) -> bool:
    """Whether a keyword is given and is literally that."""
    return isinstance(node, Literal) and node.value is value


def written(node: Node, module: Module) -> str:
    """The source of a node on one line."""
    return " ".join(module.text.encode()[node.start : node.end].decode("utf-8", "replace").split())


def place(node: Node, module: Module) -> Code:
    """The lines of a node."""
    return Code(module.path, node.line, node.end_line)


def without_none(node: Node | None) -> tuple[Node | None, bool]:
    """A type without `Optional` and `| None`, and whether there was one. A type in quotes is read."""
    if isinstance(node, Literal) and isinstance(node.value, str):
        inner = parse(node.value)
        return without_none(inner[0]) if len(inner) == 1 and not isinstance(inner[0], Literal) else (node, False)
    if isinstance(node, Index) and dotted(node.object).rpartition(".")[2] in ("Optional", "Union"):
        kinds = node.key.items if isinstance(node.key, Array) else [node.key]
        rest = [kind for kind in kinds if not _is_none(kind)]
        optional = len(rest) < len(kinds) or dotted(node.object).endswith("Optional")
        return (without_none(rest[0])[0] if rest else None), optional
    if isinstance(node, Binary) and node.op == "|":
        if _is_none(node.right):
            return without_none(node.left)[0], True
        if _is_none(node.left):
            return without_none(node.right)[0], True
    return node, False


def _is_none(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None
