"""Cents get lost in your calculations.

What we look at: amounts that are turned into cents by cutting off (`int(amount * 100)`, `parseInt(amount * 100)`),
and money columns of a floating type.
Why it matters: 19.99 times 100 is 1998.9999 for a computer; cutting it off charges 19.98. Sums of floating numbers
drift.
How to repair: keep money in whole cents (integer) or `numeric`, and round (`Math.round`, `Decimal`) where you must
convert.
When it is fine: rounding to the nearest cent; percentages and ratings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.facts import of_type
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, ColumnPlace
from apprescue.source.texts import has_any

_CUT = re.compile(
    r"(?<![\w.])(?:int|parseInt|Math\.floor|Math\.trunc)\(\s*[\w.\[\]'\"]*(?:amount|price|total|cost|fee|tip)[\w.\[\]'\"]*\s*\*\s*100\s*\)",
    re.I,
)
_CENTS = ("* 100", "*100")
_COLUMN = re.compile(r"(?i)(?:^|_)(?:amount|price|balance|total|fee|cost|earnings|revenue|payout)(?:$|_)")
_FLOAT = ("float", "double precision", "real", "float8", "float4", "double")


@check(
    severity=Severity.LOW,
    impact=Impact.MONEY,
    cwe=("CWE-681", "CWE-1339"),
    owasp=("A06:2025",),
)
def money_as_float(app: App) -> Iterator[Seen]:
    for path, text in app.files.items():
        if path.endswith((".ts", ".tsx", ".js", ".mjs", ".py")) and has_any(text, _CENTS) and _cuts(text):
            for found in _CUT.finditer(text):
                yield Seen(
                    Code(path, text.count("\n", 0, found.start()) + 1),
                    f"{found[0]} cuts cents off instead of rounding.",
                    cause="cents cut off",
                )
    for table in app.schema.tables:
        for column in table.columns:
            if column.type in _FLOAT and _COLUMN.search(column.name):
                yield Seen(
                    ColumnPlace(table.name, column.name, column.place),
                    f"{column.name} of {table.name} keeps money as a floating number.",
                    cause="floating money",
                    facts=(of_type(table.name, column.name, ("float4", "float8")),),
                )


def _cuts(text: str) -> bool:
    return has_any(text.lower(), ("int(", "floor(", "trunc("))
