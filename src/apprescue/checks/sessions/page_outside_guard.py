"""A page that belongs behind the sign-in can be opened without it.

What we look at: the pages of a React app (`<Route path=… element=…>`), which of them stand behind a guard component,
and pages below a guarded address that are not guarded themselves.
Why it matters: whoever types the address sees the page. What it shows is protected only if the server asks again; often
the admin page loads, and with it buttons that work.
How to repair: move the page under the guard that its neighbours have, and check that the server refuses its data to
strangers too.
When it is fine: pages for everybody: the landing page, signing in, public profiles, "not found".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.project import Project
from apprescue.source.tree import Literal, Markup, Node

_GUARD = re.compile(
    r"(?i)protected|private|require|guard|authenticated|with_?auth|auth(?:ed|wrapper|route|layout|gate)|adminroute|admin_?only"
)
_PUBLIC = re.compile(
    r"(?i)log-?in|sign|auth|register|forgot|reset|verify|callback|public|preview|invite|accept|welcome|\*"
)


@dataclass(frozen=True, slots=True)
class _Page:
    address: str
    place: Code
    guarded: bool


@check(severity=Severity.LOW, impact=Impact.DATA, cwe=("CWE-425", "CWE-862"), owasp=("A01:2025",))
def page_outside_guard(app: App, code: Project) -> Iterator[Seen]:
    for path, text in app.files.items():
        if "<Route" not in text or not path.endswith((".tsx", ".jsx", ".js")):
            continue
        module = code.module(path)
        pages = [p for node in module.body for p in _pages(node, path, "", False)] if module else []
        for page in pages:
            above = [p for p in pages if p.guarded and _below(page.address, p.address)]
            if above and not page.guarded and ":" not in page.address and not _PUBLIC.search(page.address):
                yield Seen(page.place, f"{page.address} stands outside the guard that {above[0].address} has.")


def _below(address: str, above: str) -> bool:
    return len(above) > 1 and address.startswith(above.rstrip("/") + "/")


def _pages(node: Node, path: str, above: str, guarded: bool) -> Iterator[_Page]:
    """The pages below a node, with the addresses and guards of the routes around them."""
    if isinstance(node, Markup):
        given = dict(node.attributes)
        element, address = given.get("element"), given.get("path")
        wrapped = isinstance(element, Markup) and bool(_GUARD.search(element.tag))
        guarded = guarded or wrapped or bool(_GUARD.search(node.tag))
        if node.tag == "Route" and isinstance(address, Literal):
            own = str(address.value)
            above = own if own.startswith("/") else f"{above.rstrip('/')}/{own}"
            if element is not None:
                yield _Page(above, Code(path, node.line, node.line), guarded)
    for child in node.children():
        yield from _pages(child, path, above, guarded)
