"""A run of repairs as a log to read and to keep: each finding with its patch and what was seen before and after, or why
it is still open, with the prompt for whoever is to do it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.repair import Repair, Repaired, State
from apprescue.reports.interface import Screen, line, plain, where
from apprescue.reports.repair.interface import by_reason, headline, loud, made, steps

FENCES = re.compile(r"`{3,}")


def render(done: Repaired, screen: Screen) -> str:
    """The whole run; the screen does not matter."""
    return "\n\n".join(filter(None, _parts(done))) + "\n"


def _parts(done: Repaired) -> Iterator[str]:
    yield f"# Repairs of {_text(done.name)}"
    yield f"**{headline(done)}** {loud(done)}"
    yield from map(_text, done.notes)
    if todo := steps(done):
        yield "## What you have to do beside it"
        yield "\n".join(f"{number}. {_text(step)}" for number, step in enumerate(todo, 1))
    if closed := done.by(State.REPAIRED, State.ALONG):
        yield "## Closed, and proved"
        for one in closed:
            yield from _closed(one)
    for title, state in (("Tried and taken back", State.REFUSED), ("Left for a person", State.BY_HAND)):
        if left := done.by(state):
            yield f"## {title}"
            for reason, group in by_reason(left):
                yield f"*{_text(reason)}*"
                for one in group:
                    yield from _open(one)


def _closed(one: Repair) -> Iterator[str]:
    yield _head(one)
    yield _text(one.finding.detail)
    if one.state is State.ALONG:
        yield _text(one.reason)
        return
    before = one.before.observed if one.before else f"{one.finding.check} saw it"
    rows = [f"- Repair: {made(one)}", f"- Before: {before}", f"- After: {one.after}"]
    rows += [f"- Test: `{one.test}`, which failed without the repair and passes with it"] if one.test else []
    rows += [f"- Commit: `{one.commit[:12]}`"] if one.commit else []
    yield "\n".join(map(_text, rows))
    yield _fenced(one.difference, "diff")


def _open(one: Repair) -> Iterator[str]:
    yield _head(one)
    yield _text(one.finding.detail)
    yield _fenced(one.finding.prompt, "text")


def _head(one: Repair) -> str:
    finding = one.finding
    told = line(where(finding.place)).replace("`", "'")
    return f"### {finding.severity}: {_text(finding.title)}\n\n`{told}` · `{finding.check}` · `{finding.key}`"


def _text(text: str) -> str:
    """A text of the app's own on one line, without what Markdown or HTML would read as more."""
    return re.sub(r"([\\*_<>\[\]|])", r"\\\1", line(text)).replace("&", "&amp;")


def _fenced(text: str, kind: str) -> str:
    longest = max((len(found) for found in FENCES.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{kind}\n{plain(text).strip()}\n{fence}"
