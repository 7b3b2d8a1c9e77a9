"""A crafted file can make your server read its own secrets or stop answering.

What we look at: parsers of XML that are told to follow entities (`noent: true`, `resolve_entities=True`,
`load_dtd=True`, `huge_tree=True`) on the server.
Why it matters: an entity in an uploaded XML file names a file of the server or another address, and its content comes
back in the answer; entities within entities fill the memory with a few lines.
How to repair: leave entities switched off (the default of current parsers), or use defusedxml in Python.
When it is fine: files that the app itself ships.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step

_OPENS = frozenset({"noent", "dtdload", "resolve_entities", "load_dtd", "huge_tree", "processExternalEntities"})


@check(severity=Severity.MEDIUM, impact=Impact.DATA, cwe=("CWE-611", "CWE-776"), owasp=("A02:2025",))
def entities_expanded(app: App) -> Iterator[Seen]:
    seen: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps if trace.side == "server" else ():
            opened = sorted(_opened(step))
            if opened and step.place not in seen:
                seen.add(step.place)
                yield Seen(step.place, f"This XML parser follows entities ({', '.join(opened)}).")


def _opened(step: Step) -> set[str]:
    given = {**step.keywords, **{k: v for value in step.args for k, v in (value.fields or {}).items()}}
    speaks = any(word in step.name.lower() for word in ("xml", "lxml", "etree", "sax"))
    return {name for name in _OPENS & given.keys() if given[name].constant is True} if speaks else set()
