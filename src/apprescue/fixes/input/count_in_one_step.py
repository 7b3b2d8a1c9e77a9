"""A number that was read, changed and written back by way of Prisma is changed by the database: `{ increment: n }`.

Done where the new value is the old one plus or minus an amount, and the column is never empty (adding to nothing gives
nothing). Where nothing below zero is kept it is left: Prisma has no such step.
"""

from __future__ import annotations

import re

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.delta import delta
from apprescue.source.handwriting import dotted, hand


@fix("input/read_then_write", title="Add to numbers in one step", safety=Safety.SAFE)
def count_in_one_step(finding: Finding, app: App) -> Changes:
    """The step at each update, or nothing where one of them is no sum."""
    edits: list[Edit] = []
    for place in (code_of(one) for one in (finding.place, *finding.related)):
        file = hand(app, place.path) if place else None
        call = next((c for c in file.calls(place) if _updates(c)), None) if file and place else None
        data = call.args[0].get("data") if call and isinstance(call.args[0], t.Object) else None
        if file is None or call is None or not isinstance(data, t.Object):
            return
        model = dotted(call.callee).split(".")[-2]
        found = [
            file.instead(value, f"{{ {'decrement' if change.taken else 'increment'}: {change.amount} }}")
            for key, value in data.entries
            if isinstance(key, str) and (change := delta(file, value, key)) is not None
            if not change.floored and _never_empty(app, model, key)
        ]
        if not found:
            return
        edits += found
    yield from edits


def _updates(call: t.Call) -> bool:
    parts = dotted(call.callee).split(".")
    return len(parts) > 2 and parts[-1] == "update" and bool(call.args)


def _never_empty(app: App, model: str, column: str) -> bool:
    """Whether the schema says that a model's column always has a number."""
    for path, text in app.files.items():
        if path.endswith(".prisma"):
            found = re.search(rf"(?mis)^model\s+{re.escape(model)}\s*\{{(.*?)^\}}", text)
            if found and re.search(rf"(?m)^\s*{re.escape(column)}\s+(?:Int|BigInt|Float|Decimal)(?:\s|$)", found[1]):
                return True
    return False
