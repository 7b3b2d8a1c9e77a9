"""Answers of a handler, written as its framework and its file write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.source import tree as t
from apprescue.source.answer_headers import headers_name
from apprescue.source.handwriting import Handwriting

_NOTHING = re.compile(r"\)\s*:\s*(?:Promise<)?void\b")
_NEXT = re.compile(r"\bNextResponse\.json\(")


def says(file: Handwriting) -> str:
    """By which word a file's answers tell what is wrong."""
    told = {word: len(re.findall(rf"json\(\s*\{{\s*{word}:", file.text)) for word in ("error", "message")}
    return "message" if told["message"] > told["error"] else "error"


def answered(file: Handwriting, handler: t.Function, status: int, body: str) -> Iterator[str]:
    """The rows that end a handler with an object as its answer; none where it is not known how it answers, or how a
    page of another origin is let read it."""
    names = [one.target.id for one in handler.params if isinstance(one.target, t.Name)]
    res = next((one for one in names if one in ("res", "response", "reply")), "")
    if _NEXT.search(file.text):
        yield f"return NextResponse.json({body}, {{ status: {status} }}){file.end}"
    elif res and res != "reply":
        told = f"{res}.status({status}).json({body})"
        head = file.code[handler.start : handler.body[0].start].decode("utf-8", "surrogatepass") if handler.body else ""
        nothing = bool(_NOTHING.search(head))
        yield from (f"{told}{file.end}", f"return{file.end}") if nothing else (f"return {told}{file.end}",)
    elif "new Response(" in file.text or "Response.json(" in file.text:
        headers = headers_name(file)
        if headers or "cors" not in file.text.lower():
            kind = f"{file.said('Content-Type')}: {file.said('application/json')}"
            yield f"return new Response(JSON.stringify({body}), {{"
            yield f"{file.step}status: {status},"
            yield f"{file.step}headers: {{ {f'...{headers}, ' if headers else ''}{kind} }},"
            yield f"}}){file.end}"
