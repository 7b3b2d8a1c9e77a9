"""What names one payout in the code that sends it: the key by which a provider knows a second try."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted

_DONE = re.compile(r"(?i)status|state$|transfer_?id|payout_?id|paid_?at|processed|completed")
_ONE = re.compile(
    r"(?i)^(?:(?:payout|withdrawal|transfer|payment|refund|claim)_?request|payout|withdrawal|transfer|payment|refund|request|claim"
    r"|transaction|distribution|ledger)_?id$"
)
_TOTAL = re.compile(r"(?i)total|lifetime|paid|withdrawn|version|updated_?at")


def payout_key(file: Handwriting, call: t.Call) -> str:
    """The text of the key; empty where nothing names this payout."""
    function = file.function(call)
    kind = dotted(call.callee).split(".")[-2].removesuffix("s")
    if function is None:
        return ""
    for row in (*_marked(file, function, call), *_named(file, call)):
        return _text(file, kind, row)
    for row, total in _emptied(file, function, call):
        return _text(file, kind, f"{row}.id", f"{row}.{total}")
    return ""


def names_payout(node: t.Node) -> bool:
    """Whether an expression is one payout's own id: `payoutId`, `payout.id`."""
    if isinstance(node, t.Name):
        return bool(_ONE.match(node.id))
    if not isinstance(node, t.Member):
        return False
    of = dotted(node.object).rpartition(".")[2]
    return bool(_ONE.match(node.name) or _ONE.match(f"{of}_{node.name}") or _ONE.match(f"{of}{node.name}"))


def _text(file: Handwriting, kind: str, *parts: str) -> str:
    if file.is_python:
        return f'f"{kind}-{"-".join(f"{{{part}}}" for part in parts)}"'
    return f"`{kind}-{'-'.join(f'${{{part}}}' for part in parts)}`"


def _marked(file: Handwriting, function: t.Function, call: t.Call) -> Iterator[str]:
    """The ids of rows that are marked as done behind the call: `.update({ status }).eq("id", row.id)`."""
    for node in function.walk():
        if not isinstance(node, t.Call) or node.start < call.end or not isinstance(node.callee, t.Member):
            continue
        value, update = None, node.callee.object
        if node.callee.name == "eq" and len(node.args) == 2:
            key = node.args[0]
            value = node.args[1] if isinstance(key, t.Literal) and key.value == "id" else None
        elif node.callee.name == "update" and node.args and isinstance(node.args[0], t.Object):
            where, update = node.args[0].get("where"), node
            value = where.get("id") if isinstance(where, t.Object) else None
        if isinstance(value, t.Member) and value.name == "id" and _marks(update) and _before(file, value, call):
            yield file.of(value)


def _marks(update: t.Node) -> bool:
    written = update.args[0] if isinstance(update, t.Call) and update.args else None
    data = written.get("data") if isinstance(written, t.Object) else None
    written = data if isinstance(data, t.Object) else written
    is_update = isinstance(update, t.Call) and dotted(update.callee).rpartition(".")[2] == "update"
    is_update = is_update or (isinstance(update, t.Call) and getattr(update.callee, "name", "") == "update")
    return (
        is_update
        and isinstance(written, t.Object)
        and any(isinstance(k, str) and _DONE.search(k) for k, _ in written.entries)
    )


def _before(file: Handwriting, value: t.Node, call: t.Call) -> bool:
    """Whether the row of a value is known where money is sent: a loop's, a parameter's, or read before."""
    root = dotted(value).partition(".")[0]
    for node in file.nodes:
        if isinstance(node, t.Assign) and node.declares and node.end < call.start and _binds(node.target, root):
            return True
        over = isinstance(node, t.For | t.Function) and node.start < call.start < node.end
        targets = [node.target] if isinstance(node, t.For) else [p.target for p in getattr(node, "params", [])]
        if over and any(target is not None and _binds(target, root) for target in targets):
            return True
    return False


def _binds(target: t.Node, name: str) -> bool:
    return any(isinstance(one, t.Name) and one.id == name for one in target.walk())


def _named(file: Handwriting, call: t.Call) -> Iterator[str]:
    """The payout's own id among the metadata."""
    for node in call.args[0].walk() if call.args else ():
        if isinstance(node, t.Object):
            for key, value in node.entries:
                if isinstance(key, str) and _ONE.match(key) and isinstance(value, t.Member | t.Name):
                    yield file.of(value)


def _emptied(file: Handwriting, function: t.Function, call: t.Call) -> Iterator[tuple[str, str]]:
    """The row whose balance is set to nothing behind the call, and the total that grows by it."""
    for node in function.walk():
        update = node.callee.object if isinstance(node, t.Call) and isinstance(node.callee, t.Member) else None
        written = update.args[0] if isinstance(update, t.Call) and update.args else None
        if not isinstance(written, t.Object) or node.start < call.end or not isinstance(node, t.Call):
            continue
        row = node.args[1] if len(node.args) == 2 else None
        zero = any(isinstance(v, t.Literal) and v.value == 0 for _, v in written.entries)
        if not zero or not isinstance(row, t.Member) or row.name != "id" or not _before(file, row, call):
            continue
        owner = file.of(row.object)
        columns = [key for key, _ in written.entries if isinstance(key, str)]
        columns += [k.removesuffix("_change") for n in function.walk() if isinstance(n, t.Object) for k in _keys(n)]
        for column in columns:
            if _TOTAL.search(column) and column in file.of(function):
                yield owner, column
                return


def _keys(node: t.Object) -> list[str]:
    return [key for key, _ in node.entries if isinstance(key, str) and key.endswith("_change")]
