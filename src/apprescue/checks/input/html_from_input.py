"""Strangers write the mails that your app sends.

What we look at: texts from the request that are put into the HTML of a mail as they are, without escaping.
Why it matters: a link, a fake button or a picture in a name field becomes part of a mail that carries your name and
your signature.
How to repair: escape every value that goes into HTML (`&`, `<`, `>`, quotes) with one small function, or build mails
with a template engine that does so by itself.
When it is fine: values that were escaped, numbers, and texts chosen from a fixed list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place, RoutePlace
from apprescue.model.trace import Step, Value
from apprescue.source import known
from apprescue.source.routes import chosen_from_list, head, sends

_TAG = re.compile(r"<(?:html|body|div|p|h[1-6]|a|table|td|strong|b|span|br|ul|li|img)\b", re.I)
_FIGURES = ("toFixed", "toPrecision", "getFullYear", "getTime")
_ESCAPES = re.compile(r"(?i)escape|sanitiz|encode|purify|striptags|html_?safe")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-79", "CWE-80"),
    owasp=("A05:2025",),
)
def html_from_input(app: App) -> Iterator[Seen]:
    seen: set[Place] = set()
    for route in app.routes:
        for step in route.steps:
            if step.place in seen or not sends(step):
                continue
            if any(_raw(route, part) for value in (*step.args, *step.keywords.values()) for part in _texts(value)):
                seen.add(step.place)
                yield Seen(
                    RoutePlace(str(route), step.place),
                    "A text from the request stands in the HTML of this mail as it came.",
                    related=(head(route),),
                    severity=Severity.LOW if any(g.kind == "role" for g in step.guards) else Severity.MEDIUM,
                )


def _texts(value: Value) -> Iterator[Value]:
    for part in value.deep():
        yield part
        for choice, _ in part.choices:
            yield from _texts(choice)
        if part.step is not None and part.step.name == "JSON.stringify":
            for argument in part.step.args:
                yield from _texts(argument)


def _raw(route: Route, value: Value) -> bool:
    """Whether HTML is put together with something from the request."""
    if value.op != "text" or not _TAG.search(known.plain(value)):
        return any(_raw(route, part) for part in value.operands if value.op in ("text", "||", "??"))
    return any(_unescaped(piece) and not chosen_from_list(route, piece) for piece in value.operands)


def _replaces(step: Step) -> bool:
    """Whether a call puts `&lt;` and the like for signs that mean something in HTML."""
    return step.method.startswith("replace") and any(str(v.constant).startswith("&") for v in step.args[1:])


def _unescaped(piece: Value) -> bool:
    step = piece.step
    if step and (_ESCAPES.search(step.name) or step.method in _FIGURES or any(map(_replaces, step.chain))):
        return False
    if piece.op == "text":
        return any(map(_unescaped, piece.operands))
    if piece.choices:
        return any(_unescaped(choice) for choice, _ in piece.choices)
    return any(o.startswith(("body.", "query.")) for o in piece.origins) and piece.op not in ("==", "!=", "*", "/", "-")
