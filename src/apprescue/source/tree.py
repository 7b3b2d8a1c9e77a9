"""One small syntax tree for JavaScript, TypeScript and Python, so that what we know is written once.

`source/javascript.py` and `source/python.py` make it from tree-sitter's trees. Types are left out; what a
language says in its own words (arrow functions, comprehensions, `with`, f-strings) becomes the nearest node here.
Every node knows its lines (from 1) and its bytes in the file, so that a repair can edit exactly that text.
It is longer than other files because every kind of node stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar


class Node:
    """A piece of code. `line` and `end_line` count from 1, `start` and `end` are offsets in bytes."""

    __slots__ = ("end", "end_line", "line", "start")
    line: int
    end_line: int
    start: int
    end: int
    parts: tuple[str, ...] = ()

    def children(self) -> Iterator[Node]:
        """The nodes directly inside."""
        for part in self.parts:
            value = getattr(self, part)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, (list, tuple)):
                for item in value:
                    if isinstance(item, Node):
                        yield item

    def walk(self) -> Iterator[Node]:
        """This node and every node inside, in the order of the text."""
        yield self
        for child in self.children():
            yield from child.walk()

    def __repr__(self) -> str:
        parts = ", ".join(repr(getattr(self, p)) for p in self.__slots__)
        return f"{type(self).__name__}({parts})"


class Literal(Node):
    """A string, number, boolean or nothing (`null`, `undefined`, `None`). Regular expressions are strings."""

    __slots__ = ("value",)

    def __init__(self, value: str | int | float | bool | None) -> None:
        self.value = value


class Name(Node):
    """A bare name. `this` and `self` are names."""

    __slots__ = ("id",)

    def __init__(self, id: str) -> None:
        self.id = id


class Member(Node):
    """`object.name`, `object?.name`, and `object["name"]` with a literal text."""

    __slots__ = ("name", "object")
    parts = ("object",)

    def __init__(self, object: Node, name: str) -> None:
        self.object, self.name = object, name


class Index(Node):
    """`object[key]` with a key that is no literal text."""

    __slots__ = ("key", "object")
    parts = ("object", "key")

    def __init__(self, object: Node, key: Node) -> None:
        self.object, self.key = object, key


class Call(Node):
    """A call or `new`. `keywords` are Python's keyword arguments by name (`**` for unpacked ones)."""

    __slots__ = ("args", "callee", "keywords", "new")
    parts = ("callee", "args")

    def __init__(self, callee: Node, args: list[Node], keywords: dict[str, Node] | None = None, new: bool = False):
        self.callee, self.args, self.keywords, self.new = callee, args, keywords or {}, new

    def children(self) -> Iterator[Node]:
        yield self.callee
        yield from self.args
        yield from self.keywords.values()


class Template(Node):
    """A text with parts: template literal or f-string. `parts_` holds texts (Literal) and expressions in order."""

    __slots__ = ("pieces",)
    parts = ("pieces",)

    def __init__(self, pieces: list[Node]) -> None:
        self.pieces = pieces


class Object(Node):
    """An object or dict literal, or a destructuring pattern. A key is a text, or a Node where it is computed,
    or None for a spread (`...rest`, `**rest`)."""

    __slots__ = ("entries",)
    parts = ()

    def __init__(self, entries: list[tuple[str | Node | None, Node]]) -> None:
        self.entries = entries

    def children(self) -> Iterator[Node]:
        for key, value in self.entries:
            if isinstance(key, Node):
                yield key
            yield value

    def get(self, name: str) -> Node | None:
        """The value under a literal key."""
        return next((v for k, v in self.entries if k == name), None)


class Array(Node):
    """An array, tuple, list or set literal, or an array pattern."""

    __slots__ = ("items",)
    parts = ("items",)

    def __init__(self, items: list[Node]) -> None:
        self.items = items


class Spread(Node):
    """`...value` or `*value`."""

    __slots__ = ("value",)
    parts = ("value",)

    def __init__(self, value: Node) -> None:
        self.value = value


class Binary(Node):
    """`left op right`; also `&&`, `||`, `??` (Python's `and`, `or` are written so), `in`, `instanceof`, `===`
    (comparisons are normalised: `==` and `===` are `==`, `is` is `==`, `!==` and `is not` are `!=`)."""

    __slots__ = ("left", "op", "right")
    parts = ("left", "right")

    def __init__(self, left: Node, op: str, right: Node) -> None:
        self.left, self.op, self.right = left, op, right


class Unary(Node):
    """`!value` (Python's `not` is written so), `-value`, `typeof value`."""

    __slots__ = ("op", "value")
    parts = ("value",)

    def __init__(self, op: str, value: Node) -> None:
        self.op, self.value = op, value


class Conditional(Node):
    """`test ? then : other`, `then if test else other`."""

    __slots__ = ("other", "test", "then")
    parts = ("test", "then", "other")

    def __init__(self, test: Node, then: Node, other: Node) -> None:
        self.test, self.then, self.other = test, then, other


class Await(Node):
    """`await value`."""

    __slots__ = ("value",)
    parts = ("value",)

    def __init__(self, value: Node) -> None:
        self.value = value


class Assign(Node):
    """`target = value`, `const target = value`, a pattern's default. `op` is "=", "+=", ...; `declares` for const,
    let, var and Python's first-class assignments at module level. `annotation` is Python's `target: annotation`;
    with it alone there is no value."""

    __slots__ = ("annotation", "declares", "op", "target", "value")
    parts = ("target", "annotation", "value")

    def __init__(
        self,
        target: Node,
        value: Node | None,
        op: str = "=",
        declares: bool = False,
        annotation: Node | None = None,
    ) -> None:
        self.target, self.value, self.op, self.declares = target, value, op, declares
        self.annotation = annotation


class Parameter(Node):
    """A parameter. `target` is a Name or a pattern, `annotation` its type as a node (Python) or a Name with the
    type's text (TypeScript), `decorators` those of NestJS; `rest` for `...args`, `*args`."""

    __slots__ = ("annotation", "decorators", "default", "rest", "target")
    parts = ("target", "default", "annotation", "decorators")

    def __init__(
        self,
        target: Node,
        default: Node | None = None,
        annotation: Node | None = None,
        decorators: list[Node] | None = None,
        rest: str = "",
    ) -> None:
        self.target, self.default, self.annotation = target, default, annotation
        self.decorators, self.rest = decorators or [], rest


class Function(Node):
    """Any function: declaration, arrow, method, lambda. An arrow's expression body is one Return."""

    __slots__ = ("annotation", "body", "decorators", "is_async", "name", "params")
    parts = ("decorators", "params", "body")

    def __init__(
        self,
        name: str,
        params: list[Parameter],
        body: list[Node],
        is_async: bool = False,
        decorators: list[Node] | None = None,
        annotation: Node | None = None,
    ) -> None:
        self.name, self.params, self.body, self.is_async = name, params, body, is_async
        self.decorators, self.annotation = decorators or [], annotation


class Class(Node):
    """A class. Methods are Functions in `body`, fields are Assigns."""

    __slots__ = ("bases", "body", "decorators", "name")
    parts = ("decorators", "bases", "body")

    def __init__(self, name: str, bases: list[Node], body: list[Node], decorators: list[Node] | None = None) -> None:
        self.name, self.bases, self.body, self.decorators = name, bases, body, decorators or []


class If(Node):
    """`if`. `elif` is an If alone in `other`. A `switch` becomes a chain of these."""

    __slots__ = ("other", "test", "then")
    parts = ("test", "then", "other")

    def __init__(self, test: Node, then: list[Node], other: list[Node]) -> None:
        self.test, self.then, self.other = test, then, other


class For(Node):
    """`for target of iterable`, Python's `for` and comprehensions. A C-style `for` and `while` have no target;
    their test stands in `iterable`."""

    __slots__ = ("body", "iterable", "kind", "target")
    parts = ("target", "iterable", "body")

    def __init__(self, kind: str, target: Node | None, iterable: Node | None, body: list[Node]) -> None:
        self.kind, self.target, self.iterable, self.body = kind, target, iterable, body


class Handler(Node):
    """`catch (name)` or `except type as name`."""

    __slots__ = ("body", "name", "type")
    parts = ("type", "body")

    def __init__(self, name: str, type: Node | None, body: list[Node]) -> None:
        self.name, self.type, self.body = name, type, body


class Try(Node):
    """`try`. `final` is finally's body (Python's `else` is appended to `body`)."""

    __slots__ = ("body", "final", "handlers")
    parts = ("body", "handlers", "final")

    def __init__(self, body: list[Node], handlers: list[Handler], final: list[Node]) -> None:
        self.body, self.handlers, self.final = body, handlers, final


class With(Node):
    """Python's `with value as target`."""

    __slots__ = ("body", "items")
    parts = ("items", "body")

    def __init__(self, items: list[Node], body: list[Node]) -> None:
        self.items, self.body = items, body


class Return(Node):
    """`return` and `yield`."""

    __slots__ = ("value",)
    parts = ("value",)

    def __init__(self, value: Node | None) -> None:
        self.value = value


class Throw(Node):
    """`throw` and `raise`."""

    __slots__ = ("value",)
    parts = ("value",)

    def __init__(self, value: Node | None) -> None:
        self.value = value


class Jump(Node):
    """`break` and `continue`."""

    __slots__ = ("kind",)

    def __init__(self, kind: str) -> None:
        self.kind = kind


class Block(Node):
    """Statements in braces, or other nodes that hold statements."""

    __slots__ = ("body",)
    parts = ("body",)

    def __init__(self, body: list[Node]) -> None:
        self.body = body


class Import(Node):
    """`import`. `names` are pairs (imported, local): `default` and `*` for the whole module. `require(...)` that is
    assigned to names at top level is an Import too. Python's relative module keeps its dots."""

    __slots__ = ("module", "names")

    def __init__(self, module: str, names: list[tuple[str, str]]) -> None:
        self.module, self.names = module, names


class Export(Node):
    """`export`. `value` is the exported declaration or default expression; `names` are pairs (local, exported) with
    `module` set for a re-export (`*` for all). `module.exports = x` is Export("default")."""

    __slots__ = ("module", "names", "value")
    parts = ("value",)

    def __init__(self, names: list[tuple[str, str]], value: Node | None = None, module: str = "") -> None:
        self.names, self.value, self.module = names, value, module


class Markup(Node):
    """A JSX element. `attributes` are pairs (name, value or None); a spread has the name `...`."""

    __slots__ = ("attributes", "inside", "tag")
    parts = ()

    def __init__(self, tag: str, attributes: list[tuple[str, Node | None]], inside: list[Node]) -> None:
        self.tag, self.attributes, self.inside = tag, attributes, inside

    def children(self) -> Iterator[Node]:
        yield from (value for _, value in self.attributes if value is not None)
        yield from self.inside


class Other(Node):
    """Anything else, with what is inside it."""

    __slots__ = ("inside", "kind")
    parts = ("inside",)

    def __init__(self, kind: str, inside: list[Node]) -> None:
        self.kind, self.inside = kind, inside


N = TypeVar("N", bound=Node)


def at(node: N, like: Node) -> N:
    """Give a node the place of another."""
    node.line, node.end_line, node.start, node.end = like.line, like.end_line, like.start, like.end
    return node
