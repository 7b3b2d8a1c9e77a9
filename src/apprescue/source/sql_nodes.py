"""What the nodes of a condition say: the column or the literals that stand there, and whether they ask who calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apprescue.source.sql import Tree, nodes, words


def names_caller(tree: Any) -> bool:
    """Whether an expression asks who is calling."""
    for call in nodes(tree, "FuncCall"):
        name = words(call.get("funcname"))
        if name[:1] == ("auth",) or name[-1:] == ("current_setting",):
            return True
    return any(True for _ in nodes(tree, "SQLValueFunction"))


def column_of(node: Tree) -> str:
    """The column that a node is, casts put aside; empty where it is something else."""
    while "TypeCast" in node:
        node = node["TypeCast"].get("arg", {})
    fields = words(node.get("ColumnRef", {}).get("fields"))
    return fields[-1] if fields else ""


def literals_of(node: Any) -> list[str]:
    """The literal values in a node, queries left out."""
    found: list[str] = []
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if "SubLink" in item:
                continue
            constant = item.get("A_Const")
            if isinstance(constant, dict):
                found += _value(constant)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(reversed(item))
    return found


def outer_columns(node: Any) -> Iterator[Tree]:
    """The columns that a node names outside of queries: of `club_id in (select …)`, club_id."""
    if isinstance(node, dict):
        if "SubLink" in node:
            yield from outer_columns(node["SubLink"].get("testexpr"))
            return
        if "ColumnRef" in node:
            yield node["ColumnRef"]
        for value in node.values():
            yield from outer_columns(value)
    elif isinstance(node, list):
        for value in node:
            yield from outer_columns(value)


def subselect(node: Tree) -> Tree | None:
    """The query inside a node that is one, casts put aside."""
    while "TypeCast" in node:
        node = node["TypeCast"].get("arg", {})
    select = node.get("SubLink", {}).get("subselect", {}).get("SelectStmt")
    return select if isinstance(select, dict) else None


def _value(constant: Tree) -> list[str]:
    if "sval" in constant:
        return [str(constant["sval"].get("sval", ""))]
    if "boolval" in constant:
        return ["true" if constant["boolval"].get("boolval") else "false"]
    if "ival" in constant:
        return [str(constant["ival"].get("ival", 0))]
    return [str(constant["fval"].get("fval", ""))] if "fval" in constant else []
