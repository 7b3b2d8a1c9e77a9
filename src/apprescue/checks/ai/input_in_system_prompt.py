"""A user can rewrite the rules that you gave your AI.

What we look at: texts from the request or from rows that users write, put into the system prompt of a model.

Why it matters: the model obeys the system prompt most of all; "ignore the above" in a bio or a title then speaks with
your authority.

How to repair: keep the system prompt fixed; give users' texts as user messages, marked as data, and check what comes
back.

When it is fine: names, languages and choices from a fixed list.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.trace import Step, Value


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-1427",),
    owasp=("LLM01:2025", "LLM07:2025"),
    evidence=Evidence.SUSPECTED,
)
def input_in_system_prompt(app: App) -> Iterator[Seen]:
    """One sighting for each call."""
    for call in app.ai_calls:
        if any(_carries_input(prompt) for prompt in _system_prompts(call.step)):
            yield Seen(call.place, f"The system prompt of this call to {call.provider} holds a text that users write.")


def _system_prompts(step: Step) -> Iterator[Value]:
    for name in ("system", "system_message", "systemInstruction"):
        if name in step.keywords:
            yield step.keywords[name]
    for value in (*step.args, *step.keywords.values()):
        yield from _roles(value)


def _roles(value: Value) -> Iterator[Value]:
    for part in value.deep():
        fields = part.fields or {}
        if (role := fields.get("role")) is not None and role.constant == "system" and "content" in fields:
            yield fields["content"]
        if "system" in fields:
            yield fields["system"]
        if part.step is not None and part.step.name == "JSON.stringify":
            for argument in part.step.args:
                yield from _roles(argument)


def _carries_input(value: Value) -> bool:
    return value.op == "text" and any(p.comes_from("body") and p.op not in ("==", "!=") for p in value.operands)
