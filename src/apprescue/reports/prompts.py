"""What to paste into an AI builder, finding by finding, worst first: each prompt names one problem, where it is, how to
repair it, what to leave alone, and the command that tells when it is done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.audit import Audit
from apprescue.model.finding import Finding
from apprescue.reports.interface import Screen, count, line, plain, where

FENCES = re.compile(r"`{3,}")
MARKUP = re.compile(r"([\\*_<>\[\]|`])")


def render(audit: Audit, screen: Screen) -> str:
    """All prompts as Markdown; the screen does not matter."""
    return "\n\n".join(_parts(audit)) + "\n"


def _parts(audit: Audit) -> Iterator[str]:
    yield f"# Prompts for {_text(audit.name)}"
    if not audit.open:
        yield "Nothing to repair was found. That proves nothing by itself: the audit says what was not examined."
        return
    yield (
        f"{count(len(audit.open), 'prompt')}, the most costly problem first. Give your AI builder one at a time. After "
        "each, run the command at its end: it tells whether the problem is gone. `apprescue verify .` tells whether "
        "anything else broke. What needs a person, such as replacing a key where it was issued, no builder can do for "
        "you."
    )
    for number, finding in enumerate(audit.open, 1):
        yield f"## {number}. {finding.severity}: {_text(finding.title)}"
        yield f"{_text(where(finding.place))} · {_text(finding.check)} · {_text(finding.key)}"
        yield _fenced(finding)


def _fenced(finding: Finding) -> str:
    prompt = plain(finding.prompt).strip()
    fence = "`" * (max((len(found) for found in FENCES.findall(prompt)), default=2) + 1)
    return f"{fence}text\n{prompt}\n{fence}"


def _text(words: str) -> str:
    """A text on one line, without what Markdown or HTML would read as more."""
    return MARKUP.sub(r"\\\1", line(words).replace("&", "&amp;"))
