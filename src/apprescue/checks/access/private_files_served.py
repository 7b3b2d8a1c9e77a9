"""Uploaded files are open to everybody who has or guesses their address.

What we look at: folders of uploads that are served as static files, and addresses that hand out a stored file by its
name, where nothing asks who is calling.
Why it matters: identity documents, paid videos and private pictures can be fetched by anybody, and search engines and
caches keep them.
How to repair: serve them through an address that checks the caller's right to this file, or by short-lived signed
links from private storage; keep only truly public pictures in a public folder.
When it is fine: logos, avatars and other files that are shown to everybody anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step, Value
from apprescue.source import known
from apprescue.source.known import Names
from apprescue.source.routes import head, open_to_all

_FOLDER = re.compile(r"(?i)upload|media|document|private|kyc|verification|files|attachments|invoices")
_PUBLIC = re.compile(r"(?i)avatar|logo|public|asset|thumbnail|icon|static$")
_WRITES = re.compile(r"(?:^|\.)(?:writeFile|writeFileSync|createWriteStream|write_bytes|copyFile|rename)$")
_PAPERS = re.compile(
    r"(?i)(?:^|[_-])(?:id|identity|kyc|passports?|selfies?|licen[cs]es?|contracts?|invoices?)(?:$|[_-])"
)
_SERVES = Names(r"(?:express\.static|serveStatic|serve-static|StaticFiles|@fastify/static)$")
_SENDS_FILE = re.compile(
    r"(?:response\.(?:sendFile|download)|FileResponse|send_file|send_from_directory|createReadStream)$"
)


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-552", "CWE-306"),
    owasp=("A01:2025", "API1:2023"),
)
def private_files_served(app: App) -> Iterator[Seen]:
    seen: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps:
            if not _SERVES.search(step.name) or step.place in seen:
                continue
            folder = _folder(step)
            if _FOLDER.search(folder) and not _PUBLIC.search(folder):
                seen.add(step.place)
                yield Seen(step.place, f"Everything in {folder or 'the upload folder'} is served to anybody.")
    for route in app.routes:
        kept = next((s for s in route.steps if _kept_in_public(s)), None)
        if kept is not None and kept.place not in seen:
            seen.add(kept.place)
            yield Seen(
                head(route),
                f"{route} keeps what belongs into a safe ({_kept_in_public(kept)}) "
                "in the folder that is served to anybody.",
                related=(kept.place,),
            )
        if not _PUBLIC.search(route.path):
            sent = next((s for s in route.steps if _SENDS_FILE.search(s.name) and open_to_all(s.guards)), None)
            if sent is not None and any(v.comes_from("path", "query") for v in sent.values):
                yield Seen(
                    head(route),
                    f"{route} hands out any stored file by its name, to anybody.",
                    related=(sent.place,),
                )


def _kept_in_public(step: Step) -> str:
    """The part of a written file's path that names papers of people, where the path lies in the public folder."""
    if not _WRITES.search(step.name) or not step.args:
        return ""
    parts = [p for text in _texts(step.args[0]) for p in re.split(r"[\\/]", text) if p]
    if not any(p in ("public", "static", "wwwroot") for p in parts):
        return ""
    return next((p for p in parts if _PAPERS.search(p)), "")


def _texts(value: Value, depth: int = 4) -> Iterator[str]:
    """The literal pieces of a path, also of those it was joined from."""
    if isinstance(value.constant, str):
        yield value.constant
    parts = (*value.operands, *(value.step.args if value.step is not None else ()), *(c for c, _ in value.choices))
    for part in parts if depth else ():
        yield from _texts(part, depth - 1)


def _folder(step: Step) -> str:
    """The folder that is served, as far as it is written there, with what it was joined from."""
    named = step.keywords.get("directory") or (step.args[0] if step.args else Value())
    return known.plain(named) or " ".join(known.plain(v) for v in (named.step.args if named.step else ()))
