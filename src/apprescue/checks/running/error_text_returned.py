"""When something breaks, strangers read your app's inner workings.

What we look at: answers of the server that hold the text of a caught error or of the database's error as it is.

Why it matters: such texts name tables, columns, keys and services, which helps an attacker; and your users read
gibberish instead of what to do.

How to repair: log the error with a request id, and answer with a short text of your own and that id.

When it is fine: texts that you wrote yourself for the user (a validation error).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step, Value
from apprescue.source import known

_CLASS = re.compile(r"\bclass\s+(\w+)\s+extends\s+\w*Error\b")
_OF_SCHEMA = re.compile(r"(?:^|\.)(?:ZodError|ValidationError|ValiError)$")
_OF_HANDLER = re.compile(r"^(?:err|error)\.(?:message|stack)$")
_ANSWERS = known.Names(
    r"(?:response(?:\.status\(\))?\.(?:json|send|end)|^(?:Next)?Response(?:\.json)?|next/server\.NextResponse\.json|context\.json|"
    r"^(?:c|ctx|res|reply)(?:\.(?:status|code)\(\))?\.(?:json|send|text|end)|"
    r"jsonify|JSONResponse|HTTPException|context\.text|HttpResponse|JsonResponse|response\.code\(\)\.send)$"
)


@check(
    severity=Severity.LOW,
    impact=Impact.BLINDNESS,
    cwe=("CWE-209",),
    owasp=("A10:2025", "API8:2023"),
)
def error_text_returned(app: App) -> Iterator[Seen]:
    """One finding for the app, with each answer."""
    seen: set[Place] = set()
    own = frozenset(name for text in app.files.values() if "extends" in text for name in _CLASS.findall(text))
    for trace in app.traces:
        if trace.side != "server":
            continue
        for step in trace.steps:
            if (
                step.place not in seen
                and _ANSWERS.search(step.name)
                and not _known_text(step, own)
                and any(_tells(value, own) for value in _said(step))
            ):
                seen.add(step.place)
                yield Seen(
                    step.place, "The text of the error itself goes to whoever called.", cause="error text returned"
                )


def _known_text(step: Step, own: frozenset[str]) -> bool:
    """Whether the answer is given only for an error whose text was compared with one that the app wrote itself, or
    that is of a kind whose texts are written for the user."""
    return any(_compares_text(test) or _asks_kind(test, own) for test in step.tests)


def _asks_kind(test: Value, own: frozenset[str]) -> bool:
    """Whether it is asked for an error of one of the app's own classes, or for one of a schema."""
    if test.op == "&&":
        return any(_asks_kind(part, own) for part in test.operands)
    kinds = [part.name for part in test.operands[1:]] if test.op == "instanceof" else []
    return any(kind.rpartition(".")[2] in own or _OF_SCHEMA.search(kind) for kind in kinds)


def _compares_text(test: Value) -> bool:
    told = any(p.comes_from("error") and p.name.endswith(".message") for p in test.operands)
    if test.op in ("in", "==") and told:
        return any(isinstance(p.constant, str) for p in test.operands)
    return test.op == "&&" and any(map(_compares_text, test.operands))


def _said(step: Step) -> Iterator[Value]:
    yield from step.args
    yield from (v for k, v in step.keywords.items() if k in ("detail", "content", "data"))


def _tells(value: Value, own: frozenset[str]) -> bool:
    """Whether the text of an error is in there: `error.message`, `str(e)`, or the error as it is."""
    for part in value.deep():
        if part.step is not None and part.step.name == "JSON.stringify" and part.step.args:
            if _tells(part.step.args[0], own):
                return True
            continue
        if (
            part.comes_from("error")
            and "validated" not in part.origins
            and part.op not in ("!", "==", "!=", "instanceof")
            and not _chosen_text(part, own)
        ):
            return True
        if _OF_HANDLER.match(part.name) and not part.origins:
            return True
    return False


def _chosen_text(value: Value, own: frozenset[str]) -> bool:
    """Whether only a choice between fixed texts depends on the error, but for those that are written for the user."""
    fixed = [choice.literal for choice, _ in value.choices]
    if len(fixed) == 2 and value.operands and _asks_kind(value.operands[0], own):
        return fixed[1]
    return bool(fixed) and all(fixed)
