"""The AI may write answers of any length, and you pay by the word.

What we look at: calls to language models whose settings are all known, and whether they cap the length of the answer
(`max_tokens`, `max_completion_tokens`, `maxOutputTokens`).

Why it matters: one prompt that asks for a very long text costs a hundred times the usual, and keeps the user waiting.

How to repair: set a limit that fits the feature (a caption needs 200 tokens, not 16,000).

When it is fine: calls that make pictures, sound or embeddings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Step, Value

_LIMITS = re.compile(r"(?i)max_?(?:completion_?|output_?|new_?)?tokens$|generationConfig|generation_config|max_?length")
_ASKS = ("messages", "prompt", "contents", "input")


@check(
    severity=Severity.LOW,
    impact=Impact.MONEY,
    cwe=("CWE-770",),
    owasp=("LLM10:2025", "API4:2023"),
)
def answer_without_length_limit(app: App) -> Iterator[Seen]:
    """One finding for the app."""
    for call in app.ai_calls:
        options = _options(call.step)
        asks = any(name in options for name in _ASKS)
        made = any(name in options for name in ("modalities", "voice", "size", "encoding_format"))
        if asks and not made and "..." not in options and not any(map(_LIMITS.search, options)):
            yield Seen(
                call.place, f"This call to {call.provider} sets no limit for its answer.", cause="no length limit"
            )


def _options(step: Step) -> dict[str, Value]:
    found = dict(step.keywords)
    for value in step.args:
        for part in value.deep():
            found.update(part.fields or {})
            if part.step is not None and part.step.name == "JSON.stringify":
                for argument in part.step.args:
                    found.update(argument.fields or {})
    return found
