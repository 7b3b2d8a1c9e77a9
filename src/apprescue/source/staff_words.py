"""The end of a test that lets the app's staff through, where its code asks for the role of whoever calls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from apprescue.model.app import App
from apprescue.source.project import SCRIPTS
from apprescue.source.who_calls import held_on_request

_STAFF = re.compile(r"(?i)admin|staff|moderator")
_COMPARED = re.compile(r"[Rr]ole\)?\s*[!=]==?\s*(['\"]\w+['\"])")
_LISTED, _WORD = re.compile(r"(?<![\w\])])\[([\w\s'\",]+)\]"), re.compile(r"['\"]\w+['\"]")
_ROLES = re.compile(r"(?i)\brole|\binclude")


def unless_staff(app: App, caller: str, handler: str) -> str:
    """` && …role !== 'ADMIN'` for a caller's id as it is said in a handler with this text; empty where the app asks
    nobody for such a role."""
    kept = re.search(rf"(?:const|let)\s+{re.escape(caller)}\s*(?::\s*\w+\s*)?=\s*([^\n;]+)", handler)
    said = kept[1] if kept and caller.isidentifier() else caller
    base = re.sub(r"[?!]", "", said.strip().rpartition(".")[0])
    texts = [text for path, text in app.files.items() if path.endswith(SCRIPTS)]
    role = next((found for text in texts for found in _role_of(base, text)), "") if base else ""
    words = Counter(word for text in texts for word in _words(text)) if role else {}
    quotes = {one.strip("'\"").lower(): one.strip("'\"") for one in sorted(words, key=lambda one: (words[one], one))}
    mark = max(words, key=lambda one: words[one])[0] if words else ""
    named = [f"{mark}{word}{mark}" for word in sorted(quotes.values())]
    if len(named) == 1:
        return f" && {role} !== {named[0]}"
    return f" && ![{', '.join(named)}].includes({role})" if named else ""


def _role_of(base: str, text: str) -> Iterator[str]:
    """How a text says the role of somebody of whom the handler says the id."""
    spelled = r"[?!]?\.".join(map(re.escape, base.split(".")))
    for found in re.finditer(rf"(?:\({spelled}\s+as\s+\w+\)|(?<![\w.]){spelled})[?!]?\.role\b", text):
        yield re.sub(r"[?!](?=\.)", "", found[0])
    for name, held in held_on_request(text):
        if held == base and re.search(rf"(?<![\w.]){name}[?!]?\.role\b", text):
            yield f"{base}.role"


def _words(text: str) -> Iterator[str]:
    """The names of the staff's roles that a text asks for."""
    found = _COMPARED.findall(text)
    found += [word for listed in _LISTED.finditer(text) if _near(text, listed) for word in _WORD.findall(listed[1])]
    yield from (word for word in found if _STAFF.search(word))


def _near(text: str, listed: re.Match[str]) -> bool:
    """Whether a list is one of roles: what stands right before or behind it says so."""
    return bool(_ROLES.search(text[max(0, listed.start() - 30) : listed.start() + 1] + text[listed.end() :][:12]))
