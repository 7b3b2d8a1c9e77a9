"""A database call as its library spells it: the calls chained into one query, and small readings of their values."""

from __future__ import annotations

from collections.abc import Callable, Collection

from apprescue.model.place import Code
from apprescue.model.trace import Step, Value
from apprescue.source.rows import EXECUTES

OF_OBJECT = ("save", "deleteOne", "remove", "destroy")
"""What an object that was read is told, so that the whole is a change of just that row."""


def query_links(step: Step, begins: Callable[[Step], bool], continues: Collection[str]) -> list[Step]:
    """The calls of the query in the chain that ends with `step`: from the one where it begins as far as calls of its
    library follow directly. What is called on its answer (`.data.map`, or after an `await`) is not among them."""
    links: list[Step] = []
    for link in step.chain:
        if not links:
            if begins(link):
                links.append(link)
        elif link.method in continues and _follows(link, links[-1]):
            links.append(link)
        else:
            break
    return links


def _follows(link: Step, before: Step) -> bool:
    if link.name.endswith(EXECUTES) and link.args and link.args[0].step is before:
        return True
    answered = before.awaited and before.method not in ("execute", "exec", "stream")
    if link.receiver is not before or (answered and link.method not in OF_OBJECT):
        return False
    if before.method == "execute" and link.method.startswith("fetch"):
        return True
    rest = link.name.removeprefix(before.name + "()")
    return rest.count(".") == 1 or rest.startswith((".not_.", ".not.")) or rest == ".[:]"


def place_of(links: list[Step]) -> Code:
    """Where a query stands: its first call to its last, where those are one expression."""
    first, last = links[0].place, links[-1].place
    if first.path == last.path and last.line <= first.line:
        return Code(last.path, last.line, max(first.end_line, last.end_line))
    return first


def table_of(step: Step) -> str:
    """The table whose rows a call answers with, as the flow told it; empty for none, `?` where it is not known."""
    origins = step.result.origins if step.result is not None else ()
    return next((o[4:] for o in sorted(origins) if o.startswith("row.") and o.count(".") == 1), "")


def text(value: Value | None) -> str:
    """A literal text, or empty."""
    return value.constant if value is not None and isinstance(value.constant, str) else ""


def whole(value: Value | None) -> int | None:
    """A literal whole number, or None."""
    number = value.constant if value is not None else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def argument(step: Step, number: int, *names: str) -> Value | None:
    """An argument by its position or by one of its names."""
    named = next((step.keywords[n] for n in names if n in step.keywords), None)
    return named if named is not None else step.args[number] if number < len(step.args) else None


def merged(values: Collection[Value]) -> Value:
    """Several values as one that keeps them as its parts."""
    return Value(frozenset().union(*(v.all_origins for v in values)), items=tuple(values))
