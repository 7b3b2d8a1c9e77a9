"""Whether a file still parses: how many places of it no parser can make sense of."""

from __future__ import annotations

import ast
import json
from functools import lru_cache

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_PLAIN = (".ts", ".mts", ".cts")


def faults(path: str, text: str) -> int:
    """How many syntax errors a file has; 0 where its language is not known."""
    if path.endswith(SCRIPTS):
        return _script_faults(text, path.endswith(_PLAIN))
    if path.endswith(".py"):
        return _fails(ast.parse, text)
    return _fails(json.loads, text) if path.endswith(".json") and not path.endswith("tsconfig.json") else 0


def _fails(read: object, text: str) -> int:
    try:
        read(text)  # type: ignore[operator]
    except (ValueError, SyntaxError):
        return 1
    return 0


@lru_cache(maxsize=2)
def _parser(plain: bool) -> Parser:
    make = tree_sitter_typescript.language_typescript if plain else tree_sitter_typescript.language_tsx
    return Parser(Language(make()))


def _script_faults(text: str, plain: bool) -> int:
    root = _parser(plain).parse(text.encode("utf-8", "replace")).root_node
    return _count(root) if root.has_error else 0


def _count(node: Node) -> int:
    own = int(node.is_error or node.is_missing)
    return own + sum(_count(one) for one in node.children if one.has_error)
