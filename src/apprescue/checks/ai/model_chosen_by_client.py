"""Your AI endpoint works as anybody's free AI endpoint.

What we look at: the model's name, the whole list of messages, the system prompt or the number of tokens taken from the
request and handed on to the provider.

Why it matters: callers use your credit for whatever they like, with the dearest model and the longest answers, and set
aside your rules.

How to repair: fix model, system prompt and limits on the server; take from the request only the user's own text, cut
to a length.

When it is fine: a choice from a short list that the server checks.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Step, Value

_FIXED = ("model", "max_tokens", "maxTokens", "max_output_tokens", "system")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.MONEY,
    cwe=("CWE-770", "CWE-915"),
    owasp=("LLM10:2025", "LLM01:2025", "API4:2023"),
)
def model_chosen_by_client(app: App) -> Iterator[Seen]:
    """One sighting for each call."""
    for call in app.ai_calls:
        taken = sorted(name for name, value in _options(call.step) if name in _FIXED and _as_it_came(value))
        if taken:
            comes = "come" if len(taken) > 1 else "comes"
            yield Seen(call.place, f"{' and '.join(taken)} of this call to {call.provider} {comes} from the request.")


def _options(step: Step) -> Iterator[tuple[str, Value]]:
    yield from step.keywords.items()
    for value in step.args:
        yield from _inside(value)


def _inside(value: Value) -> Iterator[tuple[str, Value]]:
    for part in value.deep():
        yield from (part.fields or {}).items()
        if part.step is not None and part.step.name == "JSON.stringify":
            for argument in part.step.args:
                yield from _inside(argument)


def _as_it_came(value: Value) -> bool:
    """Straight from the request, not one of a checked list."""
    return (
        value.comes_from("body", "query")
        and value.op in ("", "of")
        and not value.choices
        and "validated" not in value.origins
    )
