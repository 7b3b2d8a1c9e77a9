"""Conditions of rules, so that they can be written again where a later function has the name of one that they call."""

from __future__ import annotations

import re

from apprescue.model.schema import Schema
from apprescue.source.sql import dotted, expression, nodes
from apprescue.source.sql_text import bare

_ARGUMENTS = r"(\((?:[^()]|\([^()]*\))*)\)"


def clear(schema: Schema, condition: str) -> str:
    """A condition with what its calls leave out written out, where more than one function would take them. A rule
    keeps the function that it was made with; a new rule of the same words is refused."""
    calls = {
        (dotted(one.get("funcname")), len(one.get("args", ()))) for one in nodes(expression(condition), "FuncCall")
    }
    for name, given in calls:
        same = [one for one in schema.functions if one.name == name]
        taking = [one for one in same if len(one.parameters) - len(one.defaults) <= given < len(one.parameters)]
        alone = sum(other == name for other, _ in calls) == 1
        if len(taking) > 1 and alone and all(len(one.parameters) != given for one in same):
            left_out = taking[0].defaults[given - len(taking[0].parameters) :]
            more = ", ".join(left_out).replace("\\", "\\\\")
            kept = rf"{bare(name)}\1{', ' if given else ''}{more})"
            condition = re.sub(rf"\b{re.escape(bare(name))}{_ARGUMENTS}", kept, condition)
    return condition
