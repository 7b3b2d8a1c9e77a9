"""Calls from the server to other services wait for thirty seconds at most, not for ever.

`fetch` gets `signal: AbortSignal.timeout(30_000)`, axios `timeout: 30_000`, requests `timeout=30`. Calls whose options
are no literal object, and answers that are read as a stream, are left.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit
from apprescue.model.place import Code, code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand

_WITH_BODY = ("post", "put", "patch")
_PLAIN = ("get", "delete")


@fix("running/call_without_timeout", title="Wait for other services thirty seconds at most")
def limit_waiting(finding: Finding, app: App) -> Changes:
    """The limit at each call, or nothing where one of them has a form that is not known."""
    edits: list[Edit] = []
    for place in {code_of(one) for one in (finding.place, *finding.related)}:
        file = hand(app, place.path) if place else None
        if place is None or file is None or not (found := _limit(file, place)):
            return
        edits += found
    yield from edits


def _limit(file: Handwriting, place: Code) -> list[Edit]:
    found = [call for call in file.calls(place) if _kind(file, call)]
    edits = [edit for call in found[:1] for edit in _limited(file, call)]
    return [] if found and "stream" in file.of(found[0]) else edits


def _kind(file: Handwriting, call: t.Call) -> str:
    name = dotted(call.callee)
    if file.is_python:
        return "requests" if name.startswith("requests.") else ""
    return "axios" if name == "axios" or name.startswith("axios.") else "fetch" if name.endswith("fetch") else ""


def _limited(file: Handwriting, call: t.Call) -> Iterator[Edit]:
    kind, method = _kind(file, call), dotted(call.callee).rpartition(".")[2]
    if kind == "requests":
        every = sorted([*call.args, *call.keywords.values()], key=lambda one: one.end)
        row = next((one for one in reversed(call.args) if call.line < one.line == one.end_line), None)
        yield file.at(row.end, f",\n{file.indent(row)}timeout=30") if row else file.at(every[-1].end, ", timeout=30")
        return
    said = "signal: AbortSignal.timeout(30_000)" if kind == "fetch" else "timeout: 30_000"
    at = 0 if method in ("axios", "request") else 2 if kind == "axios" and method in _WITH_BODY else 1
    if len(call.args) == at and at and (kind == "fetch" or method in _PLAIN or at == 2):
        yield file.at(call.args[-1].end, f", {{ {said} }}")
    elif len(call.args) == at + 1 and isinstance(options := call.args[at], t.Object):
        if options.entries:
            first = options.entries[0][1]
            gap = f"\n{file.indent(first)}" if first.line > options.line else " "
            yield file.at(options.start + 1, f"{gap}{said},")
        else:
            yield file.instead(options, f"{{ {said} }}")
