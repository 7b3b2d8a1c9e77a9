"""As it stands, your app shows every visitor the same notice instead of itself.

What we look at: Next.js middleware that sends every request, without asking anything, to one page (`/maintenance`,
`/coming-soon`).

Why it matters: released like this, the whole app is closed, its API and its payment webhooks included, and a provider
that is answered with a page stops sending.

How to repair: decide by a setting (`MAINTENANCE=1`), and leave out the API's webhooks and the files of the page.

When it is fine: the app is meant to be closed just now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.project import Project
from apprescue.source.tree import Call, Conditional, Export, Function, If, Member, Node, Return

_FILE = re.compile(r"^(?:[\w-]+/){0,2}(?:src/)?(?:middleware|proxy)\.(?:ts|js|mjs)$")
_NARROWED = re.compile(r"matcher\s*:")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.ONBOARDING,
    cwe=("CWE-1188",),
    owasp=("A02:2025",),
)
def app_switched_off(app: App, code: Project) -> Iterator[Seen]:
    """One sighting for the middleware."""
    for path, text in app.files.items():
        module = code.module(path) if _FILE.match(path) and not _NARROWED.search(text) else None
        for top in module.body if module is not None else ():
            node = top.value if isinstance(top, Export) else top
            if isinstance(node, Function) and node.name in ("middleware", "proxy", "") and _always_elsewhere(node):
                place = Code(path, node.line, node.end_line)
                yield Seen(place, "Every request, the API's included, is answered with one fixed page.")


def _always_elsewhere(node: Function) -> bool:
    inside = list(node.walk())
    ways = [one for one in inside if isinstance(one, Return)]
    if any(isinstance(one, (If, Conditional)) for one in inside) or len(ways) != 1:
        return False
    return _sends_away(ways[0].value)


def _sends_away(answer: Node | None) -> bool:
    return (
        isinstance(answer, Call) and isinstance(answer.callee, Member) and answer.callee.name in ("rewrite", "redirect")
    )
