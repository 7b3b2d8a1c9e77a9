"""What an answer says of an error, and what it may say instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted

_INNER = ("details", "detail", "stack", "hint", "debug", "cause", "code")
_TEXTS = ("error", "message", "msg", "reason")
_LOGS = re.compile(
    r"(?i)^(?:console|log(?:ger|Step|Error)?|logging|sentry|pino|print|captureException|traceback)\b|\blog"
)
_LOGIN = re.compile(r"\.auth\.(?!admin)|\bsignIn|\bsignUp|\blogin\(")
_SORRY = "Something went wrong. Please try again."


def error_of(file: Handwriting, answer: t.Node) -> tuple[t.Node, str] | None:
    """The node that gives an answer its error, and the error's name: the `catch` that it stands in, the error handler
    of Express, the question that names the error of a result; None where there is none, or it tells of a sign-in."""
    said = {node.id for node in answer.walk() if isinstance(node, t.Name)}
    for over in file.above(answer):
        if isinstance(over, t.Handler) and over.name:
            return over, over.name
        if isinstance(over, t.If):
            for node in over.test.walk():
                if isinstance(node, t.Name) and re.search(r"(?i)err", node.id) and node.id in said:
                    given = _given(file, over, node.id)
                    return (over, node.id) if given and not _LOGIN.search(file.of(given)) else None
        if isinstance(over, t.Function) and len(over.params) == 4 and isinstance(over.params[0].target, t.Name):
            return over, over.params[0].target.id
    return None


def _given(file: Handwriting, around: t.If, name: str) -> t.Node | None:
    """The value that gave the error its name: the last one above the question."""
    found: t.Node | None = None
    for node in file.nodes:
        if isinstance(node, t.Assign) and node.end <= around.start:
            found = node.value if any(isinstance(n, t.Name) and n.id == name for n in node.target.walk()) else found
    return found


def tells(file: Handwriting, node: t.Node, holder: t.Node, error: str) -> bool:
    """Whether the text of the error is in there, by its name or by one that was given to it there."""
    names = {error} | {
        one.target.id
        for one in holder.walk()
        if isinstance(one, t.Assign)
        and isinstance(one.target, t.Name)
        and one.value is not None
        and any(isinstance(n, t.Name) and n.id == error for n in one.value.walk())
    }
    return any(isinstance(n, t.Name) and n.id in names for n in node.walk())


def clean_text(file: Handwriting, node: t.Node, holder: t.Node) -> str:
    """What stands beside the error's own text: the words before it or those for want of it; else an apology."""
    if isinstance(node, t.Name):
        given = (o for o in holder.walk() if isinstance(o, t.Assign) and getattr(o.target, "id", "") == node.id)
        made = next(given, None)
        return clean_text(file, made.value, holder) if made is not None and made.value is not None else _SORRY
    if isinstance(node, t.Conditional):
        return next((w for part in (node.other, node.then) if (w := _words(part))), _SORRY)
    if isinstance(node, t.Binary) and node.op in ("||", "??"):
        return _words(node.right) or clean_text(file, node.left, holder)
    if isinstance(node, t.Binary) and node.op == "+":
        first = node.left
        return _words(first) or clean_text(file, first, holder)
    if isinstance(node, t.Template) and node.pieces:
        return _words(node.pieces[0]) or _SORRY
    return _SORRY


def _words(node: t.Node) -> str:
    value = node.value if isinstance(node, t.Literal) else None
    text = re.sub(r"[\s:(,\-–]+$", "", value).strip() if isinstance(value, str) else ""
    return (
        ""
        if len(text) < 4 or text.lower() in ("unknown error", "error", "unknown") or set(text) & set("'\"\\\n")
        else text
    )


def told_parts(
    file: Handwriting, answer: t.Call, holder: t.Node, error: str
) -> Iterator[tuple[t.Object | None, str, t.Node]]:
    """The parts of an answer that tell the error's text, each with the object and the key under which it stands."""
    waiting: list[tuple[t.Object | None, str, t.Node]] = [(None, "", arg) for arg in answer.args[:1]]
    while waiting:
        inside, key, node = waiting.pop(0)
        if isinstance(node, t.Object):
            waiting += [(node, k if isinstance(k, str) else "", v) for k, v in node.entries]
        elif isinstance(node, t.Call) and dotted(node.callee) == "JSON.stringify" and node.args:
            waiting.append((None, "", node.args[0]))
        elif isinstance(node, t.Array):
            waiting += [(None, "", item) for item in node.items]
        elif tells(file, node, holder, error):
            yield inside, key, node


def is_beside(inside: t.Object | None, key: str) -> bool:
    """Whether a part only adds to a text that stands beside it."""
    texts = (v for k, v in inside.entries if k in _TEXTS) if inside is not None else ()
    return key in _INNER and any(isinstance(v, (t.Literal, t.Template)) for v in texts)


def is_logged(file: Handwriting, holder: t.Node, answer: t.Node, error: str) -> bool:
    """Whether the error goes to the log before the answer."""
    calls = (n for n in holder.walk() if isinstance(n, t.Call) and n.end <= answer.start)
    return any(_LOGS.search(dotted(n.callee)) and tells(file, n, holder, error) for n in calls)
