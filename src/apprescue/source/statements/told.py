"""What reading can tell of a value that only the running app knows: a constant, one of several, a number, a moment."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from apprescue.model.trace import Step, Value

Constant = str | int | float | bool
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}
_CLOCK = re.compile(
    r"\b(?:Date\(\)|Date\.now|datetime(?:\.datetime)?\.(?:utc)?now|date(?:time\.date)?\.today|dayjs|moment|isoformat\(\))"
)
_SHIFTS = re.compile(r"\.(subtract|add)\b")
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "w": 604800.0}
_LONG_UNITS = {"month": 2592000.0, "millisecond": 0.001, "year": 31536000.0}


class UntoldError(Exception):
    """Reading cannot tell what is asked; the message says why, in plain words."""


def constant(value: Value) -> Constant | None:
    """A literal, None for everything else."""
    return value.constant if value.literal else None


def picked(value: Value) -> Constant | None:
    """A constant that the value is, or may well be: a default, the first of several, what a state begins with."""
    if value.constant is not None:
        return value.constant
    for choice, _ in value.choices:
        found = picked(choice)
        if found is not None:
            return found
    if value.step is not None and value.step.method == "useState" and value.step.args:
        return constant(value.step.args[0])
    if value.op in ("||", "??", "or", "?", "if"):
        return next((found for part in value.operands if (found := picked(part)) is not None), None)
    return None


def number(value: Value, unknown: int | None = None) -> int | None:
    """The whole number that a value is; `unknown` is put for every part that is not known, None for not telling."""
    found = _number(value, unknown)
    return int(found) if found is not None else None


def _number(value: Value, unknown: float | None) -> float | None:
    if isinstance(value.constant, int | float) and not isinstance(value.constant, bool):
        return value.constant
    if isinstance(value.constant, str) and value.constant.strip().lstrip("-").isdigit():
        return float(value.constant)
    if value.op in _ARITHMETIC and len(value.operands) == 2:
        left, right = (_number(part, unknown) for part in value.operands)
        if left is None or right is None:
            return None
        try:
            return _ARITHMETIC[value.op](left, right)
        except ZeroDivisionError:
            return None
    found = picked(value) if unknown is not None else None
    return found if isinstance(found, int | float) and not isinstance(found, bool) else unknown


def moment(value: Value, operator_: str, kind: str) -> str:
    """The SQL of a moment that is computed from the clock, empty for what is none. `kind` is the type compared with.

    How long ago is read where it stands in the code; where it does not, a lower bound is taken to be a month ago.
    """
    if not is_moment(value):
        return ""
    seconds = _shift(value)
    if seconds is None:
        seconds = -2592000.0 if operator_ in ("gt", "gte") else 0.0
    text = "now()" if not seconds else f"(now() {'-' if seconds < 0 else '+'} interval '{_span(abs(seconds))}')"
    return f"{text}::date" if kind == "date" else text


def is_moment(value: Value) -> bool:
    """Whether a value is computed from the clock."""
    return "now" in value.origins or bool(_CLOCK.search(value.name))


def _span(seconds: float) -> str:
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _shift(value: Value) -> float | None:
    """By how many seconds a moment lies after now."""
    step: Step | None = value.step
    if step is not None and len({link.place for link in step.chain}) == 1 and not any(s.args for s in step.chain):
        return 0.0  # `new Date().toISOString()`; one that stands in a variable may have been moved since
    while step is not None:
        for given in (*step.args, *step.keywords.values()):
            if given.op in ("-", "+") and len(given.operands) == 2:
                size = _number(given.operands[1], None)
                if size is not None:
                    return (-1 if given.op == "-" else 1) * (size / 1000)
        said = _SHIFTS.search("." + step.method)
        if said and step.args:
            size = _number(step.args[0], None)
            unit = str(constant(step.args[1])) if len(step.args) > 1 else "day"
            if size is not None:
                return (-1 if said[1] == "subtract" else 1) * size * _unit(unit)
        step = step.receiver
    return None


def _unit(name: str) -> float:
    long = next((size for start, size in _LONG_UNITS.items() if name.startswith(start)), None)
    return long if long is not None else _UNITS.get(name[:1].lower(), 86400.0)


def flat(row: Value) -> dict[str, Value]:
    """A row's fields with those that are spread into it; the name "" where some are not known."""
    found: dict[str, Value] = {}
    if row.fields is None:
        return {"": row}
    for key, value in row.fields.items():
        if key.startswith(("...", "**")):
            found |= flat(value) if value.fields is not None else {"": value}
        else:
            found[key] = value
    return found
