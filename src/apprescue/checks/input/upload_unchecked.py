"""Anything can be uploaded and is then served under your name.

What we look at: uploads that the server takes: whether it checks the size and the kind of the file by its content or
a list of allowed types, and whether the name or type that the browser claims decides what is stored.
Why it matters: an SVG or HTML file in a public folder is a page with scripts on your domain; a huge file fills the
storage.
How to repair: allow a short list of types (checked by the first bytes), set the largest size, and give files names
and endings of your own.
When it is fine: storage whose bucket limits types and size.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, RoutePlace
from apprescue.model.trace import Step
from apprescue.source.routes import head

_STORES = re.compile(
    r"(?:storage\.from\(\)\.upload|PutObjectCommand|put_object|upload_fileobj|uploader\.upload|writeFile(?:Sync)?|createPresignedPost|\bput)$"
)
_TYPES = re.compile(
    r"(?i)allowed\w*types?|mime\w*types?|image/(?:png|jpeg|webp)|magic|file-type|filetype|content_type\s+(?:not\s+)?in|fileFilter|\.startsWith\(['\"]image"
)
_MAGIC = re.compile(r"(?i)magic|file-type|fileTypeFrom|first bytes|signature|sharp\(|0x89|0xff|\\x89|PIL|Image\.open")
_SIZE = re.compile(
    r"(?i)\.size\b|max_?(?:file_?)?size|fileSize|limits|content-?length|MAX_\w*(?:SIZE|BYTES)|len\(\w*(?:contents?|data|file)\w*\)"
)

_READS = ("read", "arrayBuffer", "stream", "bytes", "iter_chunked", "chunks")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-434",),
    owasp=("A06:2025", "API4:2023"),
)
def upload_unchecked(app: App) -> Iterator[Seen]:
    limited = any(b.mime_types and b.size_limit for b in app.schema.buckets)
    for route in app.routes:
        step = next((s for s in route.steps if _STORES.search(s.name) and _from_caller(s)), None)
        if step is None or limited:
            continue
        missing = _missing(app, route, step)
        if missing:
            yield Seen(
                RoutePlace(str(route), step.place),
                f"{route} stores uploads without checking {' and '.join(missing)}.",
                related=(head(route),),
                severity=Severity.LOW if missing == ["the size"] else Severity.MEDIUM,
            )


def _from_caller(step: Step) -> bool:
    return any(v.comes_from("form", "body") for v in step.values)


def _followed(app: App, route: Route, store: Step) -> Iterator[str]:
    """The text of the functions, in other files or further down, that hold the upload until it is stored."""
    held: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in route.steps:
        if step is store:
            break
        held[step.place.path, step.function].append(step)
    for (path, _), steps in held.items():
        if any(_reads(step) for step in steps):
            lines = [step.place.line for step in steps]
            yield app.excerpt(Code(path, min(lines), max(max(s.place.end_line, s.place.line) for s in steps)), around=4)


def _reads(step: Step) -> bool:
    return step.method in _READS or any(v.comes_from("form") for v in step.values)


def _missing(app: App, route: Route, step: Step) -> list[str]:
    text = app.excerpt(route.place) + app.excerpt(step.place, around=40) + "".join(_followed(app, route, step))
    missing = []
    claimed = any(v.name.endswith((".type", ".name", ".mimetype", ".content_type")) for v in step.values)
    if not _TYPES.search(text) or (claimed and not _MAGIC.search(text) and not re.search(r"(?i)allowed", text)):
        missing.append("what they really are")
    if not _SIZE.search(text):
        missing.append("the size")
    return missing
