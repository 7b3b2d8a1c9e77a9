"""Answers for errors carry the same cross-origin headers as the good ones, so that pages can read them.

For answers made with `Response` in files that give their cross-origin headers a name. Answers whose options are no
literal object are left.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import code_of
from apprescue.source.answer_headers import answers, headers_name, with_headers
from apprescue.source.handwriting import Handwriting, hand


@fix("cors/headers_missing_on_error", title="Let pages read what went wrong", safety=Safety.SAFE)
def send_headers_on_error(finding: Finding, app: App) -> Changes:
    """One addition to each answer that the finding names."""
    for place in dict.fromkeys(code_of(one) for one in (finding.place, *finding.related)):
        file = hand(app, place.path) if place else None
        if place is not None and file is not None and not file.is_python:
            yield from _added(file, place.line)


def _added(file: Handwriting, line: int) -> Iterator[Edit]:
    name = headers_name(file)
    for answer in answers(file):
        if name and answer.line == line and (edit := with_headers(file, answer, name)) is not None:
            yield edit
