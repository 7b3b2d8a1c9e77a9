"""An SQL text that code hands over, and the values that are handed over with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apprescue.model.trace import Step, Value


def text_of(value: Value, marks: list[Value]) -> str:
    """The statement, with `:_1`, `:_2`, ... for what is put in; those values are added to `marks`."""
    if value.constant is not None and (value.literal or not value.op):
        return str(value.constant)
    if value.op == "text":
        return "".join(text_of(v, marks) for v in value.operands)
    if (
        value.step is not None
        and value.step.args
        and value.step.result is value
        and value.step.method in ("sql", "text", "raw")
    ):
        return text_of(value.step.args[0], marks)
    marks.append(value)
    return f":_{len(marks)}"


class Handed:
    """What stands behind the marks of a statement."""

    def __init__(self, marks: Sequence[Value], links: Sequence[Step]) -> None:
        given = [
            a for x in links for a in x.args[1 if x is links[0] or (x.args and x.args[0].step is links[0]) else 0 :]
        ]
        self.inside = marks
        self.named = {k: v for a in given for k, v in (a.fields or {}).items()}
        listed = [i for a in given if a.fields is None for i in (a.items if a.items is not None else (a,))]
        self.listed, self.next = listed, 0
        self.all = [*marks, *listed, *self.named.values()]

    def of(self, mark: str) -> Value:
        """The value of a mark or literal."""
        if mark.startswith(":_") and mark[2:].isdigit():
            return self.inside[int(mark[2:]) - 1]
        if mark.startswith("$") and mark[1:].isdigit():
            return self.listed[int(mark[1:]) - 1] if 0 < int(mark[1:]) <= len(self.listed) else Value()
        name = re.match(r":(\w+)|%\((\w+)\)s", mark)
        if name:
            return self.named.get(name[1] or name[2], Value())
        if mark in ("?", "%s"):
            self.next += 1
            return self.listed[self.next - 1] if self.next <= len(self.listed) else Value()
        if mark.startswith("'"):
            return Value(constant=mark[1:-1], literal=True)
        if re.fullmatch(r"-?\d+", mark):
            return Value(constant=int(mark), literal=True)
        literal = {"true": True, "false": False, "null": None}
        if mark.lower() in literal:
            return Value(constant=literal[mark.lower()], literal=True)
        inner = re.search(r":_\d+|\$\d+|:\w+|%s|\?", mark)
        return self.of(inner[0]) if inner else Value(name=mark)
