"""What broke goes to the log; whoever called reads a clean text.

The error's own text in an answer becomes the words that stand beside it there, or an apology, and the error is logged
where it was not. Texts that the app throws itself for its users (`throw new Error("Not enough credits")` in the same
`try`) are still told: they are thrown as errors of a kind of their own. Left are answers of a helper that does not
know the error, refusals of a sign-in, and what is not written as an object or a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit
from apprescue.model.place import Code, code_of
from apprescue.source import tree as t
from apprescue.source.error_texts import clean_text, error_of, is_beside, is_logged, told_parts
from apprescue.source.handwriting import Handwriting, hand

_KIND = "UserFacingError"
_SETTING = re.compile(r"[A-Z]{2,}_[A-Z_]+|(?i:not (?:set|configured)|missing env|api key|environment)")
_REMARKS = re.compile(rb"(?:\s*(?://[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/))+\s*$")


@fix("running/error_text_returned", title="Keep the text of errors in the log")
def keep_errors_inside(finding: Finding, app: App) -> Changes:
    """The edits of every answer that can be repaired, file by file."""
    places: dict[str, list[Code]] = {}
    for place in dict.fromkeys(code_of(one) for one in (finding.place, *finding.related)):
        if place is not None:
            places.setdefault(place.path, []).append(place)
    for path, own in places.items():
        file = hand(app, path)
        if file is not None:
            yield from dict.fromkeys(_edits(file, own))


def _edits(file: Handwriting, places: list[Code]) -> Iterator[Edit]:
    kinds = False
    for place in places:
        for answer in file.calls(place)[:1]:
            found = error_of(file, answer) if not file.is_python else None
            parts = list(told_parts(file, answer, *found)) if found else []
            if not found or not parts:
                continue
            holder, error = found
            throws = list(_own_texts(file, holder))
            for inside, key, node in parts:
                yield _cleaned(file, inside, key, node, holder, error if throws else "")
            if throws and not all(is_beside(inside, key) for inside, key, _ in parts):
                kinds = True
                yield from (Edit(file.path, one.start, one.end, _KIND) for one in throws)
            if not is_logged(file, holder, answer, error):
                yield from _logged(file, answer, error)
    if kinds and f"class {_KIND}" not in file.text:
        remark = "/** An error whose text is written for the user; the text of any other one is for the log alone. */"
        yield file.new_import(f"\n{remark}\nclass {_KIND} extends Error {{}}")


def _own_texts(file: Handwriting, holder: t.Node) -> Iterator[t.Node]:
    """The word `Error` in each throw of a text of the app's own in the `try` of a handler."""
    tried = (
        next((n for n in file.above(holder) if isinstance(n, t.Try)), None) if isinstance(holder, t.Handler) else None
    )
    for node in (n for one in (tried.body if tried else ()) for n in one.walk()):
        made = node.value if isinstance(node, t.Throw) else None
        if isinstance(made, t.Call) and isinstance(made.callee, t.Name) and made.callee.id in ("Error", _KIND):
            text = made.args[0] if len(made.args) == 1 else None
            if isinstance(text, t.Literal) and not _SETTING.search(str(text.value)):
                yield made.callee


def _cleaned(file: Handwriting, inside: t.Object | None, key: str, node: t.Node, holder: t.Node, error: str) -> Edit:
    if inside is not None and is_beside(inside, key):
        return _without(file, inside, node, key)
    text = file.said(clean_text(file, node, holder))
    said = f"{error} instanceof {_KIND} ? {error}.message : {text}" if error else text
    short = inside is not None and isinstance(node, t.Name) and node.id == key and _is_short(file, node)
    return file.instead(node, f"{key}: {said}" if short else said)


def _is_short(file: Handwriting, node: t.Node) -> bool:
    return file.code[: node.start].rstrip()[-1:] in (b"{", b",")


def _without(file: Handwriting, inside: t.Object, node: t.Node, key: str) -> Edit:
    at = next(number for number, (_, value) in enumerate(inside.entries) if value is node)
    if at:
        return Edit(file.path, inside.entries[at - 1][1].end, node.end, "")
    behind = inside.entries[1][1].start
    start = node.start if _is_short(file, node) else file.code.rfind(key.encode(), inside.start, node.start)
    name = inside.entries[1][0]
    behind = file.code.rfind(str(name).encode(), node.end, behind + 1) if isinstance(name, str) else behind
    return Edit(file.path, start, behind, "")


def _logged(file: Handwriting, answer: t.Node, error: str) -> Iterator[Edit]:
    """The error put into the log above the answer."""
    row = file.statement(answer)
    said = f"console.error({error}){file.end}"
    before = _REMARKS.sub(b"", file.code[: row.start]).rstrip()
    if before[-1:] != b")" or (not file.end and not isinstance(next(file.above(row), None), t.If)):
        yield file.before(row, said)
    elif isinstance(row, t.Return):
        indent = file.indent(row)
        end = row.start + len(file.of(row).encode("utf-8", "surrogatepass"))
        end += file.code[end : end + 1] == b";"
        yield file.at(row.start, f"{{\n{indent}{file.step}{said}\n{indent}{file.step}")
        yield file.at(end, f"\n{indent}}}")
