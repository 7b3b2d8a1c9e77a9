"""How far a new value lies from the old one: `row.balance + amount` is the old value and a change of `amount`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted

_NUMBERS = frozenset("Number parseFloat parseInt float int Decimal str".split())
_FLOORS = frozenset(("Math.max", "max"))


@dataclass(frozen=True)
class Delta:
    """What a column changes by: the text of the amount, whether it is taken away, whether it stops at zero."""

    amount: str
    taken: bool = False
    floored: bool = False
    maybe_empty: bool = False

    @property
    def signed(self) -> str:
        """The amount with its sign."""
        if not self.taken:
            return self.amount
        return f"-{self.amount}" if self.amount.replace(".", "").replace("_", "").isalnum() else f"-({self.amount})"


def delta(file: Handwriting, node: t.Node, column: str, depth: int = 0) -> Delta | None:
    """The change of a column that an expression works out of its old value; None for anything else."""
    if depth > 5:
        return None
    if isinstance(node, t.Name):
        bound = _bound(file, node)
        return delta(file, bound, column, depth + 1) if bound is not None else None
    if isinstance(node, t.Binary) and node.op in ("+", "-"):
        for old, amount in ((node.left, node.right), (node.right, node.left)):
            if _is_old(file, old, column) and _is_amount(file, amount, column):
                return Delta(file.of(amount), node.op == "-", maybe_empty=not isinstance(old, t.Member))
            if node.op == "-":
                break
    if isinstance(node, t.Conditional) and not file.is_python:
        return _in_one_case(file, node, column, depth)
    if isinstance(node, t.Call) and dotted(node.callee) in _FLOORS and len(node.args) == 2:
        for zero, inner in (node.args, node.args[::-1]):
            if isinstance(zero, t.Literal) and zero.value == 0:
                found = delta(file, inner, column, depth + 1)
                return replace(found, floored=True) if found else None
    return None


def _in_one_case(file: Handwriting, node: t.Conditional, column: str, depth: int) -> Delta | None:
    """`case ? row.balance + amount : row.balance`, or the other way round: the amount in that case, else nothing."""
    for changed, same, text in ((node.then, node.other, "{} ? {} : 0"), (node.other, node.then, "{} ? 0 : {}")):
        found = delta(file, changed, column, depth + 1) if _is_old(file, same, column) else None
        if found and not found.floored and _is_amount(file, node.test, column):
            empty = found.maybe_empty or not isinstance(same, t.Member)
            return replace(found, amount=text.format(file.of(node.test), found.amount), maybe_empty=empty)
    return None


def _is_old(file: Handwriting, node: t.Node, column: str, depth: int = 0) -> bool:
    """Whether an expression is the column's old value, zero where there was none."""
    if isinstance(node, t.Member):
        return node.name == column
    if isinstance(node, t.Binary) and node.op in ("||", "??"):
        nothing = node.right.args[0] if isinstance(node.right, t.Call) and node.right.args else node.right
        is_zero = isinstance(nothing, t.Literal) and nothing.value in (0, "0", 0.0)
        return is_zero and _is_old(file, node.left, column, depth)
    if isinstance(node, t.Call):
        if isinstance(node.callee, t.Member) and node.callee.name == "get" and node.args:
            return isinstance(node.args[0], t.Literal) and node.args[0].value == column
        return dotted(node.callee) in _NUMBERS and bool(node.args) and _is_old(file, node.args[0], column, depth)
    bound = _bound(file, node) if isinstance(node, t.Name) and depth < 4 else None
    return bound is not None and _is_old(file, bound, column, depth + 1)


def _is_amount(file: Handwriting, node: t.Node, column: str) -> bool:
    """Whether an expression can be asked for once more, and does not hang on the old value."""
    return not any(
        isinstance(one, t.Await | t.Assign | t.Function)
        or _is_old(file, one, column)
        or (isinstance(one, t.Name) and (bound := _bound(file, one)) is not None and _leads_back(file, bound, column))
        for one in node.walk()
    )


def _leads_back(file: Handwriting, node: t.Node, column: str, depth: int = 0) -> bool:
    for one in node.walk():
        if isinstance(one, t.Member) and one.name == column:
            return True
        bound = _bound(file, one) if isinstance(one, t.Name) and depth < 4 else None
        if bound is not None and _leads_back(file, bound, column, depth + 1):
            return True
    return False


def _bound(file: Handwriting, name: t.Name) -> t.Node | None:
    """What a name was given, where it is given once in the function around it, before."""
    around = {id(one) for one in file.above(name) if isinstance(one, t.Function)}
    given = [
        n
        for n in file.nodes
        if isinstance(n, t.Assign)
        and isinstance(n.target, t.Name)
        and n.target.id == name.id
        and (over := file.function(n)) is not None
        and id(over) in around
    ]
    visible = [n for n in given if n.end <= name.start and _over(file, n, name)]
    changed = any(not n.declares for n in given) and not file.is_python
    last = visible[-1] if visible and not changed and (len(visible) == 1 or not file.is_python) else None
    return last.value if last is not None and last.op == "=" else None


def _over(file: Handwriting, given: t.Assign, name: t.Name) -> bool:
    """Whether what a statement declares holds where the name stands: its block is around it."""
    block = next(file.above(given), None)
    return block is None or any(one is block for one in file.above(name))
