"""The server takes bodies of ten megabytes at most before it knows who sends them.

For the limit of Express's parsers where it is written as a text. Files that are sent as forms do not pass through
these parsers. Whether an address needs more, and behind which login, is the owner's to say.
"""

from __future__ import annotations

import re

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Todo
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import hand

_SIZE = re.compile(r"(?i)^\d+\s*[mg]b$")


@fix("input/huge_body_accepted", title="Accept bodies of ten megabytes at most")
def accept_smaller_bodies(finding: Finding, app: App) -> Changes:
    """The limit of each parser that the finding names."""
    found = False
    for place in dict.fromkeys(code_of(one) for one in (finding.place, *finding.related)):
        file = hand(app, place.path) if place else None
        for call in file.calls(place) if file and place else ():
            options = call.args[0] if call.args else None
            limit = options.get("limit") if isinstance(options, t.Object) else None
            if file and isinstance(limit, t.Literal) and _SIZE.match(str(limit.value)):
                found = True
                yield file.instead(limit, f"{file.of(limit)[0]}10mb{file.of(limit)[0]}")
    if found:
        yield Todo("Where an address needs larger bodies, give it a parser of its own, behind its login.")
