"""What is wrong with a file before it ever runs: places that no parser can make sense of, and names that nothing binds.

It stands in for the compiler that a project may not have installed: what an edit breaks in a file is seen here.
"""

from __future__ import annotations

import ast
import builtins
import json
import symtable
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
BROKEN = "a place that cannot be read"
_PLAIN = (".ts", ".mts", ".cts")
_COMMENTED = ("tsconfig.json", "jsconfig.json", "deno.json")
_SCOPES = frozenset(
    "program function_declaration function_expression arrow_function method_definition generator_function"
    " generator_function_declaration statement_block for_statement for_in_statement catch_clause class_body"
    " switch_body internal_module module".split()
)
_BINDING = frozenset(
    "variable_declarator required_parameter optional_parameter import_specifier import_clause namespace_import"
    " function_declaration generator_function_declaration function_expression class_declaration class enum_declaration"
    " catch_clause rest_pattern object_assignment_pattern assignment_pattern import_require_clause internal_module"
    " function_signature abstract_class_declaration type_alias_declaration interface_declaration"
    " index_signature".split()
)
_PATTERNS = frozenset("object_pattern array_pattern pair_pattern rest_pattern assignment_pattern".split())
_NAMING = frozenset(["import_clause", "namespace_import", "import_require_clause"])
_HOISTED = frozenset(
    "function_declaration generator_function_declaration class_declaration function_signature"
    " type_alias_declaration interface_declaration enum_declaration".split()
)
_KNOWN = frozenset(
    "undefined arguments globalThis window document console process module exports require __dirname __filename"
    " Buffer Deno Bun fetch Request Response Headers URL URLSearchParams FormData Blob File AbortController"
    " AbortSignal crypto TextEncoder TextDecoder setTimeout clearTimeout setInterval clearInterval queueMicrotask"
    " structuredClone atob btoa Array Object String Number Boolean Symbol BigInt Math Date RegExp Map Set WeakMap"
    " WeakSet Promise Proxy Reflect JSON Error TypeError RangeError SyntaxError Intl NaN Infinity parseInt"
    " parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI Uint8Array ArrayBuffer"
    " DataView localStorage sessionStorage location history navigator alert confirm prompt performance WebSocket"
    " EventSource Event CustomEvent EdgeRuntime React self global requestAnimationFrame cancelAnimationFrame"
    " IntersectionObserver NodeJS Image FileReader MediaRecorder Notification caches screen DataTransfer".split()
)


def complaints(path: str, text: str) -> Counter[str]:
    """What is wrong, in words, and how often; nothing where the language is not known."""
    if path.endswith(SCRIPTS):
        return Counter(_of_script(text, path.endswith(_PLAIN)))
    if path.endswith(".py"):
        return Counter(_of_python(text))
    if path.endswith(".json") and not path.endswith(_COMMENTED):
        return Counter([BROKEN] * _fails(text))
    return Counter()


def _fails(text: str) -> int:
    try:
        json.loads(text)
    except ValueError:
        return 1
    return 0


def _of_python(text: str) -> Iterator[str]:
    try:
        tree = ast.parse(text)
        module = symtable.symtable(text, "<app>", "exec")
    except (SyntaxError, ValueError):
        yield BROKEN
        return
    known = {one.get_name() for one in module.get_symbols() if one.is_assigned() or one.is_imported()}
    tables = [module]
    known |= {*vars(builtins), *module.get_identifiers()} if "import *" in text else set(vars(builtins))
    known |= {"__file__", "__name__", "__doc__"}
    while tables:
        table = tables.pop()
        tables += table.get_children()
        known |= {one.get_name() for one in table.get_symbols() if one.is_declared_global()}
        for one in table.get_symbols():
            if one.is_referenced() and one.is_global() and one.get_name() not in known:
                yield f"nothing is called {one.get_name()}"
    yield from _too_early(tree)


def _too_early(tree: ast.Module) -> Iterator[str]:
    """Names that a module uses, while it is read from top to bottom, above the line that binds them."""
    bound: dict[str, int] = {}
    for name, at in _bindings(tree.body):
        bound[name] = min(at, bound.get(name, at))
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and bound.get(node.id, 0) > node.lineno:
            yield f"{node.id} is used before it is there"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif not isinstance(
            node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.ClassDef
        ):
            waiting += ast.iter_child_nodes(node)


def _bindings(body: Sequence[ast.stmt]) -> Iterator[tuple[str, int]]:
    """The names that statements bind, each with its line."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (((one.asname or one.name).partition(".")[0], node.lineno) for one in node.names)
        else:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    yield inner.id, inner.lineno
                elif isinstance(inner, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
                    yield from _bindings([inner])
                elif isinstance(inner, ast.ExceptHandler) and inner.name:
                    yield inner.name, inner.lineno


@lru_cache(maxsize=2)
def _parser(plain: bool) -> Parser:
    make = tree_sitter_typescript.language_typescript if plain else tree_sitter_typescript.language_tsx
    return Parser(Language(make()))


def _of_script(text: str, plain: bool) -> Iterator[str]:
    root = _parser(plain).parse(text.encode("utf-8", "replace")).root_node
    bound: dict[int, set[str]] = {}
    used: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            yield BROKEN
        if node.type in ("identifier", "shorthand_property_identifier_pattern", "type_identifier"):
            binder = _binder(node)
            if binder is not None:
                bound.setdefault(_scope(binder).id, set()).add(_text(node))
            elif node.type == "identifier" and not _is_tag(node):
                used.append(node)
        elif node.type == "shorthand_property_identifier":
            used.append(node)
        waiting += node.children
    for node in used:
        if not _is_bound(node, bound):
            yield f"nothing is called {_text(node)}"


def _binder(node: Node) -> Node | None:
    """The declaration that gives this name its meaning; None where the name is only used."""
    inner, outer = node, node.parent
    while outer is not None and outer.type in _PATTERNS:
        if outer.type == "assignment_pattern" and outer.child_by_field_name("left") != inner:
            return None
        if outer.type == "pair_pattern" and outer.child_by_field_name("value") != inner:
            return None
        inner, outer = outer, outer.parent
    if outer is None:
        return None
    if outer.type in ("arrow_function", "for_in_statement"):
        field = "parameter" if outer.type == "arrow_function" else "left"
        return outer if outer.child_by_field_name(field) == inner else None
    if outer.type == "object_assignment_pattern":
        return _binder(outer) if outer.child_by_field_name("left") == inner else None
    if outer.type not in _BINDING:
        return None
    named = [outer.child_by_field_name(field) for field in ("name", "pattern", "parameter", "alias")]
    return (
        outer
        if inner in named or outer.type in ("import_clause", "namespace_import", "import_require_clause")
        else None
    )


def _is_tag(node: Node) -> bool:
    """Whether it is an element of HTML in markup."""
    return node.parent is not None and node.parent.type.startswith("jsx_") and _text(node)[:1].islower()


def _scope(binder: Node) -> Node:
    """Where a declaration's name is known."""
    node: Node = binder.parent if binder.type in _HOISTED and binder.parent else binder
    while node.type not in _SCOPES and node.parent is not None:
        node = node.parent
    return node


def _is_bound(node: Node, bound: dict[int, set[str]]) -> bool:
    name = _text(node)
    outer = node.parent
    while outer is not None:
        if name in bound.get(outer.id, ()):
            return True
        outer = outer.parent
    return name in _KNOWN


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
